/** Zeros of real activations, counted by us and by hooks on the same network in PyTorch. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  batchNorm,
  conv2d,
  flatten,
  linear,
  type Model,
  maxPool,
  relu,
  sequential,
} from "../../nn/index.js";
import { type HostTensor, tensor } from "../../tensor/index.js";
import {
  type AsicRecord,
  asicEnergy,
  asicLeaf,
  asicRecordOf,
  dense,
  withTensors,
} from "./index.js";
import { ledgerOfModel } from "./testing/networks.js";

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Made by `scripts/fixtures/zero-skipping.py`: tensors of each layer in two batches, and what its estimator says. */
const fixture = JSON.parse(
  readFileSync(new URL("./testing/fixtures/zero-skipping.json", import.meta.url), "utf8"),
) as {
  readonly tensors: readonly (readonly { readonly input: Numbers; readonly output: Numbers }[])[];
  readonly parameters: readonly (readonly Numbers[])[];
  readonly inPlace: readonly {
    readonly worst: number;
    readonly optimised: number;
    readonly ratio: number;
  }[];
  readonly separate: readonly {
    readonly worst: number;
    readonly optimised: number;
    readonly ratio: number;
  }[];
};

const network: Model = {
  name: "small",
  inputShape: [1, 6, 6],
  outputs: 3,
  forward: sequential([
    conv2d(4, { kernel: 3, padding: 1, bias: false }),
    batchNorm(),
    relu,
    maxPool({ kernel: 2 }),
    conv2d(4, { kernel: 3, padding: 1, groups: 4 }),
    relu,
    flatten(),
    linear(3),
  ]),
};

const host = ({ shape, data }: Numbers): HostTensor => tensor("float32", shape, data);

/** The record of one batch, with the flattening that is a module in PyTorch and a view here. */
function recordOf(batch: (typeof fixture.tensors)[number]): AsicRecord {
  const samples = batch[0]!.input.shape[0]!;
  const record = asicRecordOf(ledgerOfModel(network, samples), { batch: samples });
  const flat = asicLeaf({
    path: "6",
    kind: "identity",
    inputs: dense(36 * samples),
    outputs: dense(36 * samples),
  });
  const all = { ...record, leaves: [...record.leaves.slice(0, 6), flat, record.leaves[6]!] };
  return withTensors(
    all,
    Object.fromEntries(
      batch.map(({ input, output }, i) => [
        `${i}`,
        {
          inputs: [host(input)],
          outputs: [host(output)],
          parameters: fixture.parameters[i]!.map(host),
        },
      ]),
    ),
  );
}

describe("zeros of real activations", () => {
  const records = fixture.tensors.map(recordOf);

  it.each([
    ["in place", "in-place", fixture.inPlace],
    ["separate", "separate", fixture.separate],
  ] as const)("give the energies of hooks in PyTorch, ReLU %s", (_, activations, wanted) => {
    const options = { mode: "reference", activations } as const;
    records.forEach((record, i) => {
      const { worstPj, optimisedPj, ratio } = asicEnergy(record, options);
      expect(worstPj).toBeCloseTo(wanted[i]!.worst, 4);
      expect(optimisedPj).toBeCloseTo(wanted[i]!.optimised, 4);
      expect(ratio).toBeCloseTo(wanted[i]!.ratio, 12);
    });
    const mean = wanted.reduce((n, w) => n + w.ratio, 0) / wanted.length;
    expect(asicEnergy(records, options).ratio).toBeCloseTo(mean, 12);
  });

  it("differ between the conventions, and from the corrected mode", () => {
    const { activations, ratio } = asicEnergy(records, { mode: "reference" });
    expect(ratio).toBe(activations!.inPlace);
    expect(activations!.separate).toBeGreaterThan(activations!.inPlace + 0.02);
    expect(asicEnergy(records, { mode: "corrected" }).ratio).not.toBeCloseTo(ratio, 2);
  });
});
