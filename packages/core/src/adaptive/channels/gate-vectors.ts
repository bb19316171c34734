/** Where gates meet parameters: a vector of gates laid out along an axis that several groups may share. */

import type { Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import type { Shape } from "../../tensor/index.js";
import { ones } from "./gates/gate.js";
import type { ChannelGroup, GroupAxis } from "./groups.js";

interface Placed {
  readonly at: GroupAxis;
  readonly group: ChannelGroup;
}

/** Every axis that is gated, by parameter, with the groups along it in order. */
export function gatedAxes(groups: readonly ChannelGroup[]): Map<string, Map<number, Placed[]>> {
  const axes = new Map<string, Map<number, Placed[]>>();
  for (const group of groups) {
    for (const at of group.gated) {
      const byAxis = axes.get(at.path) ?? new Map<number, Placed[]>();
      axes.set(at.path, byAxis);
      byAxis.set(at.axis, [...(byAxis.get(at.axis) ?? []), { at, group }]);
    }
  }
  for (const byAxis of axes.values()) {
    for (const list of byAxis.values()) list.sort((a, b) => a.at.start - b.at.start);
  }
  return axes;
}

/** The gates of all entries along an axis of `length`: 1 where no group has a gate. */
function alongAxis(
  length: number,
  placed: readonly Placed[],
  zOf: (g: ChannelGroup) => Value,
): Value {
  const parts: Value[] = [];
  let end = 0;
  for (const { at, group } of placed) {
    if (at.start > end) parts.push(ones(at.start - end));
    const z = zOf(group);
    const long =
      at.repeat === 1 ? z : f.expand(f.reshape(z, [group.size, 1]), [group.size, at.repeat]);
    parts.push(at.repeat === 1 ? z : f.reshape(long, [group.size * at.repeat]));
    end = at.start + group.size * at.repeat;
  }
  if (end < length) parts.push(ones(length - end));
  return f.concat(parts, { axis: 0 });
}

/** A parameter times the gates along its axes. */
export function gated(
  value: Value,
  axes: ReadonlyMap<number, readonly Placed[]>,
  zOf: (group: ChannelGroup) => Value,
): Value {
  let result = value;
  for (const [axis, placed] of axes) {
    const vector = alongAxis(value.shape[axis]!, placed, zOf);
    const shape: Shape = value.shape.map((d, i) => (i === axis ? d : 1));
    result = f.mul(result, f.reshape(vector, shape));
  }
  return result;
}
