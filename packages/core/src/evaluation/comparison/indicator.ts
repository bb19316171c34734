/** One indicator of cost: how it is read from a model, and why it may be missing. */

import type { Device } from "../../costs/index.js";
import type { Facts } from "./facts.js";
import type { Counts, MeasuredRow, Reading } from "./model.js";

/** Why there is no number. */
export interface Missing {
  readonly missing: string;
}

export const isMissing = (r: Reading | Missing): r is Missing => "missing" in r;

export type IndicatorUnit = "numbers" | "MACs" | "FLOPs" | "ops" | "B" | "kernels" | "J" | "ms";

export interface IndicatorBase {
  readonly title: string;
  readonly unit: IndicatorUnit;
  /** Every indicator is a cost. */
  readonly better: "less";
  /** Counted from the graph, modelled with a table, or measured. */
  readonly source: "counted" | "modelled" | "measured";
}

/** Of the model alone. */
export interface ModelIndicator extends IndicatorBase {
  value(facts: Facts): Reading | Missing;
}

/** Of the model in one setting: machine, provider, threads, batch. */
export interface MeasuredIndicator extends IndicatorBase {
  readonly source: "measured";
  of(row: MeasuredRow): Reading | undefined;
}

/** Of the model on one device, by the device's own figures. */
export interface DeviceIndicator extends IndicatorBase {
  readonly source: "modelled";
  on(device: Device, facts: Facts): Reading | Missing;
}

export type Indicator = ModelIndicator | MeasuredIndicator | DeviceIndicator;

/** An indicator that is one of the counts. */
export const counted = (
  title: string,
  unit: IndicatorUnit,
  count: keyof Counts,
  source: ModelIndicator["source"] = "counted",
): ModelIndicator => ({
  title,
  unit,
  better: "less",
  source,
  value(facts) {
    const value = facts[count];
    return value === undefined ? { missing: "there is no file to count" } : { value };
  },
});

/** An indicator that a table or a device model computes from the counts. */
export const modelled = (title: string, unit: IndicatorUnit, count: keyof Counts): ModelIndicator =>
  counted(title, unit, count, "modelled");

/** An indicator that is a column of the measurements. */
export const measured = (
  title: string,
  unit: IndicatorUnit,
  of: MeasuredIndicator["of"],
): MeasuredIndicator => ({ title, unit, better: "less", source: "measured", of });
