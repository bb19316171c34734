/** Pages and tables made of names that strangers chose. */

import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { workplace } from "./support/cli.js";
import { writeTiny } from "./support/models.js";
import { expectRefusal } from "./support/refusal.js";

const place = workplace();
const evil = '</title><script>alert(1)</script>"><img src=x onerror=alert(1)>\u001b[2J';

beforeAll(async () => {
  writeTiny(place, "evil.onnx", {
    inputs: { [evil]: [2, 8] },
    outputs: ["y"],
    weights: { w: [8, 4] },
    nodes: [
      { op: "MatMul", in: [evil, "w"], out: ["h"], name: evil },
      { op: evil, domain: "<i>", in: ["h"], out: ["y"], name: `${evil}2` },
    ],
  });
  const args = ["profile", "evil.onnx", "--waive", "all", "--html", "evil.html"];
  const { code, stdout } = await place.frugal(args);
  expect(code).toBe(0);
  place.write("evil.txt", stdout);
});

it("a page holds no element that a name asked for", () => {
  const page = readFileSync(place.path("evil.html"), "utf8");
  expect(page).toContain("alert(1)");
  expect(page).not.toMatch(/<script|<img|<i>/);
});

it("a table does not steer the terminal", () => {
  const text = readFileSync(place.path("evil.txt"), "utf8");
  expect(text).toContain("alert(1)");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this one is meant.
  expect(text).not.toMatch(/\u001b/);
});

describe.skipIf(process.platform === "win32")("what is no plain file", () => {
  it("is never read to an end that it may not have", async () => {
    expectRefusal(await place.frugal(["profile", "/dev/zero"]), "E_ONNX", /it is a device/);
  });

  it("is never replaced by a file", async () => {
    const args = ["profile", "evil.onnx", "--waive", "all", "--csv", "/dev/null"];
    expectRefusal(await place.frugal(args), "E_RUN", /a device or a pipe/);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });
});

it("one option is not given two values", async () => {
  const args = ["profile", "evil.onnx", "--waive", "all", "--csv", "a.csv", "--csv", "b.csv"];
  expectRefusal(await place.frugal(args), "E_USAGE", /--csv is given twice/);
  expect(existsSync(place.path("b.csv"))).toBe(false);
});

it("a file that was cut off is said to end too early, in words and not in those of a library", async () => {
  writeFileSync(place.path("cut.onnx"), readFileSync(place.path("evil.onnx")).subarray(0, 90));
  const refused = await place.frugal(["profile", "cut.onnx"]);
  expectRefusal(refused, "E_ONNX", /it ends before what it says is in it/);
});
