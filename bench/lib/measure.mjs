/** Interleaved measurement: contestants take turns, so that a slow minute of the machine hits all of them. */

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * Runs `rounds` rounds of `steps` steps of each contestant in turn. Gives each one's median step, its median of every round, and, per pair with the
 * first, the median of the ratios round by round with their range: what a noisy machine cannot distort.
 */
export async function interleave(contestants, { rounds, steps }) {
  const names = Object.keys(contestants);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Alternate who begins: the machine may slow down within a round.
    const order = round % 2 ? names.toReversed() : names;
    for (const name of order)
      times[name].push(median(await contestants[name].run(steps[name] ?? steps.default ?? steps)));
  }
  const [first, ...others] = names;
  const ratios = Object.fromEntries(
    others.map((name) => {
      const perRound = times[first].map((ms, i) => ms / times[name][i]);
      return [
        name,
        { median: median(perRound), min: Math.min(...perRound), max: Math.max(...perRound) },
      ];
    }),
  );
  const ms = Object.fromEntries(names.map((n) => [n, median(times[n])]));
  return { ms, ratios, perRound: times };
}

export const round = (value, digits = 3) => Number(value.toPrecision(digits));
