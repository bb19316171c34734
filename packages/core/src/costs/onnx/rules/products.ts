/** Products of matrices: two activations mixed, or one with a weight. */

import { elementCount, type Shape } from "../../../tensor/index.js";
import { multiplies, multipliesMatrices } from "../backward-rule.js";
import { broadcastKnown, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import type { MacKind, NodeWork } from "../work.js";

/** A product with a stored operand is a linear layer; otherwise it mixes activations, as attention does. */
export const productKind = (n: NodeView, a: number, b: number): MacKind =>
  n.value(a).stored || n.value(b).stored ? "linear" : "matmul";

function matmulShape(n: NodeView, at: number, bt: number): Shape {
  let a = n.shapeOfRank(at, 1);
  let b = n.shapeOfRank(bt, 1);
  const [vectorA, vectorB] = [a.length === 1, b.length === 1];
  if (vectorA) a = [1, ...a];
  if (vectorB) b = [...b, 1];
  const [k, other] = [a.at(-1)!, b.at(-2)!];
  if (k !== other && !Number.isNaN(k + other)) n.refuse("the inner lengths differ");
  const batch = broadcastKnown(a.slice(0, -2), b.slice(0, -2));
  if (!batch) return n.refuse("the batch shapes do not broadcast");
  return [...batch, ...(vectorA ? [] : [a.at(-2)!]), ...(vectorB ? [] : [b.at(-1)!])];
}

const matmul = (options: {
  readonly a?: number;
  readonly b?: number;
  readonly type?: (n: NodeView) => ReturnType<NodeView["tensor"]>["elementType"];
}): OpRule => {
  const { a = 0, b = 1, type = (n) => n.tensor(0).elementType } = options;
  return {
    infer: (n) => tensorInfo(type(n), matmulShape(n, a, b)),
    work: (n) => ({
      macs: elementCount(n.out()) * n.shape(a).at(-1)!,
      macKind: productKind(n, a, b),
    }),
    roles: { [a]: "parameter", [b]: "parameter" },
    backward: multipliesMatrices(a, b),
  };
};

const gemm: OpRule = {
  infer: (n) => {
    const a = n.shapeOfRank(0, 2, 2);
    const b = n.shapeOfRank(1, 2, 2);
    const [rows, inner] = n.int("transA") ? [a[1]!, a[0]!] : [a[0]!, a[1]!];
    const [other, columns] = n.int("transB") ? [b[1]!, b[0]!] : [b[0]!, b[1]!];
    if (inner !== other && !Number.isNaN(inner + other)) n.refuse("the inner lengths differ");
    return tensorInfo(n.tensor(0).elementType, [rows, columns]);
  },
  work: (n): NodeWork => {
    const size = elementCount(n.out());
    const a = n.shape(0);
    const biasAdds = n.has(2) && n.float("beta") !== 0 ? size : 0;
    const scales = [n.float("alpha"), biasAdds ? n.float("beta") : 1].filter((s) => (s ?? 1) !== 1);
    return {
      macs: size * (n.int("transA") ? a[0]! : a[1]!),
      macKind: productKind(n, 0, 1),
      elements: { biasAdds, ...(scales.length > 0 ? { mul: scales.length * size } : {}) },
      otherOps: biasAdds + scales.length * size,
    };
  },
  roles: { 0: "parameter", 1: "parameter", 2: "parameter" },
  backward: multiplies(),
};

interface Equation {
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
}

const ELLIPSIS = "...";

/** Letters of each term; "..." becomes as many invented letters as the operand has further axes. */
function parseEinsum(n: NodeView): Equation {
  const text = (n.string("equation") ?? "").replaceAll(" ", "");
  const [left = "", right] = text.split("->");
  const terms = left.split(",");
  if (terms.length !== n.inputs.length) n.refuse(`equation "${text}" has ${terms.length} operands`);
  const spread = (term: string, hidden: number) => {
    const invented = Array.from({ length: hidden }, (_, i) => `#${hidden - i}`);
    const [before = "", after] = term.split(ELLIPSIS);
    return after === undefined ? [...before] : [...before, ...invented, ...after];
  };
  let widest = 0;
  const operands = terms.map((term, i) => {
    const rank = n.shape(i).length;
    const hidden = rank - term.replace(ELLIPSIS, "").length;
    if (hidden < 0 || (hidden > 0 && !term.includes(ELLIPSIS))) {
      n.refuse(`equation "${text}" does not fit operand ${i}`);
    }
    widest = Math.max(widest, hidden);
    return spread(term, hidden);
  });
  if (right !== undefined) return { operands, output: spread(right, widest) };
  const all = operands.flat();
  const single = all.filter((c) => !c.startsWith("#") && all.indexOf(c) === all.lastIndexOf(c));
  return { operands, output: [...spread(ELLIPSIS, widest), ...single.sort()] };
}

function lengthsOf(n: NodeView, { operands }: Equation): Map<string, number> {
  const lengths = new Map<string, number>();
  operands.forEach((letters, i) => {
    letters.forEach((letter, axis) => {
      const d = n.shape(i)[axis]!;
      const known = lengths.get(letter);
      if (known === undefined || known === 1 || Number.isNaN(known)) lengths.set(letter, d);
      else if (d !== known && d !== 1 && !Number.isNaN(d)) {
        n.refuse(`"${letter}" is ${known} and ${d} long`);
      }
    });
  });
  return lengths;
}

const einsum: OpRule = {
  infer: (n) => {
    const equation = parseEinsum(n);
    const lengths = lengthsOf(n, equation);
    const shape = equation.output.map(
      (c) => lengths.get(c) ?? n.refuse(`"${c}" is in no operand of the equation`),
    );
    return tensorInfo(n.tensor(0).elementType, shape);
  },
  work: (n) => {
    const equation = parseEinsum(n);
    const lengths = lengthsOf(n, equation);
    const product = (letters: Iterable<string>) =>
      [...letters].reduce((size, c) => size * lengths.get(c)!, 1);
    // Operands are taken in from left to right; a letter is summed away once nothing to the right needs it.
    let held = new Set(equation.operands[0]);
    let macs = 0;
    let mul = 0;
    let reduction = 0;
    for (let i = 1; i < equation.operands.length; i++) {
      const joined = new Set([...held, ...equation.operands[i]!]);
      const later = new Set([...equation.output, ...equation.operands.slice(i + 1).flat()]);
      const kept = [...joined].filter((c) => later.has(c));
      if (kept.length < joined.size) macs += product(joined);
      else mul += product(joined);
      held = new Set(kept);
    }
    if (equation.operands.length === 1 && held.size > equation.output.length) {
      reduction = product(held);
    }
    const stored = n.inputs.some((v) => v?.stored);
    return {
      macs,
      ...(macs > 0 ? { macKind: stored ? "linear" : "matmul" } : {}),
      elements: { mul, reduction },
      otherOps: mul + reduction,
    };
  },
  backward: multiplies(),
};

/** Determinant by elimination: n^3 / 3 products. */
const determinant: OpRule = {
  infer: (n) => tensorInfo(n.tensor(0).elementType, n.shapeOfRank(0, 2).slice(0, -2)),
  work: (n) => {
    const size = n.shape(0).at(-1)!;
    return { otherOps: elementCount(n.out()) * Math.ceil((2 * size ** 3) / 3) };
  },
};

export const products = {
  MatMul: matmul({}),
  MatMulInteger: matmul({ type: () => "int32" }),
  QLinearMatMul: matmul({ b: 3, type: (n) => n.tensor(7).elementType }),
  Gemm: gemm,
  Einsum: einsum,
  Det: determinant,
} satisfies RuleTable;
