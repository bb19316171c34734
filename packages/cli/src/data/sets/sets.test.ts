import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readDataFile } from "../files.js";
import { fingerprint, loadDataset } from "../registry.js";
import { describeShared } from "../testing/shared-data.js";
import { useTempFolder } from "../testing/temp-folder.js";
import { cifarBatch, idx, tinyMnist } from "../testing/tiny-files.js";
import type { Split } from "../types.js";

/** Samples per class. */
function countClasses(split: Split | undefined, classes = 10): number[] {
  const counts = new Array<number>(classes).fill(0);
  split?.labels.forEach((label) => {
    counts[label]!++;
  });
  return counts;
}

describe("optdigits", () => {
  it("has the counts that its authors state", async () => {
    const { inputShape, train, test } = await loadDataset("optdigits", {});
    expect(inputShape).toEqual([1, 8, 8]);
    expect(train.n).toBe(3823);
    expect(countClasses(train)).toEqual([376, 389, 380, 389, 387, 376, 377, 387, 380, 382]);
    expect(test?.n).toBe(1797);
    expect(countClasses(test)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
  });

  it("keeps values 0 to 16 as bytes, in the order of the file", async () => {
    const { train } = await loadDataset("optdigits", {});
    expect(train.images).toBeInstanceOf(Uint8Array);
    const pixels = new Set(train.images);
    expect([Math.min(...pixels), Math.max(...pixels)]).toEqual([0, 16]);
    // The head of optdigits.tra: 0,1,6,15,12,1,0,0,0,7,16,...
    expect([...train.images.subarray(0, 11)]).toEqual([0, 1, 6, 15, 12, 1, 0, 0, 0, 7, 16]);
  });

  it.each([
    ["optdigits.tra", "e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd"],
    ["optdigits.tes", "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"],
    ["optdigits.names", "3e82f7202d72a2b7dbdbc324c8c90fe8853164f5d6ab978a071357ad3de89f02"],
  ])("brings the original %s along", async (file, sum) => {
    const path = fileURLToPath(new URL(`../../../data/optdigits/${file}.gz`, import.meta.url));
    expect(
      createHash("sha256")
        .update(await readDataFile(path))
        .digest("hex"),
    ).toBe(sum);
  });

  it("has the same fingerprint each time, and another one when a pixel changes", async () => {
    const dataset = await loadDataset("optdigits", {});
    const before = fingerprint(dataset);
    expect(fingerprint(await loadDataset("optdigits", {}))).toBe(before);
    dataset.train.images[100]! += 1;
    expect(fingerprint(dataset)).not.toBe(before);
  });
});

describe("mnist", () => {
  const temp = useTempFolder();
  const writeAll = (files: Readonly<Record<string, Uint8Array>>): void => {
    for (const [name, bytes] of Object.entries(files)) temp.write(name, bytes);
  };

  it("reads plain and packed files alike", async () => {
    const files = tinyMnist([3, 1], [9]);
    writeAll({ ...files, "train-images-idx3-ubyte": gzipSync(files["train-images-idx3-ubyte"]) });
    const { train, test, inputShape } = await loadDataset("mnist", { from: temp.path() });
    expect(inputShape).toEqual([1, 28, 28]);
    expect([...train.labels]).toEqual([3, 1]);
    expect([train.images[0], train.images[784]]).toEqual([3, 1]);
    expect(test?.images[783]).toBe(9);
  });

  it.each([
    [
      "a missing file",
      "t10k-labels-idx1-ubyte",
      undefined,
      "E_DATA",
      /t10k-labels-idx1-ubyte missing/,
    ],
    [
      "a truncated file",
      "train-images-idx3-ubyte",
      idx([2, 28, 28], [1, 2]),
      "E_FILE",
      /truncated/,
    ],
    [
      "a truncated gzip",
      "train-images-idx3-ubyte",
      gzipSync(idx([2], [1, 2])).subarray(0, 20),
      "E_FILE",
      /unpacked/,
    ],
    [
      "a wrong magic number",
      "train-labels-idx1-ubyte",
      Uint8Array.from([1, 2, 3, 4]),
      "E_FILE",
      /magic/,
    ],
    ["a label out of range", "train-labels-idx1-ubyte", idx([2], [1, 10]), "E_DATA", /label 10/],
    [
      "fewer labels than images",
      "train-labels-idx1-ubyte",
      idx([1], [1]),
      "E_DATA",
      /2 images, but 1 labels/,
    ],
    [
      "images of another size",
      "train-images-idx3-ubyte",
      idx([2, 1, 2], [1, 2, 3, 4]),
      "E_DATA",
      /1x2/,
    ],
    [
      "no samples",
      "t10k-images-idx3-ubyte",
      idx([0, 28, 28], []),
      "E_DATA",
      /0 images, but 1 labels/,
    ],
  ])("refuses %s", async (_, name, bytes, code, message) => {
    const { [name]: removed, ...others } = tinyMnist([3, 1], [9]) as Record<string, Uint8Array>;
    expect(removed).toBeDefined();
    writeAll(bytes === undefined ? others : { ...others, [name]: bytes });
    const loading = loadDataset("mnist", { from: temp.path() });
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toMatchObject({
      name: "UserError",
      code,
      where: expect.stringContaining(temp.path()),
      allowed: expect.any(String),
      next: expect.any(String),
    });
  });

  it("says how to add it where it is nowhere", async () => {
    await expect(loadDataset("mnist", {}, { root: temp.path("store") })).rejects.toMatchObject({
      code: "E_DATA",
      next: 'run "frugal data add mnist --from DIR_OR_URL"',
    });
    await expect(loadDataset("mnist", { from: temp.path("nowhere") })).rejects.toMatchObject({
      code: "E_FILE",
      where: temp.path("nowhere"),
    });
  });
});

describe("cifar10", () => {
  const temp = useTempFolder();

  it("joins the five training batches in order", async () => {
    for (const i of [1, 2, 3, 4, 5]) temp.write(`data_batch_${i}.bin`, cifarBatch(i, i));
    temp.write("test_batch.bin.gz", gzipSync(cifarBatch(7)));
    const { name, note, train, test } = await loadDataset("cifar10", { from: temp.path() });
    expect([name, note]).toEqual(["cifar10", undefined]);
    expect([...train.labels]).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect(train.images[9 * 3072]).toBe(5);
    expect(test?.n).toBe(1);
  });

  it("names a subset as what it is", async () => {
    temp.write("train_jpeg_10000.bin", cifarBatch(0, 1));
    temp.write("test_jpeg_2000.bin", cifarBatch(1));
    const dataset = await loadDataset("cifar10", { from: temp.path() });
    expect(dataset.name).toBe("cifar10 (jpeg-10000)");
    expect(dataset.note).toMatch(/not CIFAR-10 accuracies/);
    await expect(
      loadDataset("cifar10", { from: temp.path(), variant: "first-4000" }),
    ).rejects.toThrow(/data_batch_1_first4000.bin missing/);
  });
});

describe("csv", () => {
  const temp = useTempFolder();

  it("reads a training and a test file with the classes of the first", async () => {
    const train = temp.write("a.csv", "1,2,dog\n3,4,cat\n");
    const test = temp.write("b.csv", "5,6,dog\n");
    const dataset = await loadDataset("csv", { train, test });
    expect(dataset.classes).toEqual(["cat", "dog"]);
    expect(dataset.inputShape).toEqual([2]);
    expect(dataset.test).toEqual({
      n: 1,
      shape: [2],
      images: Float32Array.from([5, 6]),
      labels: Int32Array.from([1]),
    });
  });

  it("refuses a test file of another width, and a file that is not there", async () => {
    const train = temp.write("a.csv", "1,2,dog\n3,4,cat\n");
    const test = temp.write("b.csv", "5,6,7,dog\n");
    await expect(loadDataset("csv", { train, test })).rejects.toThrow(/shape \[3\]/);
    await expect(loadDataset("csv", { train: temp.path("none.csv") })).rejects.toMatchObject({
      code: "E_FILE",
      what: `${temp.path("none.csv")} does not exist`,
    });
    await expect(loadDataset("csv", { train: temp.path() })).rejects.toThrow(/is a folder/);
  });
});

// Counts are those of the README beside each data set.
describeShared("mnist", (from) => {
  it("has the stated counts", async () => {
    const { train, test } = await loadDataset("mnist", { from });
    expect(countClasses(train)).toEqual([
      5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]);
    expect(countClasses(test)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });
});

describeShared("fashion-mnist", (from) => {
  it("has the stated counts", async () => {
    const { train, test } = await loadDataset("fashion-mnist", { from });
    expect(countClasses(train)).toEqual(new Array(10).fill(6000));
    expect(countClasses(test)).toEqual(new Array(10).fill(1000));
  });
});

describeShared("cifar10", (from) => {
  it("has the stated counts of the exact subset", async () => {
    const { train, test } = await loadDataset("cifar10", { from, variant: "first-4000" });
    const counts = countClasses(train);
    expect([train.n, Math.min(...counts), Math.max(...counts)]).toEqual([4000, 366, 422]);
    expect(test).toBeUndefined();
  });
});

describeShared("tabular", (folder) => {
  it("reads iris, wine and the diagnostic breast cancer set", async () => {
    const iris = await loadDataset("csv", { train: join(folder, "iris.data") });
    expect(iris.classes).toEqual(["Iris-setosa", "Iris-versicolor", "Iris-virginica"]);
    expect([iris.inputShape, countClasses(iris.train, 3)]).toEqual([[4], [50, 50, 50]]);
    const wine = await loadDataset("csv", {
      train: join(folder, "wine.data"),
      classColumn: "first",
    });
    expect([wine.inputShape, countClasses(wine.train, 3)]).toEqual([[13], [59, 71, 48]]);
    const wdbc = await loadDataset("csv", {
      train: join(folder, "wdbc.data"),
      classColumn: "first",
      ignoreColumns: [0],
    });
    expect([wdbc.inputShape, countClasses(wdbc.train, 2)]).toEqual([[30], [357, 212]]);
  });

  it("names the first missing value of the Wisconsin set", async () => {
    const path = join(folder, "breast-cancer-wisconsin.data");
    await expect(loadDataset("csv", { train: path, ignoreColumns: [0] })).rejects.toThrow(
      /a value is missing \("\?"\) in line 24, column 7/,
    );
  });
});
