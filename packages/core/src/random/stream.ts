/** Named random streams of one seed: adding a consumer never shifts the draws of another. */

import { type Block, philox } from "./philox.js";

export interface Stream {
  /** Uniform in [0, 1), 24 bits: exactly representable in float32. */
  uniform(): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** The stream of a name below this one: `stream.fork("dropout").fork(step)`. */
  fork(name: string | number): Stream;
}

/** FNV-1a with a final avalanche: spreads names over 64 bits of key. */
function hash(text: string, basis: number): number {
  let h = (0x811c9dc5 ^ basis) >>> 0;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * The stream at a path of a seed. Equal seed and path give equal draws, on every machine.
 *
 * @example
 * randomStream(7, "shuffle", 3).integer(10) === randomStream(7, "shuffle", 3).integer(10) // true
 */
export function randomStream(seed: number, ...path: (string | number)[]): Stream {
  const name = `${seed}/${path.join("/")}`;
  const key: [number, number] = [hash(name, 0), hash(name, 0x9747b28c)];
  const counter: Block = [0, 0, 0, 0];
  let words: Block = [0, 0, 0, 0];
  let used = 4;
  let spare: number | undefined;

  function word(): number {
    if (used === 4) {
      words = philox(counter, key);
      counter[0] = (counter[0] + 1) >>> 0;
      if (counter[0] === 0) counter[1] = (counter[1] + 1) >>> 0;
      used = 0;
    }
    return words[used++]!;
  }
  const uniform = () => (word() >>> 8) / 0x1000000;

  return {
    uniform,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      // 1 - u lies in (0, 1], so the logarithm is finite.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    integer(bound) {
      // Rejection keeps every residue equally likely.
      const limit = 0x100000000 - (0x100000000 % bound);
      for (;;) {
        const w = word();
        if (w < limit) return w % bound;
      }
    },
    fork: (child) => randomStream(seed, ...path, child),
  };
}

/**
 * A random order of 0..n-1 (Fisher-Yates).
 *
 * @example
 * permutation(randomStream(1, "order"), 5).toSorted() // Uint32Array [0, 1, 2, 3, 4]
 */
export function permutation(stream: Stream, n: number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = stream.integer(i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}
