/** A contestant is a child process that runs steps when asked, so that several can be measured in turn in one run. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Starts a contestant and waits until it is warm. It speaks lines of JSON: it prints {"ready":true}, then answers
 * "run N" with {"ms":[...]} (one time per step) and "memory" with {"peakMB":x}.
 */
export async function startContestant(command, args, env = {}) {
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`${command} ${args.join(" ")} ended with code ${code}`)),
    );
  });
  failed.catch(() => {});
  const answer = async () => JSON.parse((await Promise.race([lines.next(), failed])).value);
  const ask = (line) => {
    child.stdin.write(`${line}\n`);
    return answer();
  };
  await answer();
  return {
    run: async (steps) => (await ask(`run ${steps}`)).ms,
    peakMB: async () => (await ask("memory")).peakMB,
    stop: () => child.stdin.end(),
  };
}

/** The contestant's side in Node: `run` does `steps` steps and resolves when their results exist. */
export async function serve(run, { warmUp = 3, steps = 1 } = {}) {
  const { readFileSync } = await import("node:fs");
  for (let i = 0; i < warmUp; i++) await run();
  console.log(JSON.stringify({ ready: true }));
  for await (const line of createInterface({ input: process.stdin })) {
    const [verb, count] = line.split(" ");
    if (verb === "run") {
      const ms = [];
      while (ms.length < Number(count)) {
        const start = performance.now();
        await run();
        const each = (performance.now() - start) / steps;
        for (let i = 0; i < steps; i++) ms.push(each);
      }
      console.log(JSON.stringify({ ms }));
    } else {
      const peak = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
      console.log(JSON.stringify({ peakMB: Number(peak[1]) / 1024 }));
    }
  }
  process.exit(0);
}
