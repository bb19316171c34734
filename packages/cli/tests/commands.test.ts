import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { commandNames, commands } from "../src/app/options.js";
import { generatedFiles } from "../src/app/write-docs.js";
import { tinyRecipe, workplace } from "./support/cli.js";

const place = workplace();

describe("help", () => {
  it("lists every command", async () => {
    const { code, stdout } = await place.frugal(["--help"]);
    expect(code).toBe(0);
    for (const name of commandNames) expect(stdout).toContain(`  ${name} `);
  });

  it.each(commandNames)("of %s shows its options and examples", async (name) => {
    if (name === "bench") return;
    const { code, stdout } = await place.frugal([name, "--help"]);
    expect(code).toBe(0);
    for (const option of Object.keys(commands[name].options))
      expect(stdout).toContain(`--${option}`);
    expect(stdout).toContain(commands[name].examples[0][0]);
  });

  it("is what a call without a command gets, with the code of a wrong call", async () => {
    const { code, stdout } = await place.frugal([]);
    expect(code).toBe(2);
    expect(stdout).toContain("Usage: frugal COMMAND");
  });
});

describe("generated files", () => {
  it.each(generatedFiles)(
    "$path is up to date (node packages/cli/dist/app/write-docs.js)",
    ({ path, text }) => {
      // The formatter may lay it out in its own way.
      const words = (file: string) => file.replace(/[\s-]+/g, "");
      expect(words(readFileSync(path, "utf8"))).toBe(words(text()));
    },
  );
});

describe("frugal bench", () => {
  it.each([
    [["--help"], 0],
    [["nonsense"], 2],
    [["mlp", "--peers", "x"], 2],
  ])("finds the benchmarks of the checkout and shows them for %j", async (args, code) => {
    const shown = await place.frugal(["bench", ...args]);
    expect(shown).toMatchObject({ code, stdout: "" });
    for (const name of ["train-step", "conv", "mlp", "soak"])
      expect(shown.stderr).toContain(`\n  ${name} `);
    expect(shown.stderr).not.toMatch(/\n {4}at /);
  });
});

describe("frugal doctor", () => {
  it("finds this machine fit, one line a check", async () => {
    const { code, stdout } = await place.frugal(["doctor"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok +engine +onnxruntime-node/m);
    expect(stdout).toMatch(/^ok +built-in data +optdigits, 3823 training samples/m);
  });

  it("says what is wrong and what to do, with code 1", async () => {
    const { code, stdout } = await place.frugal(["doctor", "--json", "--runs", "/proc/nowhere"]);
    expect(code).toBe(1);
    const { ok, checks } = JSON.parse(stdout);
    expect(ok).toBe(false);
    expect(checks.find((c: { ok: boolean }) => !c.ok)).toMatchObject({ name: "runs folder" });
  });
});

describe("frugal data", () => {
  it("lists what recipes may name", async () => {
    const { code, stdout } = await place.frugal(["data", "list"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^optdigits +built in/m);
    expect(stdout).toMatch(/^mnist +not stored/m);
  });

  it("needs to know where a set comes from", async () => {
    const { code, stderr } = await place.frugal(["data", "add", "mnist"]);
    expect(code).toBe(2);
    expect(stderr).toContain("frugal data add NAME --from DIR_OR_URL");
  });
});

/** A disk of half a megabyte; undefined where this process may not mount one. */
function tinyDisk(): string | undefined {
  const folder = place.path("disk");
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], { stdio: "ignore" });
    return folder;
  } catch {
    return undefined;
  }
}

describe("a full disk", () => {
  it("stops a run with one message and leaves the last checkpoint whole (needs the right to mount)", async ({
    skip,
  }) => {
    const disk = tinyDisk();
    if (disk === undefined) skip("mounting a tmpfs is not permitted here");
    try {
      place.write("tiny.yaml", `${tinyRecipe}checkpoint: { keep: 100 }\n`);
      const { code, stderr } = await place.frugal([
        "train",
        "tiny.yaml",
        "--runs",
        "disk",
        "--set",
        "epochs=40",
      ]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^error E_RUN: cannot .*: the disk is full$/m);
      expect(stderr).toContain("free some space, then continue with frugal train --resume");
      const run = readdirSync(disk!).find((name) => !name.startsWith("."))!;
      const checkpoints = readdirSync(place.path("disk", run, "checkpoints"));
      expect(checkpoints.length).toBeGreaterThan(0);
      for (const name of checkpoints) {
        expect(readdirSync(place.path("disk", run, "checkpoints", name)).sort()).toEqual([
          "model.safetensors",
          "optimizer.safetensors",
          "state.json",
        ]);
      }
      expect(() =>
        JSON.parse(readFileSync(place.path("disk", run, "run.json"), "utf8")),
      ).not.toThrow();
    } finally {
      execFileSync("umount", [disk!]);
    }
  }, 60_000);
});
