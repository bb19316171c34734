/** The table of a comparison: one column per indicator, measured ones once for each setting. */

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
  /** The indicator's name, with the setting after "@" where it was measured. */
  readonly id: string;
  readonly indicator: IndicatorName;
  readonly title: string;
  readonly unit: Indicator["unit"];
  readonly source: Indicator["source"];
  /** Where it was measured. */
  readonly setting?: string;
  /** By model, in their order. */
  readonly readings: readonly (Reading | Missing)[];
  /** Models that no other is clearly better than; none where all are, or where only one has a number. */
  readonly winners: readonly string[];
  /** Whether it counts as a choice of its own when indicators vote. */
  readonly votes: boolean;
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

/** All columns in which at least one model has a number. */
export function columnsOf(models: readonly ComparedModel[]): readonly IndicatorColumn[] {
  const settings = settingsOf(models);
  return indicatorNames.flatMap((name) => {
    const indicator = indicators[name];
    const column = (
      readings: readonly (Reading | Missing)[],
      setting?: string,
    ): IndicatorColumn[] => {
      if (readings.every(isMissing)) return [];
      const { title, unit, source, multipleOf } = indicator;
      const where = setting === undefined ? {} : { setting };
      return [
        {
          id: setting === undefined ? name : `${name}@${setting}`,
          indicator: name,
          title,
          unit,
          source,
          ...where,
          readings,
          winners: winnersOf(models, readings),
          votes: multipleOf === undefined,
        },
      ];
    };
    if ("value" in indicator) return column(models.map((m) => indicator.value(factsOf(m))));
    return settings.flatMap((setting) =>
      column(
        models.map((m) => {
          const row = rowIn(m, setting);
          return (row && indicator.of(row)) ?? { missing: `not measured on ${setting}` };
        }),
        setting,
      ),
    );
  });
}
