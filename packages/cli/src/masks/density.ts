/** The largest density that keeps a budget. */

/** Halvings: what is left is below the distance of two doubles. */
const HALVINGS = 60;

/**
 * The largest density in (0, 1) that keeps a budget, with no more digits than tell it from others; undefined where none does.
 *
 * keeps: whether the budget is kept, for every density below one that keeps it. alike: whether two densities keep the
 * same weights.
 */
export function largestDensity(
  keeps: (density: number) => boolean,
  alike: (a: number, b: number) => boolean,
): number | undefined {
  let [low, high] = [0, 1];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (keeps(middle)) low = middle;
    else high = middle;
  }
  if (low === 0) return undefined;
  for (let digits = 1; digits < 17; digits++) {
    const scale = 10 ** digits;
    const short = Math.floor(low * scale) / scale;
    if (short > 0 && alike(short, low)) return short;
  }
  return low;
}
