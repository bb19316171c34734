/** A training step as one graph: forward, loss, backward, clipping, optimiser and buffers. */

import { gradients } from "../autodiff/index.js";
import { UserError } from "../base/index.js";
import type { Feeds, StateBinding } from "../engine/index.js";
import {
  buildGraph,
  type Graph,
  input,
  inputName,
  type Value,
  withOrigin,
} from "../graph/index.js";
import type { NoiseInput, Parameter, Traced } from "../nn/index.js";
import { clipGlobalNorm, type Optimizer } from "../optim/index.js";
import { formatShape, sameShape } from "../tensor/index.js";
import { firstValue } from "./state.js";

export interface TrainStepOptions extends Pick<Traced, "parameters" | "buffers" | "noise"> {
  /** A scalar. */
  readonly loss: Value;
  /** Scalars to be reported with the loss. */
  readonly metrics?: Readonly<Record<string, Value>>;
  readonly optimizer: Optimizer;
  /** Largest norm of all gradients together; adds the metric "gradientNorm". Default: no clipping. */
  readonly clipNorm?: number;
  /** Which parameters weight decay applies to. Default "all", as in PyTorch; "weights" spares biases and normalisations. */
  readonly decayOn?: "all" | "weights";
  /** What to do about a parameter that the loss does not depend on. Default "error"; "freeze" leaves it as it is. */
  readonly unused?: "error" | "freeze";
  /** Seed of the first values. Default 0. */
  readonly seed?: number;
  /** First values by path, of parameters and buffers; what is missing is drawn. */
  readonly initial?: Feeds;
}

export interface TrainStep {
  readonly graph: Graph;
  /** Parameters, buffers and optimiser slots. */
  readonly state: readonly StateBinding[];
  /** State inputs by what they are. */
  readonly kinds: {
    readonly parameters: readonly string[];
    readonly buffers: readonly string[];
    readonly optimizer: readonly string[];
  };
  /** Graph inputs to be fed at every step, by what they are. */
  readonly feeds: {
    /** "input", "labels". */
    readonly data: readonly string[];
    /** "lr", "step" and scalars of the objective, such as "lambda". */
    readonly scalars: readonly string[];
    readonly noise: readonly NoiseInput[];
  };
  /** "loss" and the names of the metrics. */
  readonly metrics: readonly string[];
}

const NEXT = "next.";

function requireScalar(name: string, value: Value): void {
  if (value.shape.length === 0 && value.dtype === "float32") return;
  throw new UserError("E_SHAPE", `"${name}" is ${value.dtype}${formatShape(value.shape)}`, {
    where: "buildTrainStep",
    allowed: "a float32 scalar",
    next: "take its mean with reduceMean",
  });
}

/** Gradients of the parameters; a parameter that the loss does not depend on is named. */
function parameterGradients(loss: Value, parameters: readonly Parameter[]): Value[] {
  try {
    return gradients(
      loss,
      parameters.map((p) => p.value),
    );
  } catch (error) {
    if (!(error instanceof UserError) || !error.what.startsWith("the loss does not depend")) {
      throw error;
    }
    const idle = parameters.filter((p) => !dependsOn(loss, p.value)).map((p) => p.path);
    throw new UserError("E_GRADIENT", `the loss does not depend on ${idle.join(", ")}`, {
      allowed: "a loss that every parameter takes part in",
      next: 'remove them from the model, or pass { unused: "freeze" } if that is intended',
    });
  }
}

/** Whether `to` is computed from `from`. */
function dependsOn(to: Value, from: Value): boolean {
  return buildGraph({ to }).nodes.includes(from.node);
}

/**
 * The training step of a traced model. State (weights, optimiser slots, buffers) stays in the engine; inputs are
 * "input", "labels", "lr", "step", noise, and whatever scalars the loss reads.
 *
 * @throws UserError E_GRADIENT if the loss does not depend on a parameter.
 * @example
 * const traced = traceModel(model, { batchSize: 64, training: true });
 * const labels = input("labels", [64], "int32");
 * const loss = reduceMean(crossEntropy(traced.output, labels));
 * const { graph, feeds } = buildTrainStep({ ...traced, loss, optimizer: sgd({ momentum: 0.9 }) });
 * feeds.scalars // ["lr"]
 */
export function buildTrainStep(options: TrainStepOptions): TrainStep {
  const { buffers, noise, loss, metrics = {}, optimizer, clipNorm } = options;
  const { decayOn = "all", unused = "error", seed = 0, initial } = options;
  const reported: Record<string, Value> = { loss, ...metrics };
  for (const [name, value] of Object.entries(reported)) requireScalar(name, value);

  const frozen = (p: Parameter) => unused === "freeze" && !dependsOn(loss, p.value);
  const trained = options.parameters.filter((p) => !frozen(p));
  let grads: readonly Value[] = parameterGradients(loss, trained);
  if (clipNorm !== undefined) {
    const clipped = withOrigin({ path: "clip", phase: "update" }, () =>
      clipGlobalNorm(grads, clipNorm),
    );
    grads = clipped.gradients;
    reported.gradientNorm = clipped.norm;
  }

  const lr = input("lr", []);
  const step = input("step", []);
  const outputs: Record<string, Value> = { ...reported };
  const state: StateBinding[] = [];
  const slotNames: string[] = [];
  const first = { given: initial, seed };
  const keep = (path: string, next: Value | undefined, start: StateBinding["initial"]) => {
    if (next) outputs[NEXT + path] = next;
    state.push({ input: path, initial: start, ...(next ? { output: NEXT + path } : {}) });
  };

  for (const parameter of options.parameters) {
    const { path, value, decay } = parameter;
    const gradient = grads[trained.indexOf(parameter)];
    if (!gradient) {
      keep(path, undefined, firstValue(parameter, first));
      continue;
    }
    withOrigin({ path: value.node.path, phase: "update" }, () => {
      const inits = optimizer.slots(parameter);
      const slots = Object.fromEntries(
        Object.keys(inits).map((slot) => [slot, input(`${slot}.${path}`, value.shape)]),
      );
      const next = optimizer.update({
        value,
        gradient,
        slots,
        lr,
        step,
        decay: decayOn === "all" || decay,
      });
      keep(path, next.value, firstValue(parameter, first));
      for (const [slot, init] of Object.entries(inits)) {
        const name = `${slot}.${path}`;
        slotNames.push(name);
        const source = { path: name, value: slots[slot]!, init };
        keep(name, next.slots[slot], firstValue(source, first));
      }
    });
  }
  for (const slot of buffers) keep(slot.path, slot.next, firstValue(slot, first));

  const graph = buildGraph(outputs);
  const kept = new Set(state.map((s) => s.input));
  const noisy = new Set(noise.map((n) => n.name));
  const fed = graph.inputs.filter((v) => !kept.has(inputName(v)) && !noisy.has(inputName(v)));
  const isScalar = (v: Value) => sameShape(v.shape, []);
  const present = new Set(graph.inputs.map(inputName));
  return {
    graph,
    state,
    kinds: {
      parameters: options.parameters.map((p) => p.path),
      buffers: buffers.map((b) => b.path),
      optimizer: slotNames,
    },
    feeds: {
      data: fed.filter((v) => !isScalar(v)).map(inputName),
      scalars: fed.filter(isScalar).map(inputName),
      noise: noise.filter((n) => present.has(n.name)),
    },
    metrics: Object.keys(reported),
  };
}
