/** Reads the runtime's own profile back into the terms of our graph. */

import type { NodeTime } from "@frugal/core/engine";
import { INNER } from "@frugal/core/lowering";

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

/** Node times from the runtime's profile file: its node names carry `phase|path|op|number`. */
export function nodeTimes(json: string): NodeTime[] {
  const events = JSON.parse(json) as ProfileEvent[];
  return events
    .filter((e) => e.cat === "Node" && e.name.endsWith("_kernel_time"))
    .filter((e) => !e.name.startsWith(`${INNER}|`))
    .map((e) => {
      const [phase = "", path = "", op = ""] = e.name.slice(0, -"_kernel_time".length).split("|");
      return { phase, path, op, kernel: e.args?.op_name ?? "", startUs: e.ts, durationUs: e.dur };
    });
}
