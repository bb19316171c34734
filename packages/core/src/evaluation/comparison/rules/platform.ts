/** Times from different platforms: not comparable, or comparable and turned round. */

import type { Facts } from "../facts.js";
import { clearlyLess, type MeasuredRow, type Reading, settingName } from "../model.js";
import { type MisnomerRule, perPair } from "../rule.js";
import { factor, ms } from "../words.js";

/** The time that two rows have in common: the median first, as it is hurt least by a busy machine. */
function times(a: MeasuredRow, b: MeasuredRow): readonly [Reading, Reading] | undefined {
  for (const of of ["p50Ms", "meanMs", "sampleMs"] as const) {
    const [x, y] = [a[of], b[of]];
    if (x && y) return [x, y];
  }
  return undefined;
}

interface Race {
  readonly setting: string;
  readonly a: Reading;
  readonly b: Reading;
}

function racesOf(a: Facts, b: Facts): readonly Race[] {
  return (a.model.measured ?? []).flatMap((row) => {
    const setting = settingName(row);
    const other = b.model.measured?.find((r) => settingName(r) === setting);
    const pair = other && times(row, other);
    return pair ? [{ setting, a: pair[0], b: pair[1] }] : [];
  });
}

const settings = ({ name, model }: Facts): string =>
  `${name} was measured on ${model.measured!.map(settingName).join("; ")}`;

const outcome = (a: Facts, b: Facts, race: Race): string => {
  const [first, second] = race.a.value <= race.b.value ? [a, b] : [b, a];
  const [x, y] = [race.a.value, race.b.value].sort((p, q) => p - q) as [number, number];
  return `${race.setting}: ${first.name} is ${factor(y / x)} times as fast as ${second.name} (${ms(x)} and ${ms(y)})`;
};

export const platform: MisnomerRule = {
  title: "platforms",
  source: "The Efficiency Misnomer, hardware-dependent effects",
  find: perPair((a, b) => {
    if (!a.model.measured?.length || !b.model.measured?.length) return;
    const races = racesOf(a, b);
    if (races.length === 0) {
      return {
        evidence: [settings(a), settings(b)],
        advice:
          "these times say more of the platforms than of the models: measure both in one setting",
      };
    }
    const aWins = races.filter((r) => clearlyLess(r.a, r.b));
    const bWins = races.filter((r) => clearlyLess(r.b, r.a));
    if (aWins.length === 0 || bWins.length === 0) return;
    return {
      evidence: [...aWins, ...bWins].map((r) => outcome(a, b, r)),
      advice:
        "the faster model depends on the machine: report the one it will run on, or all of them",
    };
  }),
};
