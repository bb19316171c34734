/** BatchNormalization: evaluation, with running statistics. Training is `batchNormTraining`. */

import { createNode, type Value } from "../graph/index.js";
import { channelsOf, requireChannelVector } from "./channel.js";
import { linked, sameAxes } from "./channel-flow.js";
import { elementwiseWork, floats, type OpDef, requireSameType } from "./op.js";

export interface BatchNormOptions {
  /** [C], as the three that follow. */
  readonly scale: Value;
  readonly bias: Value;
  readonly mean: Value;
  readonly variance: Value;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
}

export interface EpsilonAttrs {
  readonly epsilon: number;
}

export const batchNormOp: OpDef<EpsilonAttrs> = {
  kind: "BatchNormalization",
  layer: () => "norm",
  infer(inputs) {
    const [x, ...vectors] = inputs;
    const dtype = requireSameType(inputs, floats);
    const channels = channelsOf(x!);
    for (const vector of vectors) requireChannelVector(vector, channels);
    return [{ dtype, shape: x!.shape }];
  },
  gradient: {
    // y = a (x - mean) + bias with a = scale / sqrt(variance + epsilon).
    rule({ node, inputs, grads, needs }, f) {
      const [x, scale, , mean, variance] = inputs as [Value, Value, Value, Value, Value];
      const g = grads[0]!;
      const inverse = f.reciprocal(f.sqrt(f.add(variance, node.attrs.epsilon)));
      const a = f.mul(scale, inverse);
      const sum = f.channelSum(g);
      const centred = () => f.sub(f.channelDot(g, x), f.mul(mean, sum));
      const third = () => f.mul(f.mul(a, f.mul(inverse, inverse)), -0.5);
      return [
        needs[0] ? f.channelAffine(g, a) : undefined,
        needs[1] ? f.mul(inverse, centred()) : undefined,
        needs[2] ? sum : undefined,
        needs[3] ? f.neg(f.mul(a, sum)) : undefined,
        needs[4] ? f.mul(third(), centred()) : undefined,
      ];
    },
  },
  channels({ inputs, outputs }) {
    const [x, ...vectors] = inputs as [Value, Value, Value, Value, Value];
    const y = outputs[0]!;
    return {
      links: [...sameAxes(x, y, [0, 1]), ...vectors.map((v) => linked([v, 0], [y, 1]))],
      factors: [{ value: vectors[0]!, axis: 0 }],
      zeroWhen: [[1], [2]],
    };
  },
  work: (node) => elementwiseWork(node as never, 2),
  lowerings: [
    {
      name: "normalise",
      emit(node, e) {
        const attrs = { epsilon: { float: node.attrs.epsilon } };
        const names = node.inputs.map((v) => e.use(v));
        e.define(node.outputs[0]!, e.emit("BatchNormalization", names, { attrs }));
      },
    },
  ],
};

/**
 * (x - mean) / sqrt(variance + epsilon) * scale + bias, per channel of x [N, C, ...].
 *
 * Reference: Ioffe and Szegedy, 2015.
 *
 * @example
 * const c = (name: string) => input(name, [16]);
 * batchNorm(input("x", [8, 16, 4, 4]), { scale: c("scale"), bias: c("bias"), mean: c("mean"), variance: c("variance") }).shape // [8, 16, 4, 4]
 */
export function batchNorm(x: Value, options: BatchNormOptions): Value {
  const { scale, bias, mean, variance, epsilon = 1e-5 } = options;
  return createNode(batchNormOp, [x, scale, bias, mean, variance], { epsilon })[0]!;
}
