import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors } from "@frugal/core/formats";
import { randomStream } from "@frugal/core/random";
import { beforeAll, describe, expect, it } from "vitest";
import { tinyRecipe, workplace } from "./support/cli.js";

const place = workplace();
/** Long enough to be interrupted: 16 steps an epoch, a checkpoint every 40 steps and every epoch. */
const recipe = `${tinyRecipe.replace("epochs: 2", "epochs: 120")}
checkpoint: { everySteps: 40 }
`;
const TOTAL = 120 * 16;

const newest = (root: string): string => {
  const folder = place.path(root);
  const names = existsSync(folder) ? readdirSync(folder).filter((n) => !n.startsWith(".")) : [];
  return join(root, names.sort().at(-1) ?? "");
};
const record = (run: string) => JSON.parse(readFileSync(place.path(run, "run.json"), "utf8"));

function weights(run: string): Map<string, Float32Array> {
  const name = readdirSync(place.path(run, "checkpoints")).sort().at(-1)!;
  const path = place.path(run, "checkpoints", name, "model.safetensors");
  const { tensors } = readSafetensors(new Uint8Array(readFileSync(path)), path);
  return new Map([...tensors].map(([key, t]) => [key, t.data as Float32Array]));
}

function largestDifference(a: Map<string, Float32Array>, b: Map<string, Float32Array>): number {
  expect([...a.keys()].sort()).toEqual([...b.keys()].sort());
  let largest = 0;
  for (const [name, values] of a) {
    values.forEach((v, i) => {
      largest = Math.max(largest, Math.abs(v - b.get(name)![i]!));
    });
  }
  return largest;
}

/** The records that count: an older attempt's records beyond the step of a later one's start do not. */
function counting(
  run: string,
  file: string,
): { step: number; name?: string; split?: string; value?: number; kind?: string }[] {
  const { restarts } = record(run) as { restarts: { attempt: number; step: number }[] };
  const text = readFileSync(place.path(run, file), "utf8");
  expect(text.endsWith("\n")).toBe(true);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter((r) => restarts.every((s) => s.attempt <= r.attempt || r.step <= s.step));
}

describe("a run that is interrupted", () => {
  let undisturbed = "";
  beforeAll(async () => {
    place.write("long.yaml", recipe);
    const whole = await place.frugal(["train", "long.yaml", "--runs", "whole", "-q"]);
    expect(whole).toMatchObject({ code: 0, stderr: "" });
    undisturbed = newest("whole");
  }, 120_000);

  it("survives kill -9 at 20 random moments: same weights, no record lost or doubled", async () => {
    // A fixed seed: a failure can be looked at again.
    const stream = randomStream(20, "kills");
    let kills = 0;
    let run: string | undefined;
    let finished = 0;
    while (kills < 20 || run !== undefined) {
      const root = `killed${finished}`;
      const args = run === undefined ? ["long.yaml", "--runs", root] : ["--resume", run];
      const running = place.start(["train", ...args]);
      if (kills < 20) {
        try {
          await running.seen(/^run /m);
          await new Promise((resolve) => setTimeout(resolve, stream.uniform() * 700));
          running.kill("SIGKILL");
        } catch {
          // It was done before: the next one takes the remaining kills.
        }
      }
      const { code, signal, stderr } = await running.outcome;
      run = newest(root);
      if (signal === "SIGKILL") {
        kills++;
        // A kill that came after the last thing was written leaves nothing to resume.
        if (!existsSync(place.path(run, "eval", "test.json"))) continue;
      } else {
        expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
      }
      expect(largestDifference(weights(run), weights(undisturbed))).toBeLessThanOrEqual(1e-5);
      for (const split of ["train", "validation"]) {
        const of = (folder: string) =>
          counting(folder, "metrics.jsonl")
            .filter((m) => m.split === split)
            .map((m) => `${m.step} ${m.name} ${m.value?.toPrecision(5)}`);
        expect(of(run)).toEqual(of(undisturbed));
      }
      const saved = counting(run, "events.jsonl").filter((e) => e.kind === "checkpoint");
      expect(saved.map((e) => e.step)).toEqual([...new Set(saved.map((e) => e.step))]);
      expect(readdirSync(place.path(run, "checkpoints")).filter((n) => n.startsWith("."))).toEqual(
        [],
      );
      finished++;
      run = undefined;
    }
    expect(kills).toBe(20);
    expect(finished).toBeGreaterThan(0);
  }, 600_000);

  it("shows a killed run as interrupted, not as running", async () => {
    const running = place.start(["train", "long.yaml", "--runs", "dead"]);
    await running.seen(/^run /m);
    running.kill("SIGKILL");
    await running.outcome;
    expect(record(newest("dead")).status).toBe("running");
    const { stdout } = await place.frugal(["runs", "--runs", "dead"]);
    expect(stdout).toMatch(/ interrupted /);
  }, 60_000);

  it.each(["SIGINT", "SIGTERM"] as const)(
    "saves and ends with code 75 at the first %s, and goes on from that very step",
    async (signal) => {
      const root = `stopped-${signal}`;
      const running = place.start(["train", "long.yaml", "--runs", root]);
      await running.seen(/epoch 2\//);
      running.kill(signal);
      const stopped = await running.outcome;
      expect(stopped).toMatchObject({ code: 75, signal: null });
      const run = newest(root);
      expect(stopped.stderr).toContain(`next: frugal train --resume ${run}`);
      const { status, step } = record(run);
      expect(status).toBe("stopped");
      expect(step).toBeLessThan(TOTAL);
      const resumed = await place.frugal(["train", "--resume", run]);
      expect(resumed).toMatchObject({ code: 0 });
      expect(resumed.stderr).toContain(`from step ${step}`);
      expect(largestDifference(weights(run), weights(undisturbed))).toBe(0);
    },
    120_000,
  );

  it("ends at once with code 130 at the second Ctrl-C", async () => {
    // Steps of a tenth of a second, and checkpoints of many megabytes: time for the second one to arrive.
    const slow = ["model.options.hidden=[2000, 2000]", "batchSize=512", "checkpoint={}"];
    const sets = slow.flatMap((set) => ["--set", set]);
    const running = place.start(["train", "long.yaml", "--runs", "twice", ...sets]);
    await running.seen(/epoch 1\//);
    process.kill(running.child.pid!, "SIGINT");
    await running.seen(/Ctrl-C again stops at once/);
    process.kill(running.child.pid!, "SIGINT");
    expect(await running.outcome).toMatchObject({ code: 130, signal: null });
    // What was saved before is whole: the run can go on.
    const { stdout } = await place.frugal(["runs", "--runs", "twice"]);
    expect(stdout).toMatch(/ interrupted /);
  }, 60_000);

  it("refuses to go on with other settings unless told to", async () => {
    const running = place.start(["train", "long.yaml", "--runs", "changed"]);
    await running.seen(/epoch 1\//);
    running.kill("SIGINT");
    await running.outcome;
    const run = newest("changed");
    const args = ["train", "long.yaml", "--resume", run, "--set", "optimizer.lr=0.001"];
    const refused = await place.frugal(args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^error E_RUN: .*differs from the settings/m);
    expect(await place.frugal([...args, "--allow-config-change"])).toMatchObject({ code: 0 });
  }, 120_000);
});
