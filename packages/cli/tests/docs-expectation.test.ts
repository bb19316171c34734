/** What a comment behind an example may say, and what counts as agreement. */

import { describe, expect, it } from "vitest";
import { disagreement } from "./docs/expectation.js";
import { complaint } from "./docs/shell.js";
import { programOf } from "./docs/snippet.js";

const agrees: readonly (readonly [comment: string, value: unknown])[] = [
  ["3", 3],
  ["1_000", 1000],
  ["0xff", 255],
  ["0.83", 0.8349],
  ["1.5e-3", 0.00154],
  ["true", true],
  ["undefined", undefined],
  ['"a"', "a"],
  ["plain text", "plain text"],
  ["[2, 3]", [2, 3]],
  ["[1, ...]", [1, 2, 3]],
  ["Float32Array [1, 2]", Float32Array.of(1, 2)],
  ['{ a: 1, b: [true, "x"] }', { a: 1, b: [true, "x"] }],
  ["{ a: 1, ... }", { a: 1, b: 2 }],
  ["<= 5", 5],
];

const differs: readonly (readonly [comment: string, value: unknown])[] = [
  ["3", 3.1],
  ["0.83", 0.8361],
  ["3", "3"],
  ["[2, 3]", [2, 3, 4]],
  ["[1, 2]", Float32Array.of(1, 2)],
  ["Float32Array [1]", Float64Array.of(1)],
  ["{ a: 1 }", { a: 1, b: 2 }],
  ["{ a: 1 }", undefined],
  ["< 5", 5],
  ["about three", 3],
  ["3, or so", 3],
];

describe("a comment behind an example", () => {
  it.each(agrees)("%s agrees with such a value", (comment, value) => {
    expect(disagreement(value, comment)).toBeUndefined();
  });

  it.each(differs)("%s is refused for another", (comment, value) => {
    expect(disagreement(value, comment)).toBeTypeOf("string");
  });
});

describe("the values that a snippet shows", () => {
  const promised = (text: string): string[] =>
    programOf({ file: "x", line: 1, text }).promises.map((p) => `${p.line}: ${p.comment}`);

  it("stand behind an expression, a variable or what is printed", () => {
    expect(promised("f() // 1\nconst y = 2; // 2\nconsole.log(y); // 3")).toEqual([
      "1: 1",
      "2: 2",
      "3: 3",
    ]);
  });

  it("stand below an expression without a semicolon", () => {
    expect(promised("f()\n// [1,\n// 2]\n\ng();\n// a remark")).toEqual(["1: [1,\n2]"]);
  });

  it("cannot stand behind anything else", () => {
    const { faults } = programOf({ file: "x.ts", line: 7, text: "const { a } = f(); // neat" });
    expect(faults).toEqual(["x.ts:7: a remark on this statement goes above it, not behind: neat"]);
  });
});

describe("a command on a page", () => {
  it.each([
    "npm start # everything",
    "npm run bench -- train-step --peer pytorch",
    "frugal sweep digits --set 'sweep.lambdas=[0, 0.1]' --jobs 4",
    "npx frugal schema > recipe.schema.json",
    "npx vitest run packages/core/src/graph",
  ])("%s exists", async (line) => {
    expect(await complaint(line)).toBeUndefined();
  });

  it.each([
    ["frugal trian digits", "there is no command"],
    ["frugal train digits --lamda 1", "no option --lamda"],
    ["frugal train digits --set epoch=3", "unknown key"],
    ["npm run nothing", "no script nothing"],
    ["npm run bench -- nothing", "no benchmark nothing"],
    ["npx vitest run packages/none", "there is no packages/none"],
    ["curl example.org", "not a command"],
  ])("%s is refused", async (line, why) => {
    expect(await complaint(line)).toContain(why);
  });
});
