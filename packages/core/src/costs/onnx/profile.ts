/** The profile of an ONNX file: its work ledger, totals in every unit, and what could not be counted. */

import { bytes, type Flops, flopsOf, type Macs, macs, UserError } from "../../base/index.js";
import { encodeOnnx, type OnnxOutline, outlineOnnx } from "../../formats/index.js";
import type { Graph } from "../../graph/index.js";
import { lowerGraph } from "../../lowering/index.js";
import type { LedgerEntry } from "../entry.js";
import { type Ledger, ledgerFrom } from "../ledger.js";
import {
  type AnalyseOptions,
  type Analysis,
  analyse,
  type GraphRun,
  type Step,
} from "./analyse.js";
import { type Coverage, coverageOf } from "./coverage.js";
import { bytesOfInfo, describeInfo, type Info } from "./info.js";
import { peakBytes, type Schedule } from "./liveness.js";
import { roleOf } from "./roots.js";
import type { Root, Value } from "./value.js";
import { type ElementKind, elementKinds, type MacKind, repeatWork } from "./work.js";

export interface ProfileOptions extends AnalyseOptions {
  /** Names the model in the result and in errors: the file's path. */
  readonly path?: string;
  /**
   * Operators that cannot be counted: `refuse` (default) makes them an error, `report` lists them with their share, a
   * list of names waives just those.
   */
  readonly unpriced?: "refuse" | "report" | readonly string[];
  /** Default `file-order`. */
  readonly schedule?: Schedule;
}

/** All counts are of one run at the bound shapes, batch included. */
export interface Profile {
  readonly path: string;
  /** Trainable numbers, each counted once however often it is used. */
  readonly parameters: number;
  /** Numbers that are stored and not trained: running statistics. */
  readonly buffers: number;
  /** Multiply-accumulates, padding counted. */
  readonly macs: Macs;
  /** Multiply-accumulates without those whose operand is a padding zero. */
  readonly validMacs: Macs;
  /** 2 * macs. */
  readonly flops: Flops;
  /** Arithmetic that is no multiply-accumulate; each operation counts 1. */
  readonly otherOps: number;
  /** Output elements of convolutions, linear layers and products. */
  readonly activations: number;
  readonly peakActivationBytes: number;
  /** Bytes of parameters and buffers as stored. */
  readonly weightBytes: number;
  /** Bytes read and written if every operand of every node is moved once. */
  readonly bytesMoved: number;
  /** Nodes that could not be counted. */
  readonly unpricedOps: number;
  readonly macsByKind: Readonly<Record<MacKind, number>>;
  readonly elements: Readonly<Record<ElementKind, number>>;
  readonly coverage: Coverage;
  readonly ledger: Ledger;
  /** Types and shapes as they were bound and inferred. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly inputBytes: number;
  readonly schedule: Schedule;
  /** What was taken for granted: loops, branches, sizes that depend on data. */
  readonly assumptions: readonly string[];
}

const known = (n: number): number => (Number.isNaN(n) ? 0 : n);

/** Each operand once; reshapes move nothing, and what is known beforehand is not computed again. */
function trafficOf(step: Step): { readonly read: number; readonly written: number } {
  const isView = step.rule?.view === true || step.bodies.length > 0;
  if (isView || step.outputs.every((v) => v.stored)) return { read: 0, written: 0 };
  const total = (list: readonly (Value | undefined)[]) =>
    list.reduce((sum, v) => sum + (v ? known(bytesOfInfo(v.info)) : 0), 0);
  // A gather or a slice reads what it hands on, not the table that it picks from.
  const written = total(step.outputs);
  const picks = step.rule?.work === undefined && step.status === "zero";
  return { read: picks ? Math.min(total(step.inputs), written) : total(step.inputs), written };
}

/** Entries of a run and of the bodies in it; parameters belong to the first entry that reads them. */
function addEntries(
  run: GraphRun,
  times: number,
  to: { readonly unread: Set<Root>; readonly entries: LedgerEntry[] },
): void {
  for (const step of run.steps) {
    let parameters = 0;
    for (const v of step.inputs) {
      if (v?.root && roleOf(v.root) === "parameter" && to.unread.delete(v.root)) {
        parameters += v.root.elements;
      }
    }
    const work = repeatWork(step.work, times);
    const { read, written } = trafficOf(step);
    const out = step.outputs[0]?.info;
    const produced = out?.kind === "tensor" && out.shape ? out.shape.reduce((a, b) => a * b, 1) : 0;
    const count = work.macs ?? 0;
    to.entries.push({
      path: step.path,
      kind: step.kind,
      phase: step.phase,
      macs: macs(count),
      otherOps: work.otherOps ?? 0,
      parameters,
      bytesRead: bytes(read * times),
      bytesWritten: bytes(written * times),
      detail: {
        validMacs: macs(work.validMacs ?? count),
        ...(work.macKind ? { macKind: work.macKind } : {}),
        elements: work.elements ?? {},
        activations: count > 0 ? known(produced) * times : 0,
        status: step.status,
        ...(step.reason ? { reason: step.reason } : {}),
        // Written when a table asks for them: most counts never do.
        get inputs() {
          return step.inputs.map((v) => describeInfo(v?.info));
        },
        get outputs() {
          return step.outputs.map((v) => describeInfo(v.info));
        },
      },
    });
    for (const b of step.bodies) addEntries(b.run, times * b.times, to);
  }
}

