import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { download } from "./download.js";
import { useTempFolder } from "./testing/temp-folder.js";

const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255));
const quick = { retryDelayMs: 1, idleTimeoutMs: 2000 };

interface Served {
  readonly url: string;
  /** The Range header of every request, in order. */
  readonly ranges: (string | undefined)[];
}

describe("download", () => {
  const temp = useTempFolder();
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function serve(
    answer: (request: IncomingMessage, response: ServerResponse, nth: number) => void,
  ): Promise<Served> {
    const ranges: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      ranges.push(request.headers.range);
      answer(request, response, ranges.length);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.gz`, ranges };
  }

  /** Answers a Range request as RFC 9110 says; sends `bytes` of it, then cuts the connection. */
  function sendRange(
    request: IncomingMessage,
    response: ServerResponse,
    bytes: number,
    tag = '"v1"',
    body = content,
  ) {
    const ifRange = request.headers["if-range"];
    const wanted = ifRange === undefined || ifRange === tag ? request.headers.range : undefined;
    const start = Number(/^bytes=(\d+)-$/.exec(wanted ?? "")?.[1] ?? 0);
    const rest = body.subarray(start);
    const range = `bytes ${start}-${body.length - 1}/${body.length}`;
    response.writeHead(wanted ? 206 : 200, {
      etag: tag,
      "content-length": rest.length,
      ...(wanted ? { "content-range": range } : {}),
    });
    if (bytes >= rest.length) response.end(rest);
    else response.write(rest.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
  }

  it("fetches a file whole and leaves nothing else", async () => {
    const { url } = await serve((request, response) =>
      sendRange(request, response, Number.POSITIVE_INFINITY),
    );
    const seen: number[] = [];
    const onProgress = (p: { receivedBytes: number; totalBytes: number | undefined }): void => {
      expect(p.totalBytes).toBe(300_000);
      seen.push(p.receivedBytes);
    };
    expect(await download(url, temp.path("file.gz"), { ...quick, onProgress })).toBe("done");
    expect(readFileSync(temp.path("file.gz")).equals(content)).toBe(true);
    expect(readdirSync(temp.path())).toEqual(["file.gz"]);
    expect(seen.at(-1)).toBe(300_000);
  });

  it("continues where the connection was cut, twice", async () => {
    const { url, ranges } = await serve((request, response, nth) =>
      sendRange(request, response, nth < 3 ? 100_000 : Number.POSITIVE_INFINITY),
    );
    expect(await download(url, temp.path("file.gz"), quick)).toBe("done");
    expect(readFileSync(temp.path("file.gz")).equals(content)).toBe(true);
    expect(ranges).toEqual([undefined, "bytes=100000-", "bytes=200000-"]);
  });

  it("continues in a later call, after it gave up", async () => {
    const { url, ranges } = await serve((request, response, nth) =>
      sendRange(request, response, nth === 1 ? 100_000 : Number.POSITIVE_INFINITY),
    );
    await expect(
      download(url, temp.path("file.gz"), { ...quick, attempts: 1 }),
    ).rejects.toMatchObject({
      code: "E_FILE",
      where: `${url}, after 100000 bytes`,
      next: expect.stringContaining("continues where it stopped"),
    });
    expect(existsSync(temp.path("file.gz"))).toBe(false);
    expect(await download(url, temp.path("file.gz"), quick)).toBe("done");
    expect(ranges).toEqual([undefined, "bytes=100000-"]);
    expect(readFileSync(temp.path("file.gz")).equals(content)).toBe(true);
  });

  it("begins anew where the server knows no ranges", async () => {
    const { url, ranges } = await serve((_, response, nth) => {
      response.writeHead(200, { "content-length": content.length });
      if (nth === 1)
        response.write(content.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 20));
      else response.end(content);
    });
    expect(await download(url, temp.path("file.gz"), quick)).toBe("done");
    expect(ranges).toEqual([undefined, "bytes=50000-"]);
    expect(readFileSync(temp.path("file.gz")).equals(content)).toBe(true);
  });

  it("begins anew where the file on the server has changed since", async () => {
    const changed = Buffer.from(content).reverse();
    const { url } = await serve((request, response, nth) =>
      nth === 1
        ? sendRange(request, response, 100_000)
        : sendRange(request, response, Number.POSITIVE_INFINITY, '"v2"', changed),
    );
    expect(await download(url, temp.path("file.gz"), quick)).toBe("done");
    expect(readFileSync(temp.path("file.gz")).equals(changed)).toBe(true);
  });

  it("begins anew where its part is longer than the file", async () => {
    temp.write("file.gz.part", new Uint8Array(400_000));
    const { url, ranges } = await serve((request, response) => {
      if (!request.headers.range) return sendRange(request, response, Number.POSITIVE_INFINITY);
      response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
    });
    temp.write("file.gz.part.json", JSON.stringify({ url, validator: null }));
    expect(await download(url, temp.path("file.gz"), quick)).toBe("done");
    expect(ranges).toEqual(["bytes=400000-", undefined]);
    expect(readFileSync(temp.path("file.gz")).equals(content)).toBe(true);
  });

  it("does not mix the parts of two addresses", async () => {
    temp.write("file.gz.part", new Uint8Array(10));
    temp.write(
      "file.gz.part.json",
      JSON.stringify({ url: "http://elsewhere/file.gz", validator: null }),
    );
    const { url, ranges } = await serve((request, response) =>
      sendRange(request, response, Number.POSITIVE_INFINITY),
    );
    await download(url, temp.path("file.gz"), quick);
    expect(ranges).toEqual([undefined]);
    expect(readFileSync(temp.path("file.gz")).equals(content)).toBe(true);
  });

  it("treats a silent connection as cut", async () => {
    const { url, ranges } = await serve((request, response, nth) => {
      if (nth > 1) return sendRange(request, response, Number.POSITIVE_INFINITY);
      response
        .writeHead(200, { etag: '"v1"', "content-length": content.length })
        .write(content.subarray(0, 1000));
    });
    expect(await download(url, temp.path("file.gz"), { ...quick, idleTimeoutMs: 100 })).toBe(
      "done",
    );
    expect(ranges).toEqual([undefined, "bytes=1000-"]);
  });

  it("tries again after a busy server, and not after a refusal", async () => {
    const busy = await serve((request, response, nth) =>
      nth === 1
        ? response.writeHead(503).end()
        : sendRange(request, response, Number.POSITIVE_INFINITY),
    );
    expect(await download(busy.url, temp.path("file.gz"), quick)).toBe("done");
    const closed = await serve((_, response) => response.writeHead(403).end());
    await expect(download(closed.url, temp.path("b.gz"), quick)).rejects.toThrow(
      /refused with HTTP status 403/,
    );
    expect(closed.ranges.length).toBe(1);
  });

  it("says that a file is absent, and leaves no trace of it", async () => {
    const { url } = await serve((_, response) => response.writeHead(404).end("no"));
    expect(await download(url, temp.path("file.gz"), quick)).toBe("absent");
    expect(readdirSync(temp.path())).toEqual([]);
  });

  it("fails in words where nobody listens, and where it cannot write", async () => {
    await expect(
      download("http://127.0.0.1:1/file.gz", temp.path("file.gz"), { ...quick, attempts: 2 }),
    ).rejects.toMatchObject({ code: "E_FILE", where: "http://127.0.0.1:1/file.gz, after 0 bytes" });
    const { url } = await serve((request, response) =>
      sendRange(request, response, Number.POSITIVE_INFINITY),
    );
    await expect(download(url, temp.path("no-such-folder", "file.gz"), quick)).rejects.toThrow(
      /does not exist/,
    );
  });
});
