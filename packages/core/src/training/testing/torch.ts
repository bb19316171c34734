/** The small network of scripts/fixtures/training.py, and its fixture. */

import { readFileSync } from "node:fs";
import {
  batchNorm,
  conv2d,
  flatten,
  linear,
  type Model,
  maxPool,
  relu,
  residual,
  scoped,
  sequential,
} from "../../nn/index.js";
import { type HostTensor, tensor } from "../../tensor/index.js";
import type { BatchSource } from "../types.js";

interface Flat {
  shape: number[];
  data: number[];
}

interface TorchRun {
  losses: number[];
  final: Record<string, Flat>;
  logits: number[];
}

export interface TorchFixture {
  readonly inputs: number[];
  readonly labels: number[];
  readonly first: Record<string, Flat>;
  readonly runs: { readonly sgd: TorchRun; readonly adamW: TorchRun };
}

export const BATCH = 8;
export const SHAPE = [2, 8, 8];
const SIZE = 2 * 8 * 8;

export const readFixture = (): TorchFixture =>
  JSON.parse(
    readFileSync(new URL("./fixtures/training.json", import.meta.url), "utf8"),
  ) as TorchFixture;

export const hostTensors = (state: Record<string, Flat>): Record<string, HostTensor> =>
  Object.fromEntries(
    Object.entries(state).map(([name, t]) => [name, tensor("float32", t.shape, t.data)]),
  );

/** The fixture's batches, one epoch of five. */
export function fixtureSource({ inputs, labels }: TorchFixture): BatchSource {
  const steps = labels.length / BATCH;
  return {
    stepsPerEpoch: steps,
    batch: (_epoch, step) => ({
      input: tensor(
        "float32",
        [BATCH, ...SHAPE],
        inputs.slice(step * BATCH * SIZE, (step + 1) * BATCH * SIZE),
      ),
      labels: tensor("int32", [BATCH], labels.slice(step * BATCH, (step + 1) * BATCH)),
    }),
  };
}

export function fixtureModel(): Model {
  const conv = (channels: number, stride = 1) =>
    conv2d(channels, { kernel: 3, stride, padding: 1, bias: false });
  const body = sequential({
    conv1: conv(8, 2),
    bn1: batchNorm(),
    relu,
    conv2: conv(8),
    bn2: batchNorm(),
  });
  const shortcut = scoped(
    "downsample",
    sequential([conv2d(8, { kernel: 1, stride: 2, bias: false }), batchNorm()]),
  );
  const forward = sequential({
    conv1: conv(6),
    bn1: batchNorm(),
    relu,
    block: residual(body, { shortcut, activation: relu }),
    pool: maxPool({ kernel: 2 }),
    flatten: flatten(),
    fc: linear(4),
  });
  return { name: "fixture", inputShape: SHAPE, outputs: 4, forward };
}
