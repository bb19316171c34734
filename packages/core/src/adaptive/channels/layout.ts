/** Which channels lie along an axis: runs of channels that are kept or removed together, found by unification. */

/** Channels that are made, read and removed together. It changes while a network is analysed, and not after. */
export class ChannelSet {
  /** What it turned out to consist of. */
  parts?: Layout;
  /** Why none of its channels can be removed. */
  fixed?: string;

  constructor(readonly size: number) {}
}

/** All channels of a set in order, each `repeat` times in a row. */
export interface Run {
  readonly set: ChannelSet;
  readonly repeat: number;
}

/** Runs that make up an axis. */
export type Layout = readonly Run[];

const lengthOf = ({ set, repeat }: Run): number => set.size * repeat;

/** The layout in terms of sets that consist of nothing else. */
export const resolved = (layout: Layout): Layout =>
  layout.flatMap((run) => (run.set.parts ? scaled(resolved(run.set.parts), run.repeat) : [run]));

/** Every entry `repeat` times in a row. */
export const scaled = (layout: Layout, repeat: number): Layout =>
  repeat === 1 ? layout : layout.map((run) => ({ set: run.set, repeat: run.repeat * repeat }));

/** The first reason stays: it is the nearest to the cause. */
export function fix(layout: Layout, reason: string): void {
  for (const { set } of resolved(layout)) set.fixed ??= reason;
}

function replace(set: ChannelSet, parts: Layout): void {
  set.parts = parts;
  if (set.fixed !== undefined) fix(parts, set.fixed);
}

/** Cuts a set in two. */
function cut(set: ChannelSet, at: number): void {
  const parts = [new ChannelSet(at), new ChannelSet(set.size - at)];
  replace(
    set,
    parts.map((part) => ({ set: part, repeat: 1 })),
  );
}

/** Makes the beginnings of two runs the same, of which one repeats channels `factor` times as often. */
function align(whole: Run, part: Run, factor: number): boolean {
  if (lengthOf(part) === lengthOf(whole)) {
    replace(part.set, [{ set: whole.set, repeat: factor }]);
  } else if (lengthOf(part) > lengthOf(whole)) {
    cut(part.set, whole.set.size * factor);
  } else if (part.set.size % factor === 0) {
    cut(whole.set, part.set.size / factor);
  } else {
    return false;
  }
  return true;
}

/**
 * Makes the sets of two layouts of one length the same, cutting them where borders differ. Where one repeats channels in
 * a way that the other cannot follow, both are fixed.
 */
export function unify(a: Layout, b: Layout, mismatch: string): void {
  let [left, right] = [resolved(a), resolved(b)];
  while (left.length > 0 && right.length > 0) {
    const [p, q] = [left[0]!, right[0]!];
    if (p.set === q.set && p.repeat === q.repeat) {
      [left, right] = [left.slice(1), right.slice(1)];
      continue;
    }
    // The one that repeats more is the one whose channels both have.
    const [whole, part] = p.repeat >= q.repeat ? [p, q] : [q, p];
    const factor = whole.repeat / part.repeat;
    const fits = Number.isInteger(factor) && whole.set !== part.set;
    if (!fits || !align(whole, part, factor)) {
      fix(left, mismatch);
      fix(right, mismatch);
      return;
    }
    [left, right] = [resolved(left), resolved(right)];
  }
}