function refuseUnpriced(coverage: Coverage, options: ProfileOptions): void {
  const { unpriced = "refuse", path } = options;
  if (unpriced === "report") return;
  const waived = unpriced === "refuse" ? [] : unpriced;
  const left = coverage.ops.filter((o) => o.status === "unknown" && !waived.includes(o.op));
  if (left.length === 0) return;
  const list = left.map((o) => `${o.op} (${o.nodes} nodes: ${o.reasons.join("; ")})`);
  throw new UserError("E_ONNX", `operators that cannot be counted: ${list.join(", ")}`, {
    ...(path ? { where: path } : {}),
    next: 'accept them as listed gaps with unpriced: "report", or by name',
  });
}

function outlineOf(model: Uint8Array | OnnxOutline | Graph, path: string): OnnxOutline {
  if (!(model instanceof Uint8Array) && "graph" in model) return model;
  const bytes = model instanceof Uint8Array ? model : encodeOnnx(lowerGraph(model));
  return outlineOnnx(bytes, path ? { where: path } : {});
}

/** Roots that some step reads, in order; what nobody reads is not part of the model. */
function readRoots(run: GraphRun, found = new Set<Root>()): Set<Root> {
  for (const step of run.steps) {
    for (const v of step.inputs) if (v?.root) found.add(v.root);
    for (const b of step.bodies) readRoots(b.run, found);
  }
  return found;
}

const describeAll = (pairs: Iterable<readonly [string, Info]>) =>
  Object.fromEntries([...pairs].map(([name, info]) => [name, describeInfo(info)]));

function assumptionsOf(analysis: Analysis): readonly string[] {
  const open = analysis.steps
    .flatMap((s) => s.outputs)
    .filter((v) => Number.isNaN(v.storage.bytes));
  if (open.length === 0) return analysis.assumptions;
  return [
    ...analysis.assumptions,
    `${open.length} values have sizes that depend on data: they are counted as 0 bytes`,
  ];
}

/**
 * Counts a model: parameters, MACs, other operations, activations, memory, bytes moved, per node and in total.
 *
 * Weights are not needed: files whose data are external or absent can be counted.
 *
 * @param model the bytes of an ONNX file, what `outlineOnnx` made of them, or a graph of ours, counted as it is exported
 * (name its weights with `parameters` and `buffers`).
 * @throws UserError where the file is broken, dimensions are open, or an operator cannot be counted and is not waived.
 * @example
 * const bytes = encodeOnnx(lowerGraph(buildGraph({ y: matmul(input("x", [1, 784]), input("w", [784, 10])) })));
 * profile(bytes, { path: "model.onnx" }).macs // 7840
 */
export function profile(
  model: Uint8Array | OnnxOutline | Graph,
  options: ProfileOptions = {},
): Profile {
  const { path = "", schedule = "file-order" } = options;
  const file = outlineOf(model, path);
  const analysis = analyse(file, options);
  const coverage = coverageOf(analysis);
  refuseUnpriced(coverage, options);
  const roots = readRoots(analysis);
  const entries: LedgerEntry[] = [];
  addEntries(analysis, 1, { unread: new Set(roots), entries });
  const ledger = ledgerFrom(entries);
  const { total } = ledger;
  if (
    ![total.macs, total.otherOps, total.bytesRead + total.bytesWritten].every(Number.isSafeInteger)
  ) {
    throw new UserError("E_ONNX", "the counts exceed 2^53", {
      ...(path ? { where: path } : {}),
      next: "check the shapes: no machine runs this",
    });
  }
  const macsByKind: Record<MacKind, number> = { conv: 0, linear: 0, matmul: 0, recurrent: 0 };
  const elements = Object.fromEntries(elementKinds.map((k) => [k, 0])) as Record<
    ElementKind,
    number
  >;
  let [validMacs, activations] = [0, 0];
  for (const { detail, macs: count } of ledger.entries) {
    if (!detail) continue;
    validMacs += detail.validMacs;
    activations += detail.activations;
    if (detail.macKind) macsByKind[detail.macKind] += count;
    for (const kind of elementKinds) elements[kind] += detail.elements[kind] ?? 0;
  }
  const ofRole = (role: string) => [...roots].filter((r) => roleOf(r) === role);
  const sum = (list: readonly Root[], key: "elements" | "bytes") =>
    list.reduce((n, r) => n + r[key], 0);
  return {
    path,
    parameters: sum(ofRole("parameter"), "elements"),
    buffers: sum(ofRole("buffer"), "elements"),
    macs: total.macs,
    validMacs: macs(validMacs),
    flops: flopsOf(total.macs),
    otherOps: total.otherOps,
    activations,
    peakActivationBytes: peakBytes(analysis, schedule),
    weightBytes: sum(ofRole("parameter"), "bytes") + sum(ofRole("buffer"), "bytes"),
    bytesMoved: total.bytesRead + total.bytesWritten,
    unpricedOps: coverage.unknown.nodes,
    macsByKind,
    elements,
    coverage,
    ledger,
    inputs: describeAll([...analysis.inputs].map(([name, v]) => [name, v.info] as const)),
    outputs: describeAll(analysis.outputNames.map((name, i) => [name, analysis.outputs[i]!.info])),
    inputBytes: [...analysis.inputs.values()].reduce((n, v) => n + known(v.storage.bytes), 0),
    schedule,
    assumptions: assumptionsOf(analysis),
  };
}
