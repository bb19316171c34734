/** WithGradient: a value whose gradient the user defines. */

import { UserError } from "../base/index.js";
import { createNode, describeType, type Value } from "../graph/index.js";
import { sameShape } from "../tensor/index.js";
import { aliasLowering } from "./elementwise.js";
import { type OpDef, viewWork } from "./op.js";

/** Gradients with respect to each input, of its type and shape; undefined means zero. */
export type UserGradient = (
  grad: Value,
  inputs: readonly Value[],
  y: Value,
) => readonly (Value | undefined)[];

export interface WithGradientAttrs {
  readonly rule: UserGradient;
}

function check(inputs: readonly Value[], given: readonly (Value | undefined)[], where: string) {
  if (given.length !== inputs.length) {
    throw new UserError("E_GRADIENT", `a user-defined rule returned ${given.length} gradients`, {
      where,
      allowed: `${inputs.length}, one for each input; undefined for none`,
    });
  }
  given.forEach((g, i) => {
    const x = inputs[i]!;
    if (!g || (g.dtype === x.dtype && sameShape(g.shape, x.shape))) return;
    throw new UserError(
      "E_GRADIENT",
      `gradient ${i} of a user-defined rule is ${describeType(g)}`,
      {
        where,
        allowed: describeType(x),
      },
    );
  });
}

/** Inputs: the value itself, then those that receive gradients. */
export const withGradientOp: OpDef<WithGradientAttrs> = {
  kind: "WithGradient",
  infer: ([y]) => [{ dtype: y!.dtype, shape: y!.shape }],
  gradient: {
    rule({ node, inputs, outputs, grads }) {
      const receivers = inputs.slice(1);
      const given = node.attrs.rule(grads[0]!, receivers, outputs[0]!);
      check(receivers, given, `WithGradient${node.path ? ` in ${node.path}` : ""}`);
      return [undefined, ...given];
    },
  },
  work: viewWork,
  simplify: ({ inputs }) => inputs[0],
  lowerings: [aliasLowering((node) => node.inputs[0]!)],
};

/**
 * `y`, but differentiating it calls `rule` and sends what it returns to `inputs`, past whatever computed y.
 *
 * @example
 * // Forward: round. Backward: as if it were the identity inside [0, 1].
 * withGradient(round(x), [x], (g, [x]) => [where(lessOrEqual(abs(sub(x!, 0.5)), 0.5), g, 0)]);
 */
export const withGradient = (y: Value, inputs: readonly Value[], rule: UserGradient): Value =>
  createNode(withGradientOp, [y, ...inputs], { rule })[0]!;
