/** ChannelAffine: relu(x * scale + shift + residual), scale and shift per channel: batch norm's pass over the image. */

import { UserError } from "../base/index.js";
import { createNode, type Value } from "../graph/index.js";
import { formatShape, sameShape } from "../tensor/index.js";
import {
  channelLayout,
  channelsOf,
  imageName,
  requireChannelVector,
  useChannelVector,
  useImage,
} from "./channel.js";
import { linked, sameAxes } from "./channel-flow.js";
import { emitDepthwise, firstInputIsBlockable } from "./depthwise.js";
import { elementwiseWork, numbers, type OpDef, requireSameType } from "./op.js";

export interface ChannelAffineOptions {
  /** [C], added to every channel. */
  readonly shift?: Value;
  /** Of x's shape, added last. */
  readonly residual?: Value;
  /** Ends with relu. Default false. */
  readonly relu?: boolean;
}

/** Which of the optional inputs follow x and scale, in this order. */
export interface ChannelAffineAttrs {
  readonly shift: boolean;
  readonly residual: boolean;
  readonly relu: boolean;
}

export interface ChannelAffineParts {
  readonly x: Value;
  readonly scale: Value;
  readonly shift: Value | undefined;
  readonly residual: Value | undefined;
}

/** The inputs by name. */
export const affineParts = <T>(inputs: readonly T[], attrs: ChannelAffineAttrs) => ({
  x: inputs[0]!,
  scale: inputs[1]!,
  shift: attrs.shift ? inputs[2]! : undefined,
  residual: attrs.residual ? inputs[attrs.shift ? 3 : 2]! : undefined,
});

export const channelAffineOp: OpDef<ChannelAffineAttrs> = {
  kind: "ChannelAffine",
  layer: () => "norm",
  infer(inputs, attrs) {
    const dtype = requireSameType(inputs, numbers);
    const { x, scale, shift, residual } = affineParts(inputs, attrs);
    const channels = channelsOf(x);
    requireChannelVector(scale, channels);
    requireChannelVector(shift, channels);
    if (residual && !sameShape(residual.shape, x.shape)) {
      throw new UserError("E_SHAPE", `a residual of shape ${formatShape(residual.shape)}`, {
        allowed: formatShape(x.shape),
      });
    }
    return [{ dtype, shape: x.shape }];
  },
  gradient: {
    rule({ node, inputs, outputs, grads, needs }, f) {
      const { x, scale } = affineParts(inputs, node.attrs);
      const { shift, residual, relu } = node.attrs;
      const g = relu ? f.reluGrad(grads[0]!, outputs[0]!) : grads[0]!;
      const rest = [...(shift ? [() => f.channelSum(g)] : []), ...(residual ? [() => g] : [])];
      return [
        needs[0] ? f.channelAffine(g, scale) : undefined,
        needs[1] ? f.channelDot(g, x) : undefined,
        ...rest.map((make, i) => (needs[i + 2] ? make() : undefined)),
      ];
    },
  },
  channels({ inputs, outputs, attrs }) {
    const { x, scale, shift, residual } = affineParts(inputs, attrs);
    const y = outputs[0]!;
    const vectors = [scale, ...(shift ? [shift] : [])];
    return {
      links: [x, ...(residual ? [residual] : [])]
        .flatMap((v) => sameAxes(v, y, [0, 1]))
        .concat(vectors.map((v) => linked([v, 0], [y, 1]))),
      factors: [{ value: scale, axis: 0 }],
      zeroWhen: [[0, 1], ...inputs.slice(2).map((_, i) => [i + 2])],
    };
  },
  work({ attrs: { shift, residual, relu }, ...node }) {
    return elementwiseWork(node as never, 1 + Number(shift) + Number(residual) + Number(relu));
  },
  lowerings: [
    {
      name: "affine",
      emit(node, e) {
        const { x, scale, shift, residual } = affineParts(node.inputs, node.attrs);
        const layout = channelLayout(e, x);
        const vector = (v: Value) => useChannelVector(e, v, { x, layout });
        let y = e.emit("Mul", [useImage(e, { x, layout }), vector(scale)]);
        if (shift) y = e.emit("Add", [y, vector(shift)]);
        if (residual) y = e.emit("Add", [y, useImage(e, { x: residual, layout })]);
        if (node.attrs.relu) y = e.emit("Relu", [y]);
        e.define(node.outputs[0]!, imageName(e, y, { x, layout }), layout);
      },
    },
    {
      name: "depthwise",
      applies: firstInputIsBlockable,
      emit(node, e) {
        const { x, scale, shift, residual } = affineParts(node.inputs, node.attrs);
        const y = emitDepthwise(e, e.use(x, "blocked"), x, {
          scale: e.use(scale),
          ...(shift ? { shift: e.use(shift) } : {}),
          ...(residual ? { sum: e.use(residual, "blocked") } : {}),
          ...(node.attrs.relu ? { activation: { name: "Relu" } } : {}),
        });
        e.define(node.outputs[0]!, y, "blocked");
      },
    },
  ],
};

/**
 * relu(x * scale + shift + residual), for x [N, C, ...] and vectors [C]; what is not given is left out.
 *
 * @example
 * channelAffine(input("x", [8, 16, 4, 4]), input("scale", [16]), { shift: input("shift", [16]) }).shape // [8, 16, 4, 4]
 */
export function channelAffine(x: Value, scale: Value, options: ChannelAffineOptions = {}): Value {
  const { shift, residual, relu = false } = options;
  const inputs = [x, scale, ...(shift ? [shift] : []), ...(residual ? [residual] : [])];
  const attrs = { shift: shift !== undefined, residual: residual !== undefined, relu };
  return createNode(channelAffineOp, inputs, attrs)[0]!;
}

/** The pass that ends in `value` with something more done at its end; undefined if no pass ends there or there is no room. */
function extended(
  value: Value,
  more: (options: ChannelAffineOptions) => ChannelAffineOptions | undefined,
): Value | undefined {
  if (value.node.op.kind !== channelAffineOp.kind) return undefined;
  const attrs = value.node.attrs as ChannelAffineAttrs;
  const { x, scale, shift, residual } = affineParts(value.node.inputs, attrs);
  if (attrs.relu) return undefined;
  const options = more({ ...(shift ? { shift } : {}), ...(residual ? { residual } : {}) });
  return options && channelAffine(x, scale, options);
}

/** relu(value) as one pass with the channelAffine that made it. */
export const affineThenRelu = (value: Value): Value | undefined =>
  extended(value, (options) => ({ ...options, relu: true }));

/** value + residual as one pass with the channelAffine that made it. */
export const affineThenAdd = (value: Value, residual: Value): Value | undefined =>
  sameShape(value.shape, residual.shape)
    ? extended(value, (options) => (options.residual ? undefined : { ...options, residual }))
    : undefined;

/** A part of a pass as a pass over that part, `part` cutting images alike; undefined where no pass ends in `value`. */
export function affineOfPart(value: Value, part: (image: Value) => Value): Value | undefined {
  if (value.node.op.kind !== channelAffineOp.kind) return undefined;
  const attrs = value.node.attrs as ChannelAffineAttrs;
  const { x, scale, shift, residual } = affineParts(value.node.inputs, attrs);
  return channelAffine(part(x), scale, {
    ...(shift ? { shift } : {}),
    ...(residual ? { residual: part(residual) } : {}),
    relu: attrs.relu,
  });
}
