/** Recurrent cells: MACs of every step, gates times (inputs + state). */

import { elementCount } from "../../../tensor/index.js";
import type { BackwardRule } from "../backward-rule.js";
import { type Info, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";

/** Per element of the state and step: activations and pointwise products of the cell. */
interface Cell {
  readonly gates: number;
  readonly activations: number;
  readonly products: number;
  readonly hasCellState: boolean;
}

/**
 * MACs of the backward pass, for T steps of a batch:
 *
 *   T * W (weights) + T * W (inputs) + T * R (weights) + (T - 1) * R (states before, one more if the first is trained)
 *
 * each where it gets a gradient. States always do: weights lie before them, in the step before.
 */
function macsThroughTime(n: NodeView, needs: readonly boolean[]): number {
  const [a, b] = n.shape(0) as [number, number];
  const [steps, batch] = n.int("layout") === 1 ? [b, a] : [a, b];
  const [w, r] = [elementCount(n.shape(1)), elementCount(n.shape(2))];
  const states = needs[5] || needs[6] ? steps : steps - 1;
  const ofInputs = steps * w * (Number(needs[0] ?? false) + Number(needs[1] ?? false));
  return batch * (ofInputs + steps * r * Number(needs[2] ?? false) + states * r);
}

/** Inputs, states, and gates of every step. */
const throughTime = (gates: number): BackwardRule => ({
  keeps: [
    { input: 0 },
    { output: 0 },
    {
      bytes: (n) => {
        const [x, r] = [n.shape(0), n.shape(2)];
        return 4 * gates * x[0]! * x[1]! * r[0]! * r[2]!;
      },
    },
  ],
  macs: macsThroughTime,
});

const recurrent = ({ gates, activations, products, hasCellState }: Cell): OpRule => ({
  infer: (n): readonly Info[] => {
    const [a, b] = n.shapeOfRank(0, 3, 3) as [number, number];
    const [directions, , hidden] = n.shapeOfRank(2, 3, 3) as [number, number, number];
    const w = n.shapeOfRank(1, 3, 3);
    if (w[1] !== gates * hidden) n.refuse(`weights for ${w[1]} rows, not ${gates} x ${hidden}`);
    const batchFirst = n.int("layout") === 1;
    const [steps, batch] = batchFirst ? [b, a] : [a, b];
    const { elementType } = n.tensor(0);
    const y = batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden];
    const last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
    const state = tensorInfo(elementType, last);
    return [tensorInfo(elementType, y), state, ...(hasCellState ? [state] : [])];
  },
  work: (n) => {
    const x = n.shape(0);
    const w = n.shape(1);
    const r = n.shape(2);
    const rows = x[0]! * x[1]!;
    const states = rows * r[0]! * r[2]!;
    const biasAdds = n.has(3) ? rows * r[0]! * r[1]! : 0;
    const activation = activations * states;
    const mul = products * states + (n.has(7) ? 3 * states : 0);
    return {
      macs: rows * (elementCount(w) + elementCount(r)),
      macKind: "recurrent",
      elements: { biasAdds, activation, mul },
      otherOps: biasAdds + activation + mul,
    };
  },
  roles: { 1: "parameter", 2: "parameter", 3: "parameter", 7: "parameter" },
  backward: throughTime(gates),
});

export const recurrentCells = {
  RNN: recurrent({ gates: 1, activations: 1, products: 0, hasCellState: false }),
  GRU: recurrent({ gates: 3, activations: 3, products: 3, hasCellState: false }),
  LSTM: recurrent({ gates: 4, activations: 5, products: 3, hasCellState: true }),
} satisfies RuleTable;
