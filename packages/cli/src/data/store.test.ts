import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { addData } from "./add.js";
import { fileError } from "./files.js";
import { listData, readStoreEntry } from "./list.js";
import { loadDataset } from "./registry.js";
import { storeRoot } from "./stored.js";
import { describeShared } from "./testing/shared-data.js";
import { useTempFolder } from "./testing/temp-folder.js";
import { cifarBatch, tinyMnist } from "./testing/tiny-files.js";

describe("the data store", () => {
  const temp = useTempFolder();
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
  const root = (): string => temp.path("store");
  const source = (): string => temp.path("source");
  /** A whole CIFAR-10 of one image a batch: the set whose sums are not known. */
  const writeCifar = (): void => {
    for (const i of [1, 2, 3, 4, 5]) temp.write(`source/data_batch_${i}.bin`, cifarBatch(i));
    temp.write("source/test_batch.bin.gz", gzipSync(cifarBatch(9)));
  };
  const writeMnist = (): void => {
    for (const [name, bytes] of Object.entries(tinyMnist([1, 2], [3])))
      temp.write(`source/${name}`, bytes);
  };
  /** Serves the files of `source`; the first request for `cut` ends in the middle. */
  async function serve(cut?: string): Promise<{ url: string; requested: string[] }> {
    const requested: string[] = [];
    const server = createServer((request, response) => {
      const name = String(request.url).slice("/data/".length);
      requested.push(name + (request.headers.range ? ` ${request.headers.range}` : ""));
      if (!existsSync(join(source(), name))) return response.writeHead(404).end();
      const bytes = readFileSync(join(source(), name));
      const start = Number(/\d+/.exec(request.headers.range ?? "0")?.[0]);
      response.writeHead(start > 0 ? 206 : 200, {
        etag: '"1"',
        "content-length": bytes.length - start,
        ...(start > 0
          ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` }
          : {}),
      });
      if (requested.filter((r) => r === name).length > 1 || name !== cut)
        return response.end(bytes.subarray(start));
      return response.write(bytes.subarray(0, 1000), () =>
        // What has not been read by then is lost with the connection.
        setTimeout(() => response.destroy(), 250),
      );
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/data`, requested };
  }

  it("lies in $FRUGAL_HOME/data, or in the home folder", () => {
    expect(storeRoot({ FRUGAL_HOME: "/scratch/f" })).toBe(join("/scratch/f", "data"));
    expect(storeRoot({})).toMatch(/\.frugal.data$/);
  });

  it("lists every set as built in, given by path, or not stored yet", async () => {
    const list = await listData({ root: root() });
    expect(list.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      "optdigits: built in",
      "mnist: not stored",
      "fashion-mnist: not stored",
      "cifar10: not stored",
      "csv: by path",
      "images: by path",
    ]);
  });

  it.each(["folder", "file address"])(
    "adds a set from a %s, and loads it from there",
    async (kind) => {
      writeCifar();
      temp.write("source/unrelated.txt", "stays behind");
      const from = kind === "folder" ? source() : pathToFileURL(source()).href;
      const entry = await addData("cifar10", { from, root: root() });
      expect(entry.variants).toEqual(["full"]);
      // No sum of these files is known, and the entry says so.
      expect(entry.files.map(({ verified }) => verified)).toEqual(new Array(6).fill(false));
      expect(await readStoreEntry("cifar10", root())).toEqual(entry);
      expect(readdirSync(root())).toEqual(["cifar10"]);
      expect(readdirSync(join(root(), "cifar10"))).toEqual([
        ...[1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`),
        "frugal-data.json",
        "test_batch.bin.gz",
      ]);
      const { train } = await loadDataset("cifar10", {}, { root: root() });
      expect([...train.labels]).toEqual([1, 2, 3, 4, 5]);
      const listed = (await listData({ root: root() })).find(({ name }) => name === "cifar10");
      expect(listed).toMatchObject({
        status: "stored",
        path: join(root(), "cifar10"),
        variants: ["full"],
      });
    },
  );

  it("replaces a set that is there", async () => {
    writeCifar();
    await addData("cifar10", { from: source(), root: root() });
    temp.write("source/data_batch_1.bin", cifarBatch(8));
    await addData("cifar10", { from: source(), root: root() });
    const { train } = await loadDataset("cifar10", {}, { root: root() });
    expect(train.labels[0]).toBe(8);
    expect(readdirSync(root())).toEqual(["cifar10"]);
  });

  it("downloads a set, packed or plain, and continues after a cut", async () => {
    writeCifar();
    const { url, requested } = await serve("data_batch_3.bin");
    await addData("cifar10", { from: url, root: root(), retryDelayMs: 1 });
    expect(requested.slice(0, 7)).toEqual([
      "data_batch_1.bin.gz",
      "data_batch_1.bin",
      "data_batch_2.bin.gz",
      "data_batch_2.bin",
      "data_batch_3.bin.gz",
      "data_batch_3.bin",
      "data_batch_3.bin bytes=1000-",
    ]);
    expect((await loadDataset("cifar10", {}, { root: root() })).train.n).toBe(5);
    expect(readdirSync(root())).toEqual(["cifar10"]);
  });

  it("continues in a later call at the file where the earlier one gave up", async () => {
    writeCifar();
    const { url, requested } = await serve("data_batch_3.bin");
    const options = { from: url, root: root(), retryDelayMs: 1 };
    await expect(addData("cifar10", { ...options, attempts: 1 })).rejects.toMatchObject({
      code: "E_FILE",
    });
    // Nothing that looks like a data set; the parts wait beside it.
    expect(readdirSync(root())).toEqual([".cifar10.partial"]);
    const before = requested.length;
    await addData("cifar10", options);
    expect(requested.slice(before)).toContain("data_batch_3.bin bytes=1000-");
    expect(requested.slice(before)).not.toContain("data_batch_1.bin");
    expect(readdirSync(root())).toEqual(["cifar10"]);
    expect(readdirSync(join(root(), "cifar10"))).not.toContain("origin.txt");
    expect((await loadDataset("cifar10", {}, { root: root() })).train.n).toBe(5);
  });

  it("refuses other files than the known ones, unless their sums are accepted", async () => {
    writeMnist();
    await expect(addData("mnist", { from: source(), root: root() })).rejects.toMatchObject({
      code: "E_DATA",
      what: "train-images-idx3-ubyte is not the known file: its SHA-256 differs",
      allowed: expect.stringContaining(
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
      ),
      next: expect.stringContaining("--accept-checksum"),
    });
    expect(readdirSync(root())).toEqual([]);
    await addData("mnist", { from: source(), root: root(), acceptChecksum: true });
    expect((await loadDataset("mnist", {}, { root: root() })).train.n).toBe(2);
  });

  it("leaves nothing behind when an accepted or unknown file is damaged", async () => {
    writeCifar();
    writeFileSync(join(source(), "data_batch_4.bin"), new Uint8Array(100));
    const { url } = await serve();
    for (const from of [source(), url]) {
      await expect(addData("cifar10", { from, root: root() })).rejects.toThrow(/it has 100 bytes/);
      expect(readdirSync(root())).toEqual([]);
    }
  });

  it("keeps the set that is there when a new one fails", async () => {
    writeCifar();
    await addData("cifar10", { from: source(), root: root() });
    writeFileSync(join(source(), "data_batch_4.bin"), new Uint8Array(100));
    await expect(addData("cifar10", { from: source(), root: root() })).rejects.toThrow();
    expect((await loadDataset("cifar10", {}, { root: root() })).train.n).toBe(5);
  });

  it("names what is missing in a folder and at an address", async () => {
    temp.write("source/train-images-idx3-ubyte.gz", "");
    await expect(addData("mnist", { from: source(), root: root() })).rejects.toThrow(
      /train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte missing/,
    );
    const { url } = await serve();
    await expect(addData("fashion-mnist", { from: `${url}/none/`, root: root() })).rejects.toThrow(
      /train-images-idx3-ubyte missing/,
    );
    expect(readdirSync(root())).toEqual([]);
  });

  it.each([
    ["an unknown name", "mnits", "x", "E_USAGE", /there is no data set "mnits"/],
    ["a built-in set", "optdigits", "x", "E_USAGE", /not kept in the data store/],
    [
      "a folder that is not there",
      "mnist",
      "no-such-folder",
      "E_FILE",
      /no-such-folder does not exist/,
    ],
    ["another kind of address", "mnist", "ftp://host/mnist", "E_USAGE", /no address/],
  ])("refuses %s", async (_, name, from, code, message) => {
    const adding = addData(name, { from, root: root() });
    await expect(adding).rejects.toThrow(message);
    await expect(adding).rejects.toMatchObject({
      code,
      allowed: expect.any(String),
      next: expect.any(String),
    });
  });

  it("refuses a variant that does not exist", async () => {
    await expect(
      addData("cifar10", { from: source(), root: root(), variant: "half" }),
    ).rejects.toMatchObject({
      code: "E_CONFIG",
      allowed: "full, jpeg-10000, first-4000",
    });
  });

  it("says in words that the store cannot be written", async () => {
    writeCifar();
    const blocked = join(temp.write("a-file", ""), "store");
    await expect(addData("cifar10", { from: source(), root: blocked })).rejects.toMatchObject({
      code: "E_FILE",
      where: blocked,
      what: `${blocked} lies under something that is a file, not a folder`,
    });
  });

  it("says in words that the disk is full, and passes errors of ours on", () => {
    const full = Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC", errno: -28 });
    expect(fileError(full, "/store", "x")).toMatchObject({
      code: "E_FILE",
      what: expect.stringContaining("disk is full"),
    });
    const bug = new TypeError("x is undefined");
    expect(fileError(bug, "/store", "x")).toBe(bug);
  });
});

describeShared("mnist", (from) => {
  const temp = useTempFolder();
  it("is added with known sums", async () => {
    const { files } = await addData("mnist", { from, root: temp.path() });
    expect(files.map(({ verified }) => verified)).toEqual([true, true, true, true]);
    expect((await loadDataset("mnist", {}, { root: temp.path() })).train.n).toBe(60_000);
  });
});

describeShared("fashion-mnist", (from) => {
  const temp = useTempFolder();
  it("is added with known sums", async () => {
    const { files } = await addData("fashion-mnist", { from, root: temp.path() });
    expect(files.every(({ verified }) => verified)).toBe(true);
  });
});

describeShared("cifar10", (from) => {
  const temp = useTempFolder();
  it("is added as the exact subset", async () => {
    const { files } = await addData("cifar10", { from, root: temp.path(), variant: "first-4000" });
    expect(files.map(({ name, verified }) => [name, verified])).toEqual([
      ["data_batch_1_first4000.bin.gz", true],
    ]);
  });
});
