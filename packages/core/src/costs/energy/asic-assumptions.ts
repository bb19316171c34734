/** What the zero-skipping accelerator takes for granted, topic by topic, in both modes: printed with every result. */

/**
 * `reference`: the simulator of sponge examples and energy-aware training, quirks included, to compare with published
 * ratios. `corrected`: the same machine and constants, counted as it would work.
 */
export type AsicMode = "reference" | "corrected";

export interface AsicAssumption {
  readonly topic: string;
  readonly statement: string;
}

const topics: readonly {
  readonly topic: string;
  readonly says: Readonly<Record<AsicMode, string>>;
}[] = [
  {
    topic: "fusion",
    says: {
      reference:
        "none: convolution, normalisation and activation each read their input from DRAM and write their output to it",
      corrected:
        "normalisation is folded into the convolution before it, activations are applied before the result is written, where nobody else reads what lies between",
    },
  },
  {
    topic: "batch",
    says: {
      reference:
        "weights are read once per batch, so the ratio depends on the batch size; the result is the mean of the ratios of the batches",
      corrected: "one sample at a time, weights included; the result is the mean over samples",
    },
  },
  {
    topic: "cache",
    says: {
      reference: "none: every operand of every layer comes from DRAM once and goes back once",
      corrected: "none between layers; within a layer every operand is moved once",
    },
  },
  {
    topic: "skip granularity",
    says: {
      reference:
        "one share for the whole network: all operations times the density of all parameters times the density of all inputs",
      corrected:
        "per layer: multiply-accumulates times the density of its weights times the density of its inputs; nothing else is skipped",
    },
  },
  {
    topic: "compression",
    says: {
      reference: "only non-zeros are moved, at no overhead, zeros spread evenly",
      corrected: "only non-zeros are moved, at no overhead, zeros spread evenly",
    },
  },
  {
    topic: "grouped convolution",
    says: {
      reference: "counted with all input channels: too much by the number of groups",
      corrected: "counted with the channels of its group",
    },
  },
  {
    topic: "normalisation statistics",
    says: {
      reference: "running means and variances count twice, the counter of batches once",
      corrected: "constants: part of the folded weights",
    },
  },
  {
    topic: "functional operations",
    says: {
      reference: "additions, functional activations and whatever is no module are not seen",
      corrected: "counted: operands from DRAM, one operation per element",
    },
  },
  {
    topic: "in-place activation",
    says: {
      reference:
        "a hook sees the input after it was overwritten: in-place activations count their output twice; both conventions are reported",
      corrected: "does not matter",
    },
  },
];

/**
 * The assumptions of a mode.
 *
 * @example
 * asicAssumptions("corrected")[1]!.topic // "batch"
 */
export const asicAssumptions = (mode: AsicMode): readonly AsicAssumption[] =>
  topics.map(({ topic, says }) => ({ topic, statement: says[mode] }));
