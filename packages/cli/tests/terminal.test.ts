/** The command line in a real terminal, which `script` of util-linux provides. */

import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { binary, tinyRecipe, workplace } from "./support/cli.js";

const place = workplace();
const isThere = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

/** What a terminal of so many columns is sent. */
function inTerminal(args: string, { columns = 120, env = {} } = {}): string {
  const command = `stty cols ${columns}; '${process.execPath}' '${binary}' ${args}`;
  const { NO_COLOR: _, ...inherited } = process.env;
  const { stdout, status } = spawnSync("script", ["-qec", command, "/dev/null"], {
    cwd: place.folder,
    env: { ...inherited, TERM: "xterm", FRUGAL_HOME: place.path("home"), ...env },
    encoding: "utf8",
  });
  expect(status).toBe(0);
  return stdout;
}

/** The lines that were drawn over one another. */
const drawn = (text: string): string[] =>
  text
    .split("\r\u001b[2K")
    .slice(1)
    .map((part) => part.split("\r\n")[0]!);

describe.skipIf(!isThere)("in a terminal (skipped without util-linux's script)", () => {
  beforeAll(() => {
    place.write("tiny.yaml", tinyRecipe.replace("epochs: 2", "epochs: 12"));
  });

  it("training redraws one line with loss, accuracy, both costs, samples per second and time left", () => {
    const text = inTerminal("train tiny.yaml");
    const lines = drawn(text).filter((line) => line.includes("loss"));
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.at(-1)).toMatch(
      /^[━─]{12} \d+\/192 {2}loss \d+\.\d{4} {2}acc \d+\.\d % {2}cost expected \d+ % executed \d+ % {2}[\d.]+k? samples\/s {2}\d+:\d\d left$/,
    );
    // No line an epoch besides, and nothing of the line is left behind the result.
    expect(text).not.toMatch(/epoch \d/);
    expect(text).toContain("\u001b[2Krun        runs/");
    expect(text).toContain("\u001b[1mnext:\u001b[22m");
  }, 60_000);

  it("a narrow one gets shorter lines, and none is longer than it", () => {
    const lines = drawn(inTerminal("train tiny.yaml", { columns: 80 }));
    const training = lines.filter((line) => line.includes("loss"));
    expect(training.length).toBeGreaterThan(2);
    for (const line of training) expect(line.length).toBeLessThan(80);
    expect(training.at(-1)).toMatch(/ left$/);
  }, 60_000);

  it("NO_COLOR takes the colours away, and --quiet the line", () => {
    const text = inTerminal("train tiny.yaml --quiet --set epochs=1", { env: { NO_COLOR: "1" } });
    expect(text).not.toContain("\u001b");
    expect(inTerminal("data list", { env: { NO_COLOR: "1" } })).not.toContain("\u001b[1m");
  }, 60_000);
});
