/** A model that computes with other values in place of its parameters: gated scales, masked weights. */

import { assert } from "../base/index.js";
import { currentPath, type Value, withOrigin } from "../graph/index.js";
import type { Context, Model, Parameter } from "./types.js";

/** What the model computes with in place of a parameter; the parameter itself is trained. */
export type StandIn = (parameter: Pick<Parameter, "path" | "value">) => Value;

/** What stand-ins are made from, at the beginning of a trace. */
export interface StandInContext {
  /** Declares parameters, buffers and noise of the stand-ins' own, at the root; nothing stands in for these. */
  readonly c: Context;
  /** A parameter of the model, whether or not the model has come to it. */
  readonly parameter: (path: string) => Value;
}

/**
 * The model with `begin(...)` asked, at every parameter, what to compute with instead. Heads of exits are asked for too.
 *
 * known: the parameters of the model as it will be traced.
 *
 * @example
 * const net = mlp({ sizes: [4, 2] });
 * const { parameters } = traceModel(net, { batchSize: 1, training: false });
 * const halved = withStandIns(net, parameters, () => ({ value }) => functions.mul(value, 0.5));
 * traceModel(halved, { batchSize: 1, training: false }).parameters.map((p) => p.path) // ["output.weight", "output.bias"]
 */
export function withStandIns(
  model: Model,
  known: readonly Parameter[],
  begin: (context: StandInContext) => StandIn,
): Model {
  const byPath = new Map(known.map((p) => [p.path, p]));
  return {
    ...model,
    forward(c, x) {
      const declared = new Map<string, Value>();
      const taken = new Set<string>();
      const atRoot = <T>(body: () => T): T => withOrigin({ path: "", phase: "forward" }, body);
      const parameter = (path: string): Value => {
        const value = declared.get(path);
        if (value) return value;
        const found = byPath.get(path);
        assert(found, `no parameter "${path}" to stand in for`);
        const { init, decay, value: like } = found;
        const fresh = atRoot(() => c.parameter(path, like.shape, init, { decay }));
        declared.set(path, fresh);
        return fresh;
      };
      const standIn = atRoot(() => begin({ c, parameter }));
      const replaced = Object.create(c, {
        parameter: {
          value: (...[name, shape, init, options]: Parameters<Context["parameter"]>): Value => {
            const scope = currentPath();
            const path = scope ? `${scope}.${name}` : name;
            // A model that declares a path twice is refused as ever.
            const isAhead = declared.has(path) && !taken.has(path);
            const value = isAhead ? declared.get(path)! : c.parameter(name, shape, init, options);
            declared.set(path, value);
            taken.add(path);
            return atRoot(() => standIn({ path, value }));
          },
        },
      }) as Context;
      return model.forward(replaced, x);
    },
  };
}
