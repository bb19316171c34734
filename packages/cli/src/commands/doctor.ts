/** frugal doctor: can this machine train, and if not, why. */

import { accessSync, constants, existsSync, readFileSync, statfsSync } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { dirname, resolve } from "node:path";
import { UserError } from "@frugal/core/base";
import { buildGraph, input } from "@frugal/core/graph";
import { functions as f } from "@frugal/core/ops";
import { tensor } from "@frugal/core/tensor";
import { nodeEngine } from "@frugal/engine";
import { type ExitCode, exitCodes } from "../app/exit.js";
import { formatAmount } from "../app/format.js";
import type { Invocation } from "../app/parse.js";
import type { Terminal } from "../app/terminal.js";
import { datasets, loadDataset, storeRoot } from "../data/index.js";
import { listData } from "../data/list.js";
import { frugalVersion } from "../run-store/provenance.js";
import { calibrateMachine } from "./calibrate.js";

interface Check {
  readonly name: string;
  /** Finds the answer, or throws what is wrong. */
  readonly run: (runs: string) => Promise<string> | string;
  /** What to do when it fails. */
  readonly next: string;
  /** A failure that does not keep anyone from training. */
  readonly optional?: boolean;
}

const MEGABYTE = 1e6;
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** The nearest folder above a path that exists: where it would be made. */
const existing = (path: string): string => (existsSync(path) ? path : existing(dirname(path)));

const checks: readonly Check[] = [
  { name: "frugal", run: () => frugalVersion(), next: "reinstall frugal" },
  {
    name: "node",
    run() {
      const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
      if (major < 20 || (major === 20 && minor < 19)) throw new Error(process.versions.node);
      return process.versions.node;
    },
    next: "install Node 20.19 or newer",
  },
  {
    name: "engine",
    async run() {
      const engine = nodeEngine();
      const x = input("x", [2, 3]);
      const executable = await engine.compile(buildGraph({ y: f.matmul(x, input("w", [3, 2])) }));
      const { y } = await executable.run({
        x: tensor("float32", [2, 3], [1, 2, 3, 4, 5, 6]),
        w: tensor("float32", [3, 2], [1, 0, 0, 1, 1, 1]),
      });
      await executable.dispose();
      const result = Array.from(y!.data as Float32Array).join(" ");
      // [1 2 3; 4 5 6] times [1 0; 0 1; 1 1].
      if (result !== "4 5 10 11") throw new Error(`a small product came out as ${result}`);
      return engine.description;
    },
    next: "reinstall onnxruntime-node; its binary must fit this system",
  },
  {
    name: "cores",
    run: () => `${availableParallelism()} usable, ${cpus()[0]?.model ?? "unknown processor"}`,
    next: "",
  },
  {
    name: "vector unit",
    run() {
      if (process.arch !== "x64" || process.platform !== "linux") return `${process.arch}`;
      const text = readFileSync("/proc/cpuinfo", "utf8");
      const flags = new Set(/^flags\s*:(.*)$/m.exec(text)?.[1]?.trim().split(" "));
      const found = ["avx512f", "avx2", "avx"].filter((flag) => flags.has(flag));
      if (found.length === 0) throw new Error("no AVX: training works, but several times slower");
      return found.join(", ");
    },
    next: "use a newer processor",
    optional: true,
  },
  {
    name: "memory",
    run() {
      if (freemem() < 500 * MEGABYTE) throw new Error(`only ${gigabytes(freemem())} free`);
      return `${gigabytes(freemem())} free of ${gigabytes(totalmem())}`;
    },
    next: "close other programs, or train with smaller batches",
    optional: true,
  },
  {
    name: "runs folder",
    run(runs) {
      const folder = existing(resolve(runs));
      accessSync(folder, constants.W_OK);
      const { bavail, bsize } = statfsSync(folder);
      const free = bavail * bsize;
      if (free < 200 * MEGABYTE)
        throw new Error(`${folder}: only ${formatAmount(free)} bytes free`);
      return `${resolve(runs)}, ${gigabytes(free)} free`;
    },
    next: "free some space, or choose another folder with --runs",
  },
  {
    name: "data store",
    async run() {
      const stored = (await listData()).filter((s) => s.status === "stored").map((s) => s.name);
      return `${storeRoot()}: ${stored.length > 0 ? stored.join(", ") : "empty"}`;
    },
    next: "frugal data add NAME --from DIR_OR_URL",
  },
  {
    name: "built-in data",
    async run() {
      const { train } = await loadDataset("optdigits", {});
      return `optdigits, ${train.n} training samples`;
    },
    next: `reinstall frugal; ${datasets.optdigits.summary}`,
  },
];

export async function doctor(call: Invocation<"doctor">, terminal: Terminal): Promise<ExitCode> {
  const { runs = "runs", calibrate, name } = call.values;
  if (calibrate) return calibrateMachine(name, terminal);
  if (name !== undefined) {
    throw new UserError("E_USAGE", "--name names a calibration", { next: "add --calibrate" });
  }
  const results = [];
  for (const check of checks) {
    try {
      results.push({ name: check.name, ok: true, found: await check.run(runs) });
    } catch (error) {
      const found = (error as Error).message.split("\n")[0]!;
      const { optional = false, next } = check;
      results.push({ name: check.name, ok: false, found, next, optional });
    }
  }
  const broken = results.filter((r) => !r.ok && !r.optional);
  terminal.document({ ok: broken.length === 0, checks: results });
  const width = Math.max(...results.map((r) => r.name.length));
  for (const r of results) {
    const mark = r.ok ? "ok     " : r.optional ? "note   " : "problem";
    terminal.result(`${mark}  ${r.name.padEnd(width)}  ${r.found}`);
    if (!r.ok && r.next) terminal.result(`${" ".repeat(11 + width)}next: ${r.next}`);
  }
  if (broken.length > 0) {
    terminal.warn(`${broken.length} problem${broken.length === 1 ? "" : "s"} found`);
    return exitCodes.failed;
  }
  terminal.next("frugal sweep digits --report");
  return exitCodes.done;
}
