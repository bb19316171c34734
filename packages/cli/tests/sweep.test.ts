import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Outcome, tinyRecipe, workplace } from "./support/cli.js";

const place = workplace();
let first: Outcome;
let folder = "";

beforeAll(async () => {
  place.write("tiny.yaml", tinyRecipe);
  first = await place.frugal(["sweep", "tiny.yaml", "--report"]);
  folder = place.path("runs", readdirSync(place.path("runs"))[0] ?? "");
}, 120_000);

describe("frugal sweep", () => {
  it("trains every lambda and the baseline with every seed", () => {
    expect(first).toMatchObject({ code: 0 });
    expect(readdirSync(join(folder, "trials")).sort()).toEqual([
      "lambda-0.1-s1",
      "lambda-0.1-s2",
      "plain-s1",
      "plain-s2",
    ]);
    expect(first.stderr).toMatch(
      /^sweep .*: 4 trials, \d+ at a time \(plain; lambda 0\.1; seeds 1, 2\)$/m,
    );
    expect(first.stderr.match(/^\[\d\/4\] .*: completed/gm)).toHaveLength(4);
    const { trials } = JSON.parse(readFileSync(join(folder, "sweep.json"), "utf8"));
    expect(trials.map((t: { status: string }) => t.status)).toEqual(Array(4).fill("completed"));
  });

  it("tabulates accuracy against compute, with intervals over seeds", () => {
    expect(first.stdout).toMatch(/^setting +budget +test accuracy +executed MACs +FLOPs/);
    expect(first.stdout).toMatch(/^plain +full +\d+\.\d\d ± \d+\.\d\d % /m);
    expect(first.stdout).toMatch(/^lambda 0\.1 \* +80 % /m);
    expect(first.stdout).toContain("2 seeds, mean ± 95 % interval");
  });

  it("writes the report and says where it is, last of all", () => {
    expect(first.stderr.trimEnd().split("\n").at(-1)).toMatch(
      /^next: open .*report\.html in a browser, then: frugal train tiny\.yaml --set objective\.lambda=0\.1$/,
    );
    const html = readFileSync(join(folder, "report.html"), "utf8");
    for (const part of [
      "The trade-off",
      "Where samples leave",
      "Learning curves",
      "random exit",
      "oracle",
      "Settings and provenance",
    ]) {
      expect(html).toContain(part);
    }
    expect(html).not.toMatch(/<script|(?:src|href)="|NaN|undefined/);
    expect(statSync(join(folder, "report.html")).size).toBeLessThan(300_000);
  });

  it("writes a table that other programs read: plain and one lambda, whole and under a budget", () => {
    const [head, ...rows] = readFileSync(join(folder, "report.csv"), "utf8").trimEnd().split("\n");
    expect(head).toMatch(/^setting,lambda,budget_fraction,budget_macs,seeds,accuracy/);
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row.split(",")).toHaveLength(head!.split(",").length);
  });

  it("trains only what is missing when it is run again", async () => {
    rmSync(join(folder, "trials", "plain-s2"), { recursive: true });
    const again = await place.frugal(["sweep", "tiny.yaml"]);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr.match(/finished before, kept/g)).toHaveLength(3);
    expect(again.stderr.match(/: completed/g)).toHaveLength(1);
    // The same seed, the same numbers; only times differ.
    const accuracies = (text: string) => text.match(/\d+\.\d\d ± \d+\.\d\d %/g);
    expect(accuracies(again.stdout)).toEqual(accuracies(first.stdout));
  }, 60_000);

  it("evaluates again when only the budgets change", async () => {
    const args = ["sweep", "tiny.yaml", "--set", "evaluate.budgets=[0.7]", "--json", "-q"];
    const changed = await place.frugal(args);
    expect(changed.stderr).toBe("");
    const { points } = JSON.parse(changed.stdout);
    expect(points.map((p: { budget?: number }) => p.budget)).toContain(0.7);
  }, 60_000);

  it("names the chosen lambda without its course being lost", async () => {
    const course = ["--set", "objective.lambda={value: 0.1, warmup: 1}"];
    const run = await place.frugal([
      "sweep",
      "tiny.yaml",
      "--runs",
      "a course",
      "--report",
      ...course,
    ]);
    expect(run.stderr.trimEnd().split("\n").at(-1)).toMatch(
      / then: frugal train tiny\.yaml --set 'objective\.lambda=\{value: 0\.1, warmup: 1\}' --set objective\.lambda\.value=0\.1$/,
    );
    const bare = await place.frugal(["sweep", "tiny.yaml", "--runs", "a course", ...course]);
    expect(bare.stderr.trimEnd().split("\n").at(-1)).toMatch(
      /^next: frugal report 'a course\/sweep-/,
    );
  }, 60_000);

  it("goes on where Ctrl-C stopped it", async () => {
    const words = "sweep tiny.yaml --runs stopped --jobs 1 --set epochs=60";
    const args = [...words.split(" "), "--set", "schedule={name: cosine}"];
    const running = place.start(args);
    await running.seen(/^\[1\/4\]/m);
    running.kill("SIGINT");
    const stopped = await running.outcome;
    expect(stopped).toMatchObject({ code: 75 });
    const again = `frugal ${words} --set 'schedule={name: cosine}'`;
    expect(stopped.stderr.trimEnd().split("\n").at(-1)).toBe(
      `next: ${again} continues where it stopped`,
    );
    const more = await place.frugal(args);
    expect(more).toMatchObject({ code: 0 });
    expect(more.stderr).toMatch(/\[1\/4\].*kept/);
  }, 120_000);
});
