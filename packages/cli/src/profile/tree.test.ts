import { macs } from "@frugal/core/base";
import { type LedgerEntry, ledgerFrom } from "@frugal/core/costs";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { foldAlike, type Module, moduleTree, rowsOf } from "./tree.js";

const bytes = (n: number) => n as LedgerEntry["bytesRead"];

const entry = (path: string, count: number, parameters = 0, kind = "Conv"): LedgerEntry => ({
  path,
  kind,
  phase: "forward",
  macs: macs(count),
  otherOps: 0,
  parameters,
  bytesRead: bytes(3),
  bytesWritten: bytes(2),
});

const tree = (...entries: LedgerEntry[]): Module => moduleTree(ledgerFrom(entries));
const table = (m: Module, depth = 9): unknown =>
  rowsOf(m, depth).map(({ module, level }) => [level, module.name, module.macs, module.alike]);

describe("the tree of modules", () => {
  it("sums at every level, in the order of the file", () => {
    const made = tree(entry("b.x", 5), entry("a", 1), entry("b.y", 7));
    expect(table(made)).toEqual([
      [0, "b", 12, 1],
      [1, "x", 5, 1],
      [1, "y", 7, 1],
      [0, "a", 1, 1],
    ]);
    expect([made.macs, made.nodes, made.bytesMoved]).toEqual([13, 3, 15]);
  });

  it("joins chains that do not branch", () => {
    const made = tree(entry("encoder.layer.0", 1), entry("encoder.layer.1", 2), entry("head", 3));
    expect(table(made, 1)).toEqual([
      [0, "encoder.layer", 3, 1],
      [0, "head", 3, 1],
    ]);
  });

  it("shows a module's own nodes beside its parts, so that rows add up", () => {
    const made = tree(entry("m.conv", 5), entry("m", 0, 0, "Add"), entry("n", 1));
    expect(table(made)).toEqual([
      [0, "m", 5, 1],
      [1, "conv", 5, 1],
      [1, "(Add)", 0, 1],
      [0, "n", 1, 1],
    ]);
  });

  it("leaves out what costs nothing, but counts its nodes", () => {
    const idle = { ...entry("c", 0), bytesRead: bytes(0), bytesWritten: bytes(0) };
    const made = tree(entry("a", 1), entry("b", 2), idle);
    expect(table(made)).toEqual([
      [0, "a", 1, 1],
      [0, "b", 2, 1],
    ]);
    expect(made.nodes).toBe(3);
  });

  it("shows steering characters of hostile names as question marks", () => {
    expect(tree(entry("a\u001b[2J", 1), entry("b", 1)).children[0]!.name).toBe("a?[2J");
  });

  it("bears names of a hundred thousand levels", () => {
    const made = tree(entry(Array(100_000).fill("a").join("."), 4), entry("b", 1));
    expect(made.macs).toBe(5);
  });
});

describe("alike neighbours", () => {
  it("become one row with their sums and number; others stay", () => {
    const block = (i: number, first: number) => [
      entry(`layer.${i}.conv`, first, 10),
      entry(`layer.${i}.fc`, 2, 20),
    ];
    const made = foldAlike(tree(...block(0, 9), ...block(1, 5), ...block(2, 5), entry("head", 1)));
    expect(table(made)).toEqual([
      [0, "layer", 25, 1],
      [1, "0", 11, 1],
      [2, "conv", 9, 1],
      [2, "fc", 2, 1],
      [1, "1-2", 14, 2],
      [2, "conv", 10, 1],
      [2, "fc", 4, 1],
      [0, "head", 1, 1],
    ]);
  });

  it("are not folded where parameters are shared: the first one owns them", () => {
    const made = foldAlike(tree(entry("l.0", 5, 10), entry("l.1", 5), entry("l.2", 5)));
    // The only module of the first level is the model: its parts are the first level.
    expect(table(made)).toEqual([
      [0, "0", 5, 1],
      [0, "1-2", 10, 2],
    ]);
  });
});

test("the parts of every module add up to it, folded or not", () => {
  const path = fc.array(fc.constantFrom("a", "b", "0", "1", "2"), { maxLength: 4 });
  const entries = fc.array(
    fc.tuple(path, fc.nat(9), fc.nat(3)).map(([p, count, n]) => entry(p.join("."), count, n)),
  );
  const check = (m: Module): void => {
    if (m.children.length === 0) return;
    for (const key of ["macs", "parameters", "bytesMoved"] as const) {
      expect(m.children.reduce((sum, c) => sum + c[key], 0)).toBe(m[key]);
    }
    m.children.forEach(check);
  };
  fc.assert(
    fc.property(entries, (list) => {
      const made = tree(...list);
      expect(made.macs).toBe(list.reduce((sum, e) => sum + e.macs, 0));
      check(made);
      check(foldAlike(made));
    }),
  );
});
