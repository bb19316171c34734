/** A ledger as a tree of modules: sums at every level, chains joined, alike neighbours folded into one row. */

import type { Ledger, LedgerEntry } from "@frugal/core/costs";
import { printable } from "./amounts.js";

export interface Sums {
  readonly macs: number;
  readonly otherOps: number;
  readonly parameters: number;
  readonly bytesMoved: number;
  readonly activations: number;
  readonly nodes: number;
  readonly unknown: number;
}

export interface Module extends Sums {
  /** What it is called below its parent. */
  readonly name: string;
  readonly path: string;
  /** Operators in it that cost something, the heaviest first. */
  readonly operators: readonly string[];
  /** Type and shape of what its last such node makes. */
  readonly output: string;
  /** How many alike modules the row stands for. */
  readonly alike: number;
  readonly children: readonly Module[];
}

const keys = [
  "macs",
  "otherOps",
  "parameters",
  "bytesMoved",
  "activations",
  "nodes",
  "unknown",
] as const satisfies readonly (keyof Sums)[];

const sumsOf = (e: LedgerEntry): Sums => ({
  macs: e.macs,
  otherOps: e.otherOps,
  parameters: e.parameters,
  bytesMoved: e.bytesRead + e.bytesWritten,
  activations: e.detail?.activations ?? 0,
  nodes: 1,
  unknown: e.detail?.status === "unknown" ? 1 : 0,
});

/** A loop over plain fields: large files have tens of thousands of leaves. */
function add(list: readonly Sums[]): Sums {
  if (list.length === 1) return onlySums(list[0]!);
  let [macs, otherOps, parameters, bytesMoved, activations, nodes, unknown] = [0, 0, 0, 0, 0, 0, 0];
  for (const s of list) {
    macs += s.macs;
    otherOps += s.otherOps;
    parameters += s.parameters;
    bytesMoved += s.bytesMoved;
    activations += s.activations;
    nodes += s.nodes;
    unknown += s.unknown;
  }
  return { macs, otherOps, parameters, bytesMoved, activations, nodes, unknown };
}

function onlySums(of: Sums): Sums {
  const { macs, otherOps, parameters, bytesMoved, activations, nodes, unknown } = of;
  return { macs, otherOps, parameters, bytesMoved, activations, nodes, unknown };
}

/** Whether a row would say anything. */
export const isIdle = (s: Sums): boolean => keys.every((k) => k === "nodes" || s[k] === 0);

/** Modules that are being filled. */
interface Draft {
  readonly name: string;
  readonly path: string;
  readonly own: LedgerEntry[];
  readonly children: Map<string, Draft>;
}

const draft = (name: string, path: string): Draft => ({ name, path, own: [], children: new Map() });

/** Those that compute, the heaviest first; those that only move data where nothing computes. */
function operatorsOf(entries: readonly LedgerEntry[]): readonly string[] {
  if (entries.length <= 1) return entries.map((e) => printable(e.kind));
  const work = new Map<string, number>();
  for (const e of entries) work.set(e.kind, (work.get(e.kind) ?? 0) + 2 * e.macs + e.otherOps);
  const all = [...work].sort((a, b) => b[1] - a[1]);
  const computing = all.filter(([, ops]) => ops > 0);
  return (computing.length > 0 ? computing : all).map(([kind]) => printable(kind));
}

function leaf(name: string, path: string, entries: readonly LedgerEntry[]): Module {
  const sums = entries.map(sumsOf);
  const working = entries.filter((_, i) => !isIdle(sums[i]!));
  return {
    ...add(sums),
    name,
    path,
    operators: operatorsOf(working),
    output: working.at(-1)?.detail?.outputs[0] ?? "",
    alike: 1,
    children: [],
  };
}

/** A module with one part only is that part: `encoder` and `layer` become `encoder.layer`. */
function joined(name: string, only: Module): Module {
  return { ...only, name: only.name === "" ? name : `${name}.${only.name}` };
}

