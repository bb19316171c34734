/** Times from different platforms: not comparable, or comparable and turned round. */

import { type Device, rooflineLatency } from "../../../costs/index.js";
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

/** Does the order turn between two of the races? */
function turnsIn(races: readonly Race[]): readonly Race[] {
  const aWins = races.filter((r) => clearlyLess(r.a, r.b));
  const bWins = races.filter((r) => clearlyLess(r.b, r.a));
  return aWins.length > 0 && bWins.length > 0 ? [...aWins, ...bWins] : [];
}

/** The same race by the figures of each device. */
function modelledRaces(a: Facts, b: Facts, devices: readonly Device[]): readonly Race[] {
  const [x, y] = [a.model.profile, b.model.profile];
  if (x === undefined || y === undefined) return [];
  return devices.map((device) => ({
    setting: `by the roofline of ${device.name}`,
    a: { value: rooflineLatency(x.ledger, device) },
    b: { value: rooflineLatency(y.ledger, device) },
  }));
}

export const platform: MisnomerRule = {
  title: "platforms",
  source: "The Efficiency Misnomer, hardware-dependent effects",
  find: perPair((a, b, { devices = [] }) => {
    const measured = [a, b].every((m) => m.model.measured?.length);
    const races = racesOf(a, b);
    if (measured && races.length === 0) {
      return {
        evidence: [settings(a), settings(b)],
        advice:
          "these times say more of the platforms than of the models: measure both in one setting",
      };
    }
    const turned = [...turnsIn(races), ...turnsIn(modelledRaces(a, b, devices))];
    if (turned.length === 0) return;
    return {
      evidence: turned.map((r) => outcome(a, b, r)),
      advice:
        "the faster model depends on the machine: report the one it will run on, or all of them",
    };
  }),
};
