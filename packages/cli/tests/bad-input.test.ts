import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Outcome, tinyRecipe, workplace } from "./support/cli.js";
import { expectRefusal } from "./support/refusal.js";

const place = workplace();
const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

beforeAll(() => {
  place.write("tiny.yaml", tinyRecipe);
});

const train = (...sets: string[]): Promise<Outcome> =>
  place.frugal(["train", "tiny.yaml", "--runs", "none", ...sets.flatMap((s) => ["--set", s])]);

describe("a recipe that is wrong", () => {
  it.each([
    ["an unknown key", "epoch=3", /unknown key "epoch"[\s\S]*did you mean "epochs"\?/],
    ["an unknown nested key", "optimizer.momentun=0.9", /optimizer\.momentun/],
    [
      "a wrong type",
      "epochs=many",
      /"many" is not allowed here[\s\S]*tiny\.yaml[^\n]*epochs[\s\S]*a number/,
    ],
    ["a fraction where a whole number belongs", "batchSize=1.5", /batchSize[\s\S]*a whole number/],
    [
      "a lambda below zero",
      "objective.lambda=-1",
      /-1 is not allowed here[\s\S]*objective\.lambda[\s\S]*>= 0/,
    ],
    ["an unknown model", "model.name=resnet9", /"resnet9"[\s\S]*"resnet8"/],
    ["an unknown optimiser", "optimizer={name: sdg}", /optimizer/],
    ["exits that are missing", "model.exits=[]", /needs a model with exits/],
    [
      "an exit that does not exist",
      "model.exits=[hidden7]",
      /no place "hidden7"[\s\S]*model\.exits[\s\S]*hidden0, hidden1/,
    ],
    ["an exit that is named twice", "model.exits=[hidden0, hidden0]", /twice/],
    ["an amount without sense", "evaluate.budgets=[2X]", /"2X" is no amount[\s\S]*k, M, G/],
    ["a key below a value", "epochs.x=1", /epochs is not a group of keys/],
  ])("is refused for %s", async (_, set, words) => {
    expectRefusal(await train(set), "E_CONFIG", words);
    expect(existsSync(place.path("none"))).toBe(false);
  });

  it.each([
    [
      "a batch larger than the data",
      "batchSize=5000",
      "E_CONFIG",
      /batch of 5000 from 512 samples/,
    ],
    [
      "a data set that does not exist",
      "data.name=optdigit",
      "E_CONFIG",
      /did you mean "optdigits"\?/,
    ],
    ["a data set that is not at hand", "data.name=mnist", "E_DATA", /frugal data add mnist/],
    [
      "an impossible shape",
      "model={name: vgg16bn, exits: [features.stage1]}",
      "E_SHAPE",
      /\[1, 8, 8\]/,
    ],
  ])("is refused for %s", async (_, set, code, words) => {
    expectRefusal(await train(set), code, words);
    expect(existsSync(place.path("none"))).toBe(false);
  });

  it("is refused as a file that is not there, not YAML, or of another kind", async () => {
    expectRefusal(await place.frugal(["train", "tini.yaml"]), "E_CONFIG", /there is no recipe/);
    expectRefusal(await place.frugal(["train", "digit"]), "E_CONFIG", /did you mean "digits"\?/);
    place.write("broken.yaml", "name: [tiny\n");
    expectRefusal(
      await place.frugal(["train", "broken.yaml"]),
      "E_CONFIG",
      /no valid YAML[\s\S]*broken\.yaml:\d/,
    );
    place.write("recipe.toml", "");
    expectRefusal(
      await place.frugal(["train", "recipe.toml"]),
      "E_CONFIG",
      /\.yaml, \.yml, \.json/,
    );
    place.write("list.yaml", "- 1\n");
    expectRefusal(await place.frugal(["train", "list.yaml"]), "E_CONFIG", /the whole recipe/);
  });

  it("does not let --set reach a prototype", async () => {
    expectRefusal(await train("__proto__.epochs=1"), "E_CONFIG", /unknown key "__proto__"/);
  });
});

