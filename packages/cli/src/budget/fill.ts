/** The largest network under a budget: how many channels each group keeps, from the order in which they are wanted. */

/** Exchanges of a kind that are tried, and blocks that one gives up. */
const TRIES = 400;
const MOST = 3;
/** A load from which no better fit is looked for. */
const ENOUGH = 0.99;

/** Channels of a network, of which some are kept. */
export interface FillGroup {
  readonly name: string;
  /** Of each channel: the larger, the sooner it is kept. */
  readonly scores: readonly number[];
  /** How many it may keep: rising, up to all of them. */
  readonly sizes: readonly number[];
}

/** Channels that each group keeps. */
export type Counts = Readonly<Record<string, number>>;

export interface FillOptions {
  /** Cost over limit of the tightest limit: at most 1 fits. Rises with every count. */
  readonly load: (counts: Counts) => number;
}

interface Block {
  readonly group: string;
  readonly channels: number;
  readonly score: number;
}

const descending = (scores: readonly number[]): number[] =>
  [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);

/** The blocks of a group in the order in which they are kept. */
function blocksOf({ name, scores, sizes }: FillGroup): Block[] {
  const sorted = descending(scores).map((i) => scores[i]!);
  return sizes.map((end, b) => {
    const own = sorted.slice(sizes[b - 1] ?? 0, end);
    return {
      group: name,
      channels: own.length,
      score: own.reduce((sum, s) => sum + s, 0) / own.length,
    };
  });
}

/** Blocks after the first of every group, best first; a later block of a group never goes before an earlier one. */
function wanted(groups: readonly (readonly Block[])[]): Block[] {
  const all = groups.flatMap((blocks, g) => blocks.slice(1).map((block, i) => ({ block, g, i })));
  all.sort((a, b) => b.block.score - a.block.score || a.i - b.i || a.g - b.g);
  return all.map(({ block }) => block);
}

const added = (counts: Counts, { group, channels }: Block): Counts => ({
  ...counts,
  [group]: counts[group]! + channels,
});

/** Adds what still fits, in order. A group whose next block does not fit is left: what is added elsewhere makes it dearer. */
function fillUp(start: Counts, order: readonly Block[], load: FillOptions["load"]): Counts {
  let counts = start;
  const full = new Set<string>();
  for (const block of order) {
    if (full.has(block.group)) continue;
    const next = added(counts, block);
    if (load(next) <= 1) counts = next;
    else full.add(block.group);
  }
  return counts;
}

/**
 * Channels that each group keeps: the longest beginning of the order that fits, then what else fits. Where that leaves much
 * of the budget, a few blocks are given up for others that fill it better.
 *
 * Undefined where not even one block of every group fits.
 *
 * @example
 * const sizes = [1, 2];
 * const groups = [{ name: "a", scores: [3, 1], sizes }, { name: "b", scores: [2, 4], sizes }];
 * // A channel of a costs 3, one of b 2.
 * fillBudget(groups, { load: ({ a, b }) => (3 * a + 2 * b) / 7 }) // { a: 1, b: 2 }
 */
export function fillBudget(groups: readonly FillGroup[], options: FillOptions): Counts | undefined {
  const known = new Map<string, number>();
  const load = (counts: Counts): number => {
    const key = groups.map(({ name }) => counts[name]).join();
    const value = known.get(key) ?? options.load(counts);
    known.set(key, value);
    return value;
  };
  const blocks = groups.map(blocksOf);
  const least: Counts = Object.fromEntries(blocks.map(([b]) => [b!.group, b!.channels]));
  if (load(least) > 1) return undefined;
  const order = wanted(blocks);
  const prefix = (n: number): Counts => order.slice(0, n).reduce(added, least);
  let [fits, tooMany] = [0, order.length + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (load(prefix(middle)) <= 1) fits = middle;
    else tooMany = middle;
  }
  let best = fillUp(prefix(fits), order.slice(fits), load);
  for (let gone = 1; gone <= MOST && load(best) < ENOUGH && groups.length ** gone <= TRIES; ) {
    const next = exchanged(best, { gone, blocks, load });
    // A better fit may be bettered by a small exchange again.
    gone = load(next) > load(best) ? 1 : gone + 1;
    best = next;
  }
  return best;
}

interface Exchange {
  readonly gone: number;
  readonly blocks: readonly (readonly Block[])[];
  readonly load: FillOptions["load"];
}

/** What fills the budget best after `gone` blocks were given up. Nothing is better than a fit that is good enough. */
function exchanged(counts: Counts, { gone, blocks, load }: Exchange): Counts {
  let best = counts;
  const rest = (from: Counts, without: ReadonlySet<string>): Block[] =>
    wanted(
      blocks.map((own) => {
        const have = from[own[0]!.group]!;
        const left = own.filter((_, i) => sum(own.slice(0, i)) >= have);
        // The first is what the group has: it is not added again.
        return without.has(own[0]!.group) ? [] : [own[0]!, ...left];
      }),
    );
  const tryFrom = (from: Counts, given: readonly string[], left: number): void => {
    if (load(best) >= ENOUGH) return;
    if (left === 0) {
      const filled = fillUp(from, rest(from, new Set(given)), load);
      if (load(filled) > load(best)) best = filled;
      return;
    }
    for (const own of blocks) {
      const { group } = own[0]!;
      const kept = own.filter((_, i) => sum(own.slice(0, i + 1)) <= from[group]!);
      if (kept.length < 2) continue;
      const channels = from[group]! - kept.at(-1)!.channels;
      tryFrom({ ...from, [group]: channels }, [...given, group], left - 1);
    }
  };
  tryFrom(counts, [], gone);
  return best;
}

const sum = (blocks: readonly Block[]): number => blocks.reduce((n, b) => n + b.channels, 0);

/** The channels of best score, as many as are kept. */
export function keptOf(groups: readonly FillGroup[], counts: Counts): Record<string, boolean[]> {
  return Object.fromEntries(
    groups.map(({ name, scores }) => {
      const chosen = new Set(descending(scores).slice(0, counts[name]));
      return [name, scores.map((_, i) => chosen.has(i))];
    }),
  );
}
