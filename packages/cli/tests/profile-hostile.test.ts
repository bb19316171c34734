/** Pages and tables made of names that strangers chose. */

import { readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { workplace } from "./support/cli.js";
import { writeTiny } from "./support/models.js";

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
