// What is read from the result files: groups of runs, means over seeds, and the lambda that validation chooses.

import { deviation, mean } from "../statistics.mjs";

/** Two-sided 95 % quantiles of Student's t by degrees of freedom. */
const T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** Half the 95 % interval of the mean over seeds. */
export const half = (values) =>
  (T[values.length - 2] * deviation(values)) / Math.sqrt(values.length);

/** Runs of one setting, in the order of their seeds. */
export function groupsOf(runs) {
  const names = [...new Set(runs.map((r) => r.setting))];
  return names.map((setting) => {
    const own = runs.filter((r) => r.setting === setting).sort((a, b) => a.seed - b.seed);
    const { method, lambda } = own[0];
    return {
      setting,
      method,
      lambda,
      seeds: own.map((r) => r.seed),
      of: (pick) => own.map(pick),
    };
  });
}

/** Accuracy that may be lost, by validation for the choice and by test for the mark: half a point. */
export const LARGEST_DROP = 0.005;

/** Of EAT's lambdas that keep validation accuracy within half a point, the one that spends least there. */
export function chosenOf(groups) {
  const standard = groups.find((g) => g.method === "standard");
  const eat = groups.filter((g) => g.method === "EAT");
  if (!standard || eat.length === 0) return undefined;
  const accuracy = (g) => mean(g.of((r) => r.validation.accuracy));
  const energy = (g) => mean(g.of((r) => r.validation.reference));
  const fit = eat.filter((g) => accuracy(g) >= accuracy(standard) - LARGEST_DROP);
  const best = (list, key) => list.reduce((a, b) => (key(b) < key(a) ? b : a));
  return fit.length > 0 ? best(fit, energy) : best(eat, (g) => -accuracy(g));
}

/** By kind of layer, share of values that are not zero in the standard networks and in others, the largest fall first. */
export function fallsOf(standard, other) {
  return Object.keys(standard.of((r) => r.test.kinds)[0])
    .map((kind) => {
      const share = (g) => mean(g.of((r) => r.test.kinds[kind]));
      return { kind, before: share(standard), after: share(other) };
    })
    .map((f) => ({ ...f, fall: f.before - f.after }))
    .sort((a, b) => b.fall - a.fall);
}
