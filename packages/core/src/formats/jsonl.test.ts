import { describe, expect, it } from "vitest";
import { jsonLine, jsonLinesEnd, readJsonLines } from "./jsonl.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("JSON lines", () => {
  it("encodes a record as one line", () => {
    expect(jsonLine({ step: 1, tag: "a\nb" })).toEqual(utf8('{"step":1,"tag":"a\\nb"}\n'));
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY]])(
    "refuses %d, which JSON would turn to null",
    (value) => {
      expect(() => jsonLine({ metrics: { loss: value } })).toThrow(
        expect.objectContaining({ code: "E_NUMERIC", where: `the record's field "loss"` }),
      );
    },
  );

  it("reads every whole line and ignores an unterminated one", () => {
    const whole = '{"step":1}\n{"step":2}\n';
    const read = readJsonLines(utf8(`${whole}{"step":3}`), "m.jsonl");
    expect(read.records).toEqual([{ step: 1 }, { step: 2 }]);
    expect(read.end).toBe(whole.length);
  });

  it("appends cleanly after truncation at every possible tear", () => {
    const file = utf8('{"a":"é"}\n{"b":2}\n');
    for (let cut = 0; cut <= file.length; cut++) {
      const torn = file.subarray(0, cut);
      const repaired = Buffer.concat([torn.subarray(0, jsonLinesEnd(torn)), jsonLine({ c: 3 })]);
      const { records } = readJsonLines(repaired, "m.jsonl");
      // "é" is two bytes: the first line ends at byte 11.
      expect(records).toEqual([
        ...(cut >= 11 ? [{ a: "é" }] : []),
        ...(cut === 19 ? [{ b: 2 }] : []),
        { c: 3 },
      ]);
    }
  });

  it("reads an empty file as no records, and skips blank lines", () => {
    expect(readJsonLines(utf8(""), "m")).toEqual({ records: [], end: 0 });
    expect(readJsonLines(utf8('\n{"a":1}\r\n\n'), "m").records).toEqual([{ a: 1 }]);
  });

  it.each([
    ["no JSON", utf8('{"a":1}\nx\n')],
    ["no UTF-8", Uint8Array.from([...utf8('{"a":1}\n"'), 0xff, 0x22, 0x0a])],
  ])("names a terminated line that is %s", (_, bytes) => {
    expect(() => readJsonLines(bytes, "m.jsonl")).toThrow(
      expect.objectContaining({ code: "E_FILE", where: "m.jsonl:2" }),
    );
  });
});
