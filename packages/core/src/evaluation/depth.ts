/** How exits are used: shares, entropy, effective number, depth. */

/**
 * Share of samples that left at each of `exits` exits.
 *
 * @example
 * exitShares([0, 0, 2, 1], 3) // [0.5, 0.25, 0.25]
 */
export function exitShares(taken: ArrayLike<number>, exits: number): number[] {
  const counts = new Array<number>(exits).fill(0);
  for (let i = 0; i < taken.length; i++) counts[taken[i]!]!++;
  return counts.map((c) => (taken.length === 0 ? 0 : c / taken.length));
}

/**
 * H(pi) = -sum pi ln pi, in nats.
 *
 * @example
 * entropy([0.5, 0.5]) // 0.6931
 */
export const entropy = (shares: readonly number[]): number =>
  shares.reduce((h, p) => (p > 0 ? h - p * Math.log(p) : h), 0);

/**
 * H(pi) / ln K: 1 if all exits are used alike, 0 if only one is.
 *
 * @example
 * normalisedEntropy([0.25, 0.25, 0.25, 0.25]) // 1.00
 */
export const normalisedEntropy = (shares: readonly number[]): number =>
  shares.length < 2 ? 0 : entropy(shares) / Math.log(shares.length);

/**
 * e^H: how many equally used exits would be as spread.
 *
 * @example
 * effectiveExits([0.5, 0.5, 0]) // 2.00
 */
export const effectiveExits = (shares: readonly number[]): number => Math.exp(entropy(shares));

/**
 * Mean exit, counted from 1.
 *
 * @example
 * meanDepth([0.5, 0.25, 0.25]) // 1.75
 */
export const meanDepth = (shares: readonly number[]): number =>
  shares.reduce((sum, p, k) => sum + p * (k + 1), 0);

/**
 * Exit probabilities of one sample from its hazards: p_k = h_k prod_{j<k} (1 - h_j); the last exit takes the rest.
 *
 * @example
 * exitProbabilitiesOf([0.2, 0.5]) // [0.2, 0.4, 0.4]
 */
export function exitProbabilitiesOf(hazards: ArrayLike<number>): number[] {
  const probabilities: number[] = [];
  let reach = 1;
  for (let k = 0; k < hazards.length; k++) {
    probabilities.push(reach * hazards[k]!);
    reach *= 1 - hazards[k]!;
  }
  return [...probabilities, reach];
}
