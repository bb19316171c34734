import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tensor } from "@frugal/core/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  bestCheckpoint,
  listCheckpoints,
  readCheckpoint,
  type StoredCheckpoint,
  saveCheckpoint,
} from "./checkpoints.js";
import { makeFolder, readChecked, replaceFile, type Write, writeAll } from "./files.js";
import { openLog, readLog } from "./log.js";
import { countingRecords } from "./metrics.js";
import { readRecord } from "./record.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "frugal-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

/** A disk that has room for this many bytes, then fails as a full one does: in the middle of a write. */
function diskWith(room: number): Write {
  let left = room;
  return (file, bytes) => {
    const fits = bytes.subarray(0, left);
    writeAll(file, fits);
    left -= fits.length;
    if (fits.length < bytes.length) {
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    }
  };
}
const full = expect.objectContaining({
  code: "E_RUN",
  what: expect.stringContaining("the disk is full"),
  next: expect.stringContaining("free some space"),
});

describe("logs", () => {
  it("append whole lines, and read them back", () => {
    const log = openLog(at("m.jsonl"));
    log.append({ step: 1 });
    log.append({ step: 2 });
    log.close();
    expect(readLog(at("m.jsonl"))).toEqual([{ step: 1 }, { step: 2 }]);
  });

  it("are empty where there is no file", () => {
    expect(readLog(at("none.jsonl"))).toEqual([]);
  });

  it("cut off the line that a killed writer left, before they append", () => {
    writeFileSync(at("m.jsonl"), '{"step":1}\n{"step":2,"va');
    expect(readLog(at("m.jsonl"))).toEqual([{ step: 1 }]);
    const log = openLog(at("m.jsonl"));
    log.append({ step: 2 });
    log.close();
    expect(readFileSync(at("m.jsonl"), "utf8")).toBe('{"step":1}\n{"step":2}\n');
  });

  it("take back half a line when the disk is full", () => {
    const log = openLog(at("m.jsonl"), { write: diskWith(20) });
    log.append({ step: 1 });
    log.sync();
    log.append({ step: 2 });
    expect(() => log.sync()).toThrow(full);
    expect(readFileSync(at("m.jsonl"), "utf8")).toBe('{"step":1}\n');
  });
});

