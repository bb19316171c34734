/** The table of a comparison: one column per indicator, measured ones once for each setting. */

import type { Device } from "../../costs/index.js";
import { factsOf } from "./facts.js";
import { type Indicator, isMissing, type Missing } from "./indicator.js";
import { type IndicatorName, indicatorNames, indicators } from "./indicators.js";
import {
  type ComparedModel,
  clearlyLess,
  type MeasuredRow,
  type Reading,
  settingName,
} from "./model.js";

export interface IndicatorColumn {
  /** The indicator's name, with the setting or the device after "@" where there is one. */
  readonly id: string;
  readonly indicator: IndicatorName;
  readonly title: string;
  readonly unit: Indicator["unit"];
  readonly source: Indicator["source"];
  /** Where it was measured, or the device whose figures were used. */
  readonly setting?: string;
  /** By model, in their order. */
  readonly readings: readonly (Reading | Missing)[];
  /** Models that no other is clearly better than; none where all are, or where only one has a number. */
  readonly winners: readonly string[];
  /**
   * Id of an earlier column that it is a fixed multiple of, for these models: FLOPs of MACs, always; active parameters of
   * parameters, where all are active. It is shown and has no vote of its own.
   */
  readonly repeats?: string;
}

/** Settings in which anything was measured, in order of appearance. */
function settingsOf(models: readonly ComparedModel[]): readonly string[] {
  return [...new Set(models.flatMap((m) => (m.measured ?? []).map(settingName)))];
}

const rowIn = (model: ComparedModel, setting: string): MeasuredRow | undefined =>
  model.measured?.find((row) => settingName(row) === setting);

function winnersOf(
  models: readonly ComparedModel[],
  readings: readonly (Reading | Missing)[],
): readonly string[] {
  const known = models.flatMap(({ name }, i) => {
    const reading = readings[i]!;
    return isMissing(reading) ? [] : [{ name, reading }];
  });
  if (known.length < 2) return [];
  const best = known.filter((k) => !known.some((o) => clearlyLess(o.reading, k.reading)));
  return best.length === known.length ? [] : best.map((k) => k.name);
}

/** Measured numbers never repeat each other: that they are equal is news. */
function isMultiple(a: IndicatorColumn, b: IndicatorColumn): boolean {
  if (a.source !== "counted" || b.source !== "counted") return false;
  const ratios: number[] = [];
  for (const [i, x] of a.readings.entries()) {
    const y = b.readings[i]!;
    if (isMissing(x) && isMissing(y)) continue;
    if (isMissing(x) || isMissing(y) || y.value === 0) return false;
    ratios.push(x.value / y.value);
  }
  return ratios.length > 1 && ratios.every((r) => Math.abs(r - ratios[0]!) <= 1e-12 * r);
}

/** Readings of an indicator: once, or once for each setting or device. */
function readingsOf(
  indicator: Indicator,
  models: readonly ComparedModel[],
  devices: readonly Device[],
): readonly { readonly readings: readonly (Reading | Missing)[]; readonly setting?: string }[] {
  if ("value" in indicator) return [{ readings: models.map((m) => indicator.value(factsOf(m))) }];
  if ("on" in indicator) {
    return devices.map((device) => ({
      readings: models.map((m) => indicator.on(device, factsOf(m))),
      setting: device.name,
    }));
  }
  return settingsOf(models).map((setting) => ({
    readings: models.map((m) => {
      const row = rowIn(m, setting);
      return (row && indicator.of(row)) ?? { missing: `not measured on ${setting}` };
    }),
    setting,
  }));
}

/** All columns in which at least one model has a number. */
export function columnsOf(
  models: readonly ComparedModel[],
  devices: readonly Device[] = [],
): readonly IndicatorColumn[] {
  const columns = indicatorNames.flatMap((name): IndicatorColumn[] => {
    const indicator: Indicator = indicators[name];
    const { title, unit, source } = indicator;
    return readingsOf(indicator, models, devices)
      .filter(({ readings }) => !readings.every(isMissing))
      .map(({ readings, setting }) => ({
        id: setting === undefined ? name : `${name}@${setting}`,
        indicator: name,
        title,
        unit,
        source,
        ...(setting === undefined ? {} : { setting }),
        readings,
        winners: winnersOf(models, readings),
      }));
  });
  return columns.map((column, i) => {
    const first = columns.slice(0, i).find((earlier) => isMultiple(column, earlier));
    return first ? { ...column, repeats: first.id } : column;
  });
}

/** Columns that have a vote when the indicators of a comparison are asked. */
export const votingColumns = (columns: readonly IndicatorColumn[]): readonly IndicatorColumn[] =>
  columns.filter((c) => c.repeats === undefined);