function finish({ name, path, own, children }: Draft): Module {
  if (children.size === 0) return leaf(name, path, own);
  const parts = [...children.values()].map(finish);
  const rest = leaf("", path, own);
  // A module's own nodes are a row of their own, so that rows add up to the row above.
  const ownRow = { ...rest, name: `(${rest.operators.slice(0, 3).join(", ")})` };
  if (!isIdle(rest)) parts.push(ownRow);
  const busy = parts.filter((p) => !isIdle(p));
  const sums = add([...parts, ...(isIdle(rest) ? [rest] : [])]);
  if (busy.length === 1) {
    const only = busy[0]!;
    return { ...(only === ownRow ? { ...rest, name } : joined(name, only)), nodes: sums.nodes };
  }
  const heaviest = busy.toSorted((a, b) => b.macs - a.macs || b.otherOps - a.otherOps);
  const computing = heaviest.filter((p) => p.macs + p.otherOps > 0);
  const operators = [
    ...new Set((computing.length > 0 ? computing : busy).flatMap((p) => p.operators)),
  ];
  return {
    ...sums,
    name,
    path,
    operators,
    output: busy.at(-1)?.output ?? "",
    alike: 1,
    children: busy,
  };
}

/** Deeper names are the work of nobody; every level costs a call. */
const DEEPEST = 64;

function levelsOf(path: string): readonly string[] {
  const parts = printable(path)
    .split(".")
    .filter((part) => part !== "");
  return parts.length <= DEEPEST
    ? parts
    : [...parts.slice(0, DEEPEST - 1), parts.slice(DEEPEST - 1).join(".")];
}

/** The whole model as one module; its children are the rows of the first level. */
export function moduleTree(ledger: Ledger): Module {
  const top = draft("", "");
  for (const entry of ledger.entries) {
    let at = top;
    // Names such as "conv1_1/3x3_s2." end in a point; an empty part is no level.
    for (const part of levelsOf(entry.path)) {
      let next = at.children.get(part);
      if (!next) {
        next = draft(part, at.path === "" ? part : `${at.path}.${part}`);
        at.children.set(part, next);
      }
      at = next;
    }
    at.own.push(entry);
  }
  const tree = finish(top);
  if (tree.children.length > 0) return { ...tree, name: "" };
  return { ...tree, name: "", children: isIdle(tree) ? [] : [tree] };
}

type Signature = readonly [sums: readonly number[], operators: string, parts: readonly unknown[]];

const signatureOf = (m: Module): Signature => [
  keys.map((k) => m[k]),
  m.operators.join(),
  m.children.map((c) => [c.name, signatureOf(c)]),
];

function merge(group: readonly Module[]): Module {
  const [first] = group;
  const last = group.at(-1)!;
  const dashed = /^\d+$/.test(first!.name) && /^\d+$/.test(last.name);
  return {
    ...first!,
    ...add(group),
    name: dashed ? `${first!.name}-${last.name}` : `${first!.name} to ${last.name}`,
    output: last.output,
    alike: group.length,
    children: first!.children.map((_, i) => mergeAll(group.map((m) => m.children[i]!))),
  };
}

/** Sums over the copies; names stay those of the first. */
const mergeAll = (group: readonly Module[]): Module => ({
  ...group[0]!,
  ...add(group),
  children: group[0]!.children.map((_, i) => mergeAll(group.map((m) => m.children[i]!))),
});

/** Neighbours that cost the same in every part become one row, with their number. */
export function foldAlike(module: Module): Module {
  const folded: Module[] = [];
  const children = module.children.map((m) => ({ m, sign: JSON.stringify(signatureOf(m)) }));
  for (let i = 0; i < children.length; ) {
    let end = i + 1;
    while (end < children.length && children[end]!.sign === children[i]!.sign) end++;
    const group = children.slice(i, end).map(({ m }) => m);
    folded.push(foldAlike(group.length > 1 ? merge(group) : group[0]!));
    i = end;
  }
  return { ...module, children: folded };
}

export interface Row {
  readonly module: Module;
  readonly level: number;
}

/** Rows down to a level, parents before their parts. */
export function rowsOf(tree: Module, depth: number, level = 0): readonly Row[] {
  return tree.children.flatMap((module) => [
    { module, level },
    ...(level + 1 < depth ? rowsOf(module, depth, level + 1) : []),
  ]);
}

/** Small modules as one row or box, so that sums still add up. */
export const together = (list: readonly Module[]): Module => ({
  ...add(list),
  name: `(${list.reduce((n, m) => n + m.alike, 0)} smaller ones)`,
  path: "",
  operators: [...new Set(list.flatMap((m) => m.operators))],
  output: "",
  alike: 1,
  children: [],
});