describe("files that are replaced", () => {
  it("keep the old text when the disk is full", () => {
    replaceFile(at("run.json"), "old");
    expect(() => replaceFile(at("run.json"), "new and longer", diskWith(5))).toThrow(full);
    expect(readFileSync(at("run.json"), "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["run.json"]);
  });
});

const checkpoint = (step: number, score?: number): StoredCheckpoint => ({
  state: {
    schemaVersion: 1,
    progress: { version: 1, seed: 1, stepsPerEpoch: 4, step, epoch: 0, position: step, sums: {} },
    configHash: "h",
    ...(score === undefined ? {} : { score }),
  },
  model: { w: tensor("float32", [2], [step, -step]) },
  optimizer: { "m.w": tensor("float32", [2], [0, 1]) },
});

describe("checkpoints", () => {
  it("come back as they were saved", () => {
    saveCheckpoint(folder, checkpoint(3), { keep: 2 });
    expect(readCheckpoint(folder)).toEqual(checkpoint(3));
  });

  it("keep the newest and the best, and nothing else", () => {
    const scores = [0.5, 0.2, 0.4, 0.3, undefined, 0.6];
    scores.forEach((score, i) => {
      saveCheckpoint(folder, checkpoint(i + 1, score), { keep: 2 });
    });
    // Step 2 has the lowest score.
    expect(listCheckpoints(folder)).toEqual(["step-00000002", "step-00000005", "step-00000006"]);
    expect(bestCheckpoint(folder)).toBe("step-00000002");
    expect(readCheckpoint(folder, "best").state.progress.step).toBe(2);
  });

  it.each([0, 30, 150, 250])(
    "are not there at all when the disk is full after %d bytes",
    (room) => {
      saveCheckpoint(folder, checkpoint(1), { keep: 2 });
      expect(() =>
        saveCheckpoint(folder, checkpoint(2), { keep: 2, write: diskWith(room) }),
      ).toThrow(full);
      expect(readdirSync(at("checkpoints"))).toEqual(["step-00000001"]);
      expect(readCheckpoint(folder)).toEqual(checkpoint(1));
    },
  );

  it("of another version are refused", () => {
    saveCheckpoint(folder, checkpoint(1), { keep: 2 });
    const path = join(folder, "checkpoints", "step-00000001", "state.json");
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace('"schemaVersion": 1', '"schemaVersion": 9'),
    );
    expect(() => readCheckpoint(folder)).toThrow(expect.objectContaining({ code: "E_RUN" }));
  });

  it("are asked for by a name that exists", () => {
    saveCheckpoint(folder, checkpoint(1), { keep: 2 });
    expect(() => readCheckpoint(folder, "step-00000009")).toThrow(
      expect.objectContaining({ allowed: "last, best, step-00000001" }),
    );
  });
});

describe("a file that a run wrote", () => {
  const schema = z.strictObject({ costs: z.array(z.number()) });
  const damaged = (where: string) =>
    expect.objectContaining({
      code: "E_RUN",
      what: expect.stringContaining("is damaged"),
      where: expect.stringContaining(where),
    });

  it("is read as its schema says", () => {
    writeFileSync(at("x.json"), '{"costs":[1,2]}');
    expect(readChecked(at("x.json"), schema)).toEqual({ costs: [1, 2] });
  });

  it.each([
    ["was cut off", '{"costs":[1,', "no JSON"],
    ["holds something else in a place", '{"costs":[1,"two"]}', "costs.1"],
    ["holds something else altogether", "[]", "x.json"],
  ])("is refused with its place where it %s", (_, text, where) => {
    writeFileSync(at("x.json"), text);
    expect(() => readChecked(at("x.json"), schema)).toThrow(damaged(where));
  });

  it("is no damage where it cannot be read", () => {
    expect(() => readChecked(at("none.json"), schema)).toThrow(/cannot read/);
  });
});

describe("a folder", () => {
  it("is refused, not asked for again and again, where the working directory is gone", () => {
    const own = process.cwd();
    mkdirSync(at("gone"));
    try {
      process.chdir(at("gone"));
      rmSync(at("gone"), { recursive: true });
      expect(() => makeFolder("runs")).toThrow();
    } finally {
      process.chdir(own);
    }
  }, 10_000);
});

describe("records after a resume", () => {
  it("of an older attempt count up to the step at which the newer one began", () => {
    const record = (attempt: number, step: number) => ({ attempt, step });
    const records = [
      ...[1, 2, 3, 4].map((s) => record(1, s)),
      ...[3, 4, 5].map((s) => record(2, s)),
      ...[4, 5, 6].map((s) => record(3, s)),
    ];
    const restarts = [
      { attempt: 2, step: 2 },
      { attempt: 3, step: 3 },
    ];
    expect(countingRecords(records, restarts)).toEqual([
      record(1, 1),
      record(1, 2),
      record(2, 3),
      record(3, 4),
      record(3, 5),
      record(3, 6),
    ]);
  });
});

describe("the status of a run", () => {
  const write = (changes: object): void => {
    mkdirSync(folder, { recursive: true });
    const record = {
      schemaVersion: 1,
      status: "running",
      pid: process.pid,
      heartbeatAt: new Date(1_000_000).toISOString(),
      host: { hostname: "elsewhere" },
      ...changes,
    };
    writeFileSync(at("run.json"), JSON.stringify(record));
  };

  it("stays running on another machine while its heart beats, then is interrupted", () => {
    write({});
    expect(readRecord(folder, 1_000_000 + 30_000).status).toBe("running");
    expect(readRecord(folder, 1_000_000 + 61_000).status).toBe("interrupted");
  });

  it("is what the run said itself once it has ended", () => {
    write({ status: "completed" });
    expect(readRecord(folder, Number.MAX_SAFE_INTEGER).status).toBe("completed");
  });

  it("is an error for a folder that is no run", () => {
    expect(existsSync(at("run.json"))).toBe(false);
    expect(() => readRecord(folder)).toThrow(/no run folder/);
    appendFileSync(at("run.json"), "{");
    expect(() => readRecord(folder)).toThrow(/damaged/);
  });
});
