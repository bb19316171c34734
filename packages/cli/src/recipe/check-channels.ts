/** Which keys of `channels` go with a way to choose them: not every kind has gates, and not every gate a temperature. */

import { type ChannelGateName, channelGateNames, channelGates } from "@frugal/core/adaptive";
import { UserError } from "@frugal/core/base";
import type { DeciderName, ResolvedRecipe } from "./schema.js";

type Channels = NonNullable<ResolvedRecipe["channels"]>;

const gateNames: ReadonlySet<string> = new Set(channelGateNames);
const isGate = (kind: DeciderName): kind is ChannelGateName => gateNames.has(kind);

/** By key, the kinds that it means something to. */
const kindsOf = {
  temperature: channelGateNames.filter((name) => channelGates[name].temperature !== undefined),
  cost: channelGateNames,
} as const satisfies Partial<Record<keyof Channels, readonly ChannelGateName[]>>;

const keys = Object.keys(kindsOf) as (keyof typeof kindsOf)[];

const means = (key: keyof typeof kindsOf, kind: DeciderName): boolean =>
  isGate(kind) && kindsOf[key].includes(kind);

/**
 * The same decision made in another way: without what means nothing there.
 *
 * @example
 * withKind({ kind: "hardConcrete", multiple: 8, controller: "pi", temperature: 0.5 }, "random").temperature // undefined
 */
export function withKind(channels: Channels, kind: DeciderName): Channels {
  const lost = new Set<string>(keys.filter((key) => !means(key, kind)));
  const kept = Object.entries(channels).filter(([key]) => !lost.has(key));
  return { ...(Object.fromEntries(kept) as Channels), kind };
}

/** @throws UserError E_CONFIG for a key that means nothing to the kind of decision. */
export function checkChannels({ channels }: ResolvedRecipe, source: string): void {
  if (!channels) return;
  const { kind } = channels;
  const key = keys.find((k) => channels[k] !== undefined && !means(k, kind));
  if (key === undefined) return;
  throw new UserError("E_CONFIG", `channels of kind ${kind} have no ${key}`, {
    where: `${source}: channels.${key}`,
    allowed: `with kind ${kindsOf[key].join(", ")}`,
    next: `remove channels.${key}, or choose another kind`,
  });
}
