import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkRecipe } from "../recipe/check.js";
import { loadRecipeData } from "./data.js";

const folder = mkdtempSync(join(tmpdir(), "frugal-limit-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** 60 rows of class a, then 30 of b, then 10 of c: sorted, as many files are. Half of each class is held out for the test. */
const rows = [..."a".repeat(60), ..."b".repeat(30), ..."c".repeat(10)];
const file = join(folder, "sorted.csv");
writeFileSync(file, rows.map((label, i) => `${i},${label}`).join("\n"));

async function trained(limit: number, splitSeed = 0) {
  const data = {
    ...{ name: "csv", options: { train: file }, test: 0.5, validation: 0.1 },
    ...{ limit, splitSeed },
  };
  const recipe = checkRecipe(
    { name: "r", data, model: { name: "mlp" }, objective: { kind: "plain" } },
    "r.yaml",
  );
  const { splits, record } = await loadRecipeData(recipe);
  const count = (label: number) => [...splits.train.labels].filter((l) => l === label).length;
  return { counts: [0, 1, 2].map(count), values: [...splits.train.images], record };
}

describe("a limit on the training samples", () => {
  it("keeps the class shares of the whole, however the file is sorted", async () => {
    // 45 are left to train with: 27, 13 or 14, and 4 or 5.
    const { counts, record } = await trained(20);
    expect(counts).toEqual([12, 6, 2]);
    expect(record.train).toBe(20);
  });

  it("leaves one of each class at least", async () => {
    expect((await trained(3)).counts).toEqual([1, 1, 1]);
  });

  it("draws by the seed of the split, and no sample twice", async () => {
    const [one, again, other] = [await trained(20), await trained(20), await trained(20, 1)];
    expect(one.values).toEqual(again.values);
    expect(one.values).not.toEqual(other.values);
    expect(new Set(one.values).size).toBe(20);
  });

  it("changes nothing where there are no more samples than that", async () => {
    expect((await trained(1000)).record.train).toBe(45);
  });
});
