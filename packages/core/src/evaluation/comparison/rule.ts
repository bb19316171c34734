/** What a warning is made of, and how rules look at models one by one or in pairs. */

import type { Device } from "../../costs/index.js";
import type { Facts } from "./facts.js";

export interface MisnomerOptions {
  /**
   * FLOPs per byte at which the target's arithmetic and its memory are equally busy: 2 * peak MACs per second / bytes per
   * second. Default: of the first device, or `DEFAULT_BALANCE`.
   */
  readonly machineBalance?: number;
  /** Devices to compute roofline latencies for. Default none. */
  readonly devices?: readonly Device[];
}

/** What a rule found: in words, with numbers. */
export interface Finding {
  readonly models: readonly string[];
  /** The one of them in which the cause lies, where there is one. */
  readonly subject?: string;
  readonly evidence: readonly string[];
  readonly advice: string;
}

export interface MisnomerRule {
  readonly title: string;
  /** Where the rule comes from. */
  readonly source: string;
  find(models: readonly Facts[], options: MisnomerOptions): readonly Finding[];
}

type Found = Omit<Finding, "models"> | undefined;

/** A rule about a model on its own. */
export const perModel =
  (check: (model: Facts) => Found): MisnomerRule["find"] =>
  (models) =>
    models.flatMap((m) => {
      const found = check(m);
      return found ? [{ models: [m.name], ...found }] : [];
    });

/** A rule about a comparison: it looks at every two models, in their order. */
export const perPair =
  (check: (a: Facts, b: Facts, options: MisnomerOptions) => Found): MisnomerRule["find"] =>
  (models, options) =>
    models.flatMap((a, i) =>
      models.slice(i + 1).flatMap((b) => {
        const found = check(a, b, options);
        return found ? [{ models: [a.name, b.name], ...found }] : [];
      }),
    );
