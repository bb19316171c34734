/** Shapes out of the texts that a ledger keeps for its tables, as in "float32[1, 3, 224, 224]". */

/** Undefined: absent, or not all lengths are known. */
export function shapeOf(text: string | undefined): readonly number[] | undefined {
  const inside = /\[(.*)\]$/.exec(text ?? "")?.[1];
  if (inside === undefined) return undefined;
  const shape = inside === "" ? [] : inside.split(",").map(Number);
  return shape.every(Number.isSafeInteger) ? shape : undefined;
}

export const productOf = (lengths: readonly number[]): number => lengths.reduce((n, d) => n * d, 1);

/** 0 where the shape is not known. */
export function countOf(text: string | undefined): number {
  const shape = shapeOf(text);
  return shape ? productOf(shape) : 0;
}
