import { describe, expect, it } from "vitest";
import { readCsv } from "./csv.js";

const read = (text: string, options = {}) =>
  readCsv(new TextEncoder().encode(text), "t.csv", options);

describe("CSV", () => {
  it("reads numbers, and maps text classes in sorted order", () => {
    const table = read("1,-2.5,cat\n3e2,.5,ant\r\n\n");
    expect(table).toEqual({
      n: 2,
      width: 2,
      features: Float32Array.from([1, -2.5, 300, 0.5]),
      labels: Int32Array.from([1, 0]),
      classes: ["ant", "cat"],
      columns: undefined,
    });
  });

  it("orders classes that are all numbers as numbers", () => {
    expect(read("0,10\n0,9\n0,2\n").classes).toEqual(["2", "9", "10"]);
  });

  it("takes the class first, with a header and an ignored column", () => {
    const table = read("id,kind,x,y\n77,B,1,2\n78,A,3,4", {
      header: true,
      classColumn: "first",
      ignoreColumns: [0],
    });
    expect(table.columns).toEqual(["x", "y"]);
    expect(table.features).toEqual(Float32Array.from([1, 2, 3, 4]));
    expect(table.labels).toEqual(Int32Array.from([1, 0]));
  });

  it("reads quoted cells, byte-order marks and other delimiters", () => {
    expect(read('\uFEFF1;"a;""b"""\n2;c', { delimiter: ";" }).classes).toEqual(['a;"b"', "c"]);
  });

  it.each([
    ["an empty cell", "1,2,a\n3,,a\n", /missing \(""\) in line 2, column 2/],
    ["a question mark", "1,2,a\n\n3,?,a\n", /missing \("\?"\) in line 3, column 2/],
    ["NaN", "nan,2,a\n", /missing \("nan"\) in line 1, column 1/],
    ["infinity", "1,Infinity,a\n", /"Infinity" is not a number in line 1, column 2/],
    ["a number beyond float32", "1,1e39,a\n", /"1e39" is not a number/],
    ["a hexadecimal number", "1,0x10,a\n", /"0x10" is not a number/],
    ["a missing class", "1,2,\n", /missing \(""\) in line 1, column 3/],
    ["a short line", "1,2,a\n1,a\n", /line 2 of t.csv has 2 columns/],
    ["an open quote", '1,2,"a\n', /quote that is not closed/],
    ["an empty file", "\n", /holds no data/],
    ["a file of one column", "1\n2\n", /holds no data/],
  ])("refuses %s, and says where", (_, text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(expect.objectContaining({ code: "E_DATA" }));
  });

  it("names the column by its header", () => {
    expect(() => read("x,y\n,a", { header: true })).toThrow(
      expect.objectContaining({ where: 't.csv:2, column 1 ("x")' }),
    );
  });

  it("refuses a class that the training file does not have", () => {
    expect(() => read("1,a\n1,z\n", { classes: ["a", "b"] })).toThrow(
      expect.objectContaining({ where: "t.csv:2, column 2", allowed: "a, b" }),
    );
  });

  it("refuses bytes that are not UTF-8", () => {
    expect(() => readCsv(Uint8Array.from([0xff, 0xfe, 0x31]), "t.csv")).toThrow(/not UTF-8/);
  });
});
