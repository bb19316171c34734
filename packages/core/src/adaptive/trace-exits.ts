/** Traces a model with early exits at chosen places. */

import { UserError } from "../base/index.js";
import { buildGraph, type Graph, type Value } from "../graph/index.js";
import { type Model, type Traced, traceModel } from "../nn/index.js";
import { type ExitPoint, exitHead, type HeadOptions } from "./head.js";

/** Name of the last exit, which is the whole network. */
export const FINAL_EXIT = "final";

export interface ExitTraceOptions extends HeadOptions {
  /** Places of the model where samples may leave, in any order. Empty: the plain network. */
  readonly exits: readonly string[];
  readonly batchSize: number;
  readonly training: boolean;
}

export interface TracedExits extends Traced {
  /** From the input to the output; the last one is the full network, named "final". */
  readonly exits: readonly ExitPoint[];
  /** What was traced, to trace it again at another batch size or in the other mode. */
  readonly model: Model;
  readonly options: ExitTraceOptions;
}

/**
 * The model with a classifier and a gate at each named place. Parameters: the model's own, plus `exits.<place>.fc.*` and
 * `exits.<place>.gate.*`, so that weights of a plain network fit into it by name.
 *
 * @throws UserError E_CONFIG for a place the model does not mark, or one named twice; lists the places there are.
 * @example
 * const net = traceExits(model, { exits: ["layer1", "layer2"], batchSize: 64, training: true });
 * net.exits.map((e) => e.name) // ["layer1", "layer2", "final"]
 */
export function traceExits(model: Model, options: ExitTraceOptions): TracedExits {
  const { exits: wanted, batchSize, training, ...head } = options;
  const points: ExitPoint[] = [];
  const traced = traceModel(model, {
    batchSize,
    training,
    onPlace(c, name, x) {
      if (wanted.includes(name)) {
        points.push(exitHead(c, x, { ...head, name, classes: model.outputs }));
      }
    },
  });
  const unknown = wanted.find((name) => !traced.places.includes(name));
  if (unknown !== undefined) {
    throw new UserError("E_CONFIG", `the model "${model.name}" has no place "${unknown}"`, {
      where: "exits",
      allowed: traced.places.join(", ") || "none: this model marks no places",
    });
  }
  if (points.length !== wanted.length) {
    throw new UserError("E_CONFIG", `an exit is named twice: ${wanted.join(", ")}`, {
      where: "exits",
      allowed: "each place once",
    });
  }
  const exits = [...points, { name: FINAL_EXIT, logits: traced.output }];
  return { ...traced, exits, model, options };
}

/**
 * The same network at another batch size, as it is run: no dropout, running statistics.
 *
 * @example
 * forInference(traced, 1).output.shape // [1, 3]
 */
export const forInference = (traced: TracedExits, batchSize: number): TracedExits =>
  traceExits(traced.model, { ...traced.options, batchSize, training: false });

/**
 * The same network without its gates: what runs where samples leave by confidence.
 *
 * @example
 * withoutGates(traced).exits[0]!.hazard // undefined
 */
export const withoutGates = (traced: TracedExits): TracedExits =>
  traceExits(traced.model, { ...traced.options, gate: "none" });

/**
 * The output that holds the logits of an exit.
 *
 * @example
 * logitsName("layer1") // "logits.layer1"
 */
export const logitsName = (exit: string): string => `logits.${exit}`;
/**
 * The output that holds the hazard of an exit.
 *
 * @example
 * hazardName("layer1") // "hazard.layer1"
 */
export const hazardName = (exit: string): string => `hazard.${exit}`;

/**
 * What an exit computes, by output name.
 *
 * @example
 * Object.keys(exitOutputs(traced.exits[0]!)) // ["logits.hidden0", "hazard.hidden0"]
 */
export const exitOutputs = ({ name, logits, hazard }: ExitPoint): Record<string, Value> => ({
  [logitsName(name)]: logits,
  ...(hazard ? { [hazardName(name)]: hazard } : {}),
});

/**
 * The graph that computes every exit: outputs `logits.<exit>` and `hazard.<exit>`.
 *
 * @example
 * Object.keys(exitGraph(traced).outputs) // ["logits.hidden0", "hazard.hidden0", "logits.final"]
 */
export const exitGraph = (traced: TracedExits): Graph =>
  buildGraph(Object.assign({}, ...traced.exits.map(exitOutputs)), { inputs: [traced.input] });
