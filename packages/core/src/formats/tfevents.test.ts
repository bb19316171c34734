import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tfeventsHeader, tfeventsScalars } from "./tfevents.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("tfevents", () => {
  it("frames the version event as length, CRC, data, CRC", () => {
    const record = hex(tfeventsHeader(1.5));
    // Event: 09 = field 1, 64 bits: 1.5; 1a 0d = field 3, 13 bytes.
    const event = `09000000000000f83f1a0d${Buffer.from("brain.Event:2").toString("hex")}`;
    expect(record.slice(0, 16)).toBe("1800000000000000");
    // The checksum of the length 24 is the one at the head of every TensorBoard file.
    expect(record.slice(16, 24)).toBe("a37f4b22");
    expect(record.slice(24, -8)).toBe(event);
  });

  it("writes step, tag and value of every scalar", () => {
    const record = hex(tfeventsScalars({ wallTime: 0, step: 300, scalars: { a: 0.5, b: -2 } }));
    // 10 ac02 = field 2, varint 300; 2a 14 = field 5, 20 bytes; each value 0a 08 { 0a 01 tag, 15 float }.
    const event =
      "090000000000000000" + "10ac02" + "2a14" + "0a080a0161150000003f" + "0a080a016215000000c0";
    expect(record.slice(24, -8)).toBe(event);
  });

  it("keeps steps above 2^32", () => {
    const record = hex(tfeventsScalars({ wallTime: 0, step: 2 ** 35, scalars: {} }));
    expect(record.slice(24, -8)).toBe("090000000000000000" + "10808080808001" + "2a00");
  });

  const python = process.env.FRUGAL_PYTHON ?? "python3";
  const code = [
    "import sys, json",
    "from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader",
    "events = list(LegacyEventFileLoader(sys.argv[1]).Load())",
    "print(json.dumps([[e.wall_time, e.step, e.file_version, [[v.tag, v.simple_value] for v in e.summary.value]] for e in events]))",
  ].join("\n");
  const hasTensorBoard = (): boolean => {
    try {
      execFileSync(python, ["-c", "import tensorboard"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  };

  it("is read back by TensorBoard itself", (context) => {
    if (!hasTensorBoard()) context.skip(`${python} has no TensorBoard (set FRUGAL_PYTHON)`);
    const folder = mkdtempSync(join(tmpdir(), "frugal-tfevents-"));
    try {
      const path = join(folder, "events.out.tfevents.1.host");
      const scalars = { "train/loss": 0.25, "dev/açc": 1e-3 };
      writeFileSync(
        path,
        Buffer.concat([tfeventsHeader(10), tfeventsScalars({ wallTime: 11.5, step: 7, scalars })]),
      );
      const read = JSON.parse(execFileSync(python, ["-c", code, path], { encoding: "utf8" }));
      expect(read).toEqual([
        [10, 0, "brain.Event:2", []],
        [
          11.5,
          7,
          "",
          [
            ["train/loss", 0.25],
            ["dev/açc", Math.fround(1e-3)],
          ],
        ],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