describe("a command line that is wrong", () => {
  it.each([
    [["trian", "tiny.yaml"], /did you mean "train"\?/],
    [["train", "tiny.yaml", "--resum", "x"], /no option --resum[\s\S]*did you mean "resume"\?/],
    [["train"], /needs a recipe/],
    [["train", "a.yaml", "b.yaml"], /does not know what to do with "b.yaml"/],
    [["evaluate"], /needs run/],
    [["sweep", "tiny.yaml", "--jobs", "0"], /--jobs 0/],
    [["train", "tiny.yaml", "--set", "epochs"], /--set epochs is not understood/],
    [["data", "lits"], /did you mean "list"\?/],
    [["evaluate", "x", "--split", "train"], /there is no split "train"/],
  ])("%j is a usage error", async (args, words) => {
    expectRefusal(await place.frugal(args), "E_USAGE", words);
  });

  it("reports errors as a JSON document too with --json", async () => {
    const { stdout, code } = await place.frugal([
      "train",
      "tiny.yaml",
      "--json",
      "--set",
      "epochs=0",
    ]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "E_CONFIG",
      where: expect.stringContaining("epochs"),
      allowed: expect.stringContaining(">= 1"),
    });
  });
});

describe("a run folder that is wrong", () => {
  async function trained(root: string): Promise<string> {
    await place.frugal(["train", "tiny.yaml", "--runs", root, "-q", "--set", "epochs=1"]);
    return place.path(root, readdirSync(place.path(root))[0]!);
  }

  it("is refused where there is none", async () => {
    expectRefusal(
      await place.frugal(["train", "--resume", "nowhere"]),
      "E_RUN",
      /there is no run "nowhere"/,
    );
    expectRefusal(await place.frugal(["report", "nowhere"]), "E_RUN", /there is no run/);
  });

  it("is refused when it is of another version, damaged, finished or without checkpoints", async () => {
    const run = await trained("wrong");
    const path = join(run, "run.json");
    const good = readFileSync(path, "utf8");
    expectRefusal(
      await place.frugal(["train", "--resume", run]),
      "E_RUN",
      /is completed: there is nothing to resume/,
    );
    writeFileSync(path, good.replace('"schemaVersion": 1', '"schemaVersion": 7'));
    for (const command of [
      ["train", "--resume", run],
      ["report", run],
      ["evaluate", run],
    ]) {
      expectRefusal(await place.frugal(command), "E_RUN", /another version[\s\S]*schemaVersion 7/);
    }
    writeFileSync(path, good.slice(0, 40));
    expectRefusal(await place.frugal(["train", "--resume", run]), "E_RUN", /damaged/);
    writeFileSync(path, good.replace('"completed"', '"stopped"'));
    const weights = join(run, "checkpoints", "step-00000016", "model.safetensors");
    const bytes = readFileSync(weights);
    writeFileSync(weights, bytes.subarray(0, 100));
    expectRefusal(await place.frugal(["train", "--resume", run]), "E_FILE", /model\.safetensors/);
    expect(readFileSync(path, "utf8")).toContain('"stopped"');
  }, 60_000);

  it("is refused when a file is in the way", async () => {
    place.write("file", "");
    const refused = await place.frugal(["train", "tiny.yaml", "--runs", "file/runs"]);
    expectRefusal(refused, "E_RUN", /cannot make the (run )?folder/);
  });

  it.skipIf(!isRoot)(
    "is refused when it is read-only (skipped unless root: drops its rights)",
    async () => {
      mkdirSync(place.path("readonly"), { mode: 0o755 });
      const refused = await place.frugal(["train", "tiny.yaml", "--runs", "readonly"], {
        uid: NOBODY,
      });
      expectRefusal(refused, "E_RUN", /permission is denied/);
      expect(readdirSync(place.path("readonly"))).toEqual([]);
      const run = await trained("owned");
      const path = join(run, "run.json");
      writeFileSync(path, readFileSync(path, "utf8").replace('"completed"', '"stopped"'));
      const before = readFileSync(path, "utf8");
      const resumed = await place.frugal(["train", "--resume", run], { uid: NOBODY });
      expectRefusal(resumed, "E_RUN", /permission is denied/);
      expect(readFileSync(path, "utf8")).toBe(before);
    },
    60_000,
  );
});
