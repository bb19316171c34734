/** Runs the built command line in a folder of its own, as a user would. */

import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

/** The program as it is installed. */
export const binary = fileURLToPath(new URL("../../bin/frugal.js", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Workplace {
  readonly folder: string;
  path(...parts: string[]): string;
  write(name: string, text: string): string;
  /** Runs to the end. */
  frugal(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Starts in a process group of its own, so that a kill reaches the worker too. */
  start(args: readonly string[], options?: RunOptions): Running;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** User to run as; needs root. */
  readonly uid?: number;
  readonly cwd?: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** Resolves when stderr has matched; rejects when the process ends before. */
  seen(pattern: RegExp): Promise<RegExpMatchArray>;
  /** To the whole group. */
  kill(signal: NodeJS.Signals): void;
}

/** A temporary folder for the tests of a file, with a home of its own for caches and data. */
export function workplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "frugal-cli-"));
  const path = (...parts: string[]): string => join(folder, ...parts);
  mkdirSync(path("home"));
  // For tests that drop their rights.
  for (const place of [folder, path("home")]) chmodSync(place, 0o777);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function start(
    args: readonly string[],
    { env = {}, uid, cwd = folder }: RunOptions = {},
  ): Running {
    const child = spawn(process.execPath, [binary, ...args], {
      cwd,
      detached: true,
      env: { ...process.env, FRUGAL_HOME: path("home"), NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    let stdout = "";
    let stderr = "";
    const listeners = new Set<() => void>();
    child.stdout!.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr!.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      for (const listener of listeners) listener();
    });
    const outcome = new Promise<Outcome>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
    });
    return {
      child,
      outcome,
      seen: (pattern) =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            const match = pattern.exec(stderr);
            if (match) {
              listeners.delete(look);
              resolve(match);
            }
          };
          listeners.add(look);
          look();
          void outcome.then((o) => reject(new Error(`ended first, code ${o.code}:\n${o.stderr}`)));
        }),
      kill: (signal) => process.kill(-child.pid!, signal),
    };
  }

  return {
    folder,
    path,
    write(name, text) {
      writeFileSync(path(name), text);
      return path(name);
    },
    frugal: (args, options) => start(args, options).outcome,
    start,
  };
}

/** A recipe that trains in about a second: real digits, a small network with one exit. */
export const tinyRecipe = `
name: tiny
data: { name: optdigits, limit: 512 }
model: { name: mlp, options: { hidden: [16, 64] }, exits: [hidden0] }
optimizer: { name: adam, lr: 0.01 }
epochs: 2
batchSize: 32
evaluate: { budgets: [0.8], timed: [32] }
sweep: { lambdas: [0.1], seeds: [1, 2] }
`;
