import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import { idx, tinyMnist } from "../src/data/testing/tiny-files.js";
import { type Outcome, tinyRecipe, workplace } from "./support/cli.js";
import { expectRefusal } from "./support/refusal.js";

const place = workplace();
const labels = Array.from({ length: 80 }, (_, i) => i % 10);
const good = tinyMnist(labels, labels);

/** A folder of the four files of a tiny MNIST, with changes; undefined leaves a file out. */
function mnist(name: string, changes: Record<string, Uint8Array | undefined>): string {
  mkdirSync(place.path(name));
  for (const [file, bytes] of Object.entries({ ...good, ...changes })) {
    if (bytes) writeFileSync(place.path(name, file), bytes);
  }
  return name;
}

function image(path: string, [width, height]: readonly [number, number]): void {
  writeFileSync(
    place.path(path),
    encode({ width, height, channels: 1, depth: 8, data: new Uint8Array(width * height) }),
  );
}

const train = (data: string, ...more: string[]): Promise<Outcome> => {
  const sets = [`data=${data}`, ...more].flatMap((set) => ["--set", set]);
  return place.frugal(["train", "tiny.yaml", "--runs", "none", ...sets]);
};

async function refuse(outcome: Promise<Outcome>, code: string, words: RegExp): Promise<void> {
  expectRefusal(await outcome, code, words);
  expect(existsSync(place.path("none"))).toBe(false);
}

beforeAll(() => {
  place.write("tiny.yaml", tinyRecipe);
});

describe("data that are wrong", () => {
  it.each([
    [
      "missing",
      { "t10k-labels-idx1-ubyte": undefined },
      "E_DATA",
      /t10k-labels-idx1-ubyte missing/,
    ],
    [
      "truncated",
      { "train-images-idx3-ubyte": good["train-images-idx3-ubyte"].subarray(0, 5000) },
      "E_FILE",
      /truncated\/train-images-idx3-ubyte/,
    ],
    [
      "cut-gzip",
      { "train-images-idx3-ubyte": gzipSync(good["train-images-idx3-ubyte"]).subarray(0, 100) },
      "E_FILE",
      /cannot be unpacked: it is truncated or damaged/,
    ],
    [
      "magic",
      { "train-labels-idx1-ubyte": Uint8Array.from([0, 0, 9, 1, 0, 0, 0, 0]) },
      "E_FILE",
      /wrong magic number 00 00 09 01[\s\S]*allowed: 00 00 08/,
    ],
    [
      "labels",
      {
        "train-labels-idx1-ubyte": idx(
          [80],
          labels.map((l) => (l === 3 ? 77 : l)),
        ),
      },
      "E_DATA",
      /label 77 in [\s\S]*is out of range[\s\S]*allowed: 0 to 9/,
    ],
    [
      "sizes",
      { "t10k-images-idx3-ubyte": idx([80, 2, 2], new Array(320).fill(0)) },
      "E_DATA",
      /2 ?x ?2|\[1, 2, 2\]/,
    ],
    [
      "count",
      { "train-labels-idx1-ubyte": idx([3], [0, 1, 2]) },
      "E_DATA",
      /80 images, but 3 labels/,
    ],
  ])("are refused where a file is %s", async (name, changes, code, words) => {
    const folder = mnist(name, changes);
    await refuse(train(`{ name: mnist, from: ${folder} }`), code, words);
  });

  it("are refused where an image is of another size, cut, or no image", async () => {
    for (const folder of ["pics", "pics/a", "pics/b"]) mkdirSync(place.path(folder));
    image("pics/a/1.png", [8, 8]);
    image("pics/b/1.png", [8, 9]);
    const data = "{ name: images, from: pics }";
    await refuse(train(data), "E_DATA", /b\/1\.png is 8x9[\s\S]*allowed: 8x8, as .*a\/1\.png/);
    writeFileSync(place.path("pics/b/1.png"), Uint8Array.from([0x89, 0x50, 0x4e, 0x47]));
    await refuse(train(data), "E_DATA", /b\/1\.png cannot be decoded/);
    writeFileSync(place.path("pics/b/1.png"), "text");
    await refuse(train(data), "E_DATA", /is neither a PNG nor a JPEG/);
    await refuse(train("{ name: images }"), "E_CONFIG", /data\.from/);
  }, 60_000);

  it.each([
    ["nan", /a value is missing \("nan"\) in line 2, column 2/],
    ["inf", /"inf" is not a number in line 2, column 2/],
    ["1e999", /"1e999" is not a number in line 2, column 2/],
  ])("are refused where a value is %s", async (value, words) => {
    place.write("table.csv", `1,2,a\n3,${value},b\n`.repeat(40));
    await refuse(train("{ name: csv, options: { train: table.csv } }"), "E_DATA", words);
  });

  it("are refused by data add, which leaves the store as it was", async () => {
    const folder = mnist("other", {});
    const args = ["data", "add", "mnist", "--from", folder];
    expectRefusal(
      await place.frugal(args),
      "E_DATA",
      /its SHA-256 differs[\s\S]*--accept-checksum/,
    );
    const cut = mnist("cut", { "t10k-images-idx3-ubyte": idx([80, 28, 28], []) });
    expectRefusal(
      await place.frugal(["data", "add", "mnist", "--from", cut, "--accept-checksum"]),
      "E_FILE",
      /cut\/t10k-images-idx3-ubyte/,
    );
    expect(readdirSync(place.path("home", "data"))).toEqual([]);
    const taken = await place.frugal([...args, "--accept-checksum"]);
    expect(taken).toMatchObject({ code: 0, stdout: expect.stringContaining("checksum not known") });
  }, 60_000);
});

describe("training that diverges", () => {
  it("stops at the first NaN or infinity and names the tensor; the last checkpoint stays", async () => {
    const diverging = "optimizer={ name: sgd, lr: 1e30 }";
    const outcome = await place.frugal(["train", "tiny.yaml", "--set", diverging]);
    expectRefusal(
      outcome,
      "E_NUMERIC",
      /loss is (NaN|infinite) at step \d[\s\S]*first tensor with NaN or infinity: \w+ in [\w.]+ \(forward pass\)/,
    );
    const [run] = readdirSync(place.path("runs"));
    expect(readdirSync(place.path("runs", run!, "checkpoints"))).toEqual(["step-00000000"]);
    const listed = await place.frugal(["runs"]);
    expect(listed.stdout).toMatch(/ failed /);
  }, 60_000);
});
