/** Counting ONNX files, each time in a fresh process: a ResNet-50 with its weights, and graphs of growing length. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median, round } from "./lib/measure.mjs";
import { chain, resnet50 } from "./lib/onnx-files.mjs";
import { findPyTorch } from "./lib/python.mjs";

const local = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Runs one process; undefined where it cannot be run. */
function once(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? JSON.parse(stdout.trim().split("\n").at(-1)) : undefined;
}

/** Medians over `rounds` fresh processes. */
function measure(command, args, rounds) {
  const runs = Array.from({ length: rounds }, () => once(command, args)).filter(Boolean);
  if (runs.length === 0) return undefined;
  const of = (read) => round(median(runs.map(read)));
  const counts = runs.map((r) => r.countMs[0]);
  return {
    ...runs[0],
    importMs: of((r) => r.importMs),
    readMs: of((r) => r.readMs ?? 0),
    countMs: round(median(counts)),
    countMsRange: [Math.min(...counts), Math.max(...counts)].map((v) => round(v)),
  };
}

export async function run({ peers, rounds = 5, print, note }) {
  const folder = mkdtempSync(join(tmpdir(), "frugal-profile-"));
  const write = (name, bytes) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  try {
    const file = write("resnet50.onnx", resnet50());
    const worker = local("workers/profile.mjs");
    const own = measure(process.execPath, [worker, file], rounds);
    const record = { case: "ResNet-50, 102 MB", ...own, rounds };
    print(
      record,
      `${record.case}: counted in ${own.countMs} ms (${own.countMsRange.join(" to ")}), read in ${own.readMs} ms, ` +
        `modules loaded in ${own.importMs} ms, ${own.peakMB} MB at most; ${own.macs} MACs`,
    );
    for (const peer of peers) {
      const { python } = findPyTorch();
      const found = measure(python, [local("peers/counters.py"), peer, file], Math.min(3, rounds));
      if (!found) {
        note(`${peer} is not installed in ${python}, or failed`);
        continue;
      }
      const line = { case: record.case, peer, frugalMs: own.countMs, peerMs: found.countMs };
      print(
        { ...line, ratio: round(own.countMs / found.countMs) },
        `${record.case}: ${peer} ${found.countMs} ms beyond ${found.importMs} ms of imports; ` +
          `ratio ${round(own.countMs / found.countMs)}`,
      );
    }
    let before;
    for (const nodes of [5000, 10_000, 20_000, 40_000]) {
      const path = write(`chain-${nodes}.onnx`, chain(nodes));
      const { countMs, countMsRange, peakMB } = measure(process.execPath, [worker, path], rounds);
      const growth = before === undefined ? undefined : round(countMs / before);
      before = countMs;
      print(
        { case: `${nodes} nodes`, countMs, countMsRange, growth, peakMB, rounds },
        `${nodes} nodes: counted in ${countMs} ms (${countMsRange.join(" to ")})` +
          `${growth === undefined ? "" : `, ${growth} times half as many`}, ${peakMB} MB at most`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
