/** The profile of an ONNX file: its work ledger, totals in every unit, and what could not be counted. */

import { type Flops, flopsOf, type Macs, macs, UserError } from "../../base/index.js";
import { decodeOnnx, encodeOnnx, type OnnxFile } from "../../formats/index.js";
import type { Graph } from "../../graph/index.js";
import { lowerGraph } from "../../lowering/index.js";
import { type Ledger, ledgerFrom } from "../ledger.js";
import { type AnalyseOptions, analyse, type GraphRun, type Step } from "./analyse.js";
import { assumptionsOf } from "./assumptions.js";
import { followGradients, type StepBackward } from "./backward.js";
import { chainsOf } from "./chains.js";
import { type Coverage, coverageOf } from "./coverage.js";
import { entriesOf } from "./entries.js";
import { describeInfo, type Info } from "./info.js";
import { activationMemory, type Schedule } from "./liveness.js";
import { roleOf } from "./roots.js";
import { productAccesses } from "./traffic.js";
import { type TrainingProfile, trainingOf } from "./training-profile.js";
import type { Root } from "./value.js";
import { weightUse, zeroElements } from "./weights.js";
import { type ElementKind, elementKinds, type MacKind } from "./work.js";

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
  /** Elements of parameters summed over every use, trips of loops included: / parameters is how often each is reused. */
  readonly parameterUses: number;
  /** Parameters that one run touches: rows that are picked from tables, branches that are taken. */
  readonly activeParameters: number;
  /** Parameters that are exactly 0; undefined where weights are not in the file. */
  readonly zeroParameters: number | undefined;
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
  /** Sum of all allocations of activations. */
  readonly allocatedBytes: number;
  /** Bytes of parameters and buffers as stored. */
  readonly weightBytes: number;
  /** Bytes read and written if every operand of every node is moved once. */
  readonly bytesMoved: number;
  /** Elements that convolutions, linear layers and products read and write, each operand once. */
  readonly productAccesses: number;
  /** Nodes that do work: no views, nothing that is known beforehand. */
  readonly kernels: number;
  /** Longest chain of kernels that wait for one another. */
  readonly criticalPathKernels: number;
  /** MACs on the chain that has the most. */
  readonly criticalPathMacs: Macs;
  readonly training: TrainingProfile;
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

function fileOf(model: Uint8Array | OnnxFile | Graph, path: string): OnnxFile {
  if (!(model instanceof Uint8Array) && "graph" in model) return model;
  const bytes = model instanceof Uint8Array ? model : encodeOnnx(lowerGraph(model));
  return decodeOnnx(bytes, path ? { where: path } : {});
}

/** Roots that some step reads, in order; what nobody reads is not part of the model. */
function readRoots(run: GraphRun, found = new Set<Root>()): Set<Root> {
  for (const step of run.steps) {
    for (const v of step.inputs) if (v?.root) found.add(v.root);
    for (const b of step.bodies) readRoots(b.run, found);
  }
  return found;
}

/** Accesses of a run and the bodies in it. */
const accessesOf = (run: GraphRun): number =>
  run.steps.reduce(
    (n, step) =>
      n +
      productAccesses(step) +
      step.bodies.reduce((inner, b) => inner + b.times * accessesOf(b.run), 0),
    0,
  );

const known = (n: number): number => (Number.isNaN(n) ? 0 : n);

const describeAll = (pairs: Iterable<readonly [string, Info]>) =>
  Object.fromEntries([...pairs].map(([name, info]) => [name, describeInfo(info)]));

/**
 * Counts a model: parameters, MACs, other operations, activations, memory, bytes moved, per node and in total.
 *
 * Weights are not needed: files whose data are external or absent can be counted.
 *
 * @param model the bytes of an ONNX file, what `decodeOnnx` made of them, or a graph of ours, counted as it is exported
 * (name its weights with `parameters` and `buffers`).
 * @throws UserError where the file is broken, dimensions are open, or an operator cannot be counted and is not waived.
 * @example
 * const bytes = encodeOnnx(lowerGraph(buildGraph({ y: matmul(input("x", [1, 784]), input("w", [784, 10])) })));
 * const counted = profile(bytes, { path: "model.onnx", parameters: ["w"] });
 * counted.macs // 7840
 * counted.criticalPathKernels // 1
 * // Forward, and once more for the weights; the input needs no gradient.
 * counted.training.macs // 15680
 */
export function profile(
  model: Uint8Array | OnnxFile | Graph,
  options: ProfileOptions = {},
): Profile {
  const { path = "", schedule = "file-order" } = options;
  const file = fileOf(model, path);
  // A graph of ours whose weights are named stores nothing but constants.
  const isNamed = options.parameters && !(model instanceof Uint8Array) && !("graph" in model);
  const analysis = analyse(file, isNamed ? { stored: "constant", ...options } : options);
  const coverage = coverageOf(analysis);
  refuseUnpriced(coverage, options);
  const roots = readRoots(analysis);
  let gradients: ReadonlyMap<Step, StepBackward> | undefined;
  const backward = () => {
    gradients ??= followGradients(analysis);
    return gradients;
  };
  const ledger = ledgerFrom(entriesOf(analysis, { outputs: analysis.outputs, backward }));
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
  const chains = chainsOf(analysis);
  const nodes = coverage.ops.reduce((n, o) => n + o.nodes, 0);
  const use = weightUse(analysis);
  const memory = activationMemory(analysis, schedule);
  return {
    path,
    parameters: sum(ofRole("parameter"), "elements"),
    parameterUses: use.uses,
    activeParameters: use.active,
    // Every weight is looked at: only for those who ask.
    get zeroParameters() {
      return zeroElements(roots);
    },
    buffers: sum(ofRole("buffer"), "elements"),
    macs: total.macs,
    validMacs: macs(validMacs),
    flops: flopsOf(total.macs),
    otherOps: total.otherOps,
    activations,
    peakActivationBytes: memory.peakBytes,
    allocatedBytes: memory.allocatedBytes,
    weightBytes: sum(ofRole("parameter"), "bytes") + sum(ofRole("buffer"), "bytes"),
    bytesMoved: total.bytesRead + total.bytesWritten,
    productAccesses: accessesOf(analysis),
    kernels: chains.kernels,
    criticalPathKernels: chains.depth,
    criticalPathMacs: macs(chains.macs),
    get training() {
      return trainingOf(analysis, backward(), sum(ofRole("parameter"), "bytes"));
    },
    unpricedOps: coverage.unknown.nodes,
    macsByKind,
    elements,
    coverage,
    ledger,
    inputs: describeAll([...analysis.inputs].map(([name, v]) => [name, v.info] as const)),
    outputs: describeAll(analysis.outputNames.map((name, i) => [name, analysis.outputs[i]!.info])),
    inputBytes: [...analysis.inputs.values()].reduce((n, v) => n + known(v.storage.bytes), 0),
    schedule,
    // Gradients are followed: only for those who ask.
    get assumptions() {
      return assumptionsOf(analysis, backward(), nodes);
    },
  };
}
