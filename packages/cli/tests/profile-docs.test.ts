/** docs/profile.md: every command on the page works as it is written. */

import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { encode } from "fast-png";
import { expect, it } from "vitest";
import { denseModel, imageModel } from "../src/measure/testing/models.js";
import { blocksOf, fromRoot } from "./docs/sources.js";
import { binary, workplace } from "./support/cli.js";
import { product, writeReference, writeTiny } from "./support/models.js";

const place = workplace();

it("the page works on the command line as it is written", async () => {
  writeReference(place, "resnet50.onnx", "tv/resnet50");
  writeReference(place, "mobilenet.onnx", "tv/mobilenet_v2");
  writeTiny(place, "text.onnx", {
    ...product("batch"),
    inputs: { ids: ["batch", "tokens"] },
    weights: { w: [128, 4] },
    nodes: [{ op: "MatMul", in: ["ids", "w"], out: ["y"] }],
  });
  writeFileSync(place.path("small.onnx"), denseModel(1));
  writeFileSync(place.path("wide.onnx"), denseModel(1, 128));
  for (const name of ["detector", "smaller"]) {
    writeFileSync(place.path(`${name}.onnx`), imageModel());
  }
  const data = new Uint8Array(64).fill(7);
  writeFileSync(place.path("cat.png"), encode({ width: 8, height: 8, channels: 1, data }));
  const env = { ...process.env, FRUGAL_HOME: place.path("home"), NO_COLOR: "1" };
  const page = readFileSync(fromRoot("docs/profile.md"), "utf8");
  let shown = "";
  for (const { language, text } of blocksOf(page)) {
    if (language !== "sh") continue;
    const script = `set -e; frugal() { "${process.execPath}" "${binary}" "$@"; }\n${text}`;
    const { stdout } = await promisify(execFile)("bash", ["-c", script], {
      cwd: place.folder,
      env,
    });
    shown += stdout;
  }
  for (const file of ["resnet50.json", "nodes.csv", "resnet50.html", "profile.schema.json"]) {
    expect([file, existsSync(place.path(file))]).toEqual([file, true]);
  }
  // What the page shows is what comes out.
  for (const { language, text } of blocksOf(page)) {
    if (language !== "text") continue;
    for (const line of text.split("\n")) expect(shown).toContain(line);
  }
}, 120_000);
