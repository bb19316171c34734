/** The runtime's profile of a foreign model as time per layer. */

export interface LayerTime {
  readonly path: string;
  /** Mean over the profiled runs, without the time of layers inside it. */
  readonly ms: number;
  /** Of the time of all layers. */
  readonly share: number;
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
}

const KERNEL = "_kernel_time";

/** Our own files name nodes `phase|path|op|number`; others as they like. */
function layerPath(nodeName: string): string {
  const parts = nodeName.replace(/_nchwc$/, "").split("|");
  return parts.length === 4 ? parts[1] || parts[2]! : parts[0]!;
}

/** A loop's time includes its body's nodes, which are events of their own: each keeps what is its alone. */
function selfTimes(events: readonly ProfileEvent[]): { readonly path: string; us: number }[] {
  const order = events.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur);
  const open: { end: number; time: { path: string; us: number } }[] = [];
  return order.map((e) => {
    while (open.length > 0 && open.at(-1)!.end < e.ts + e.dur) open.pop();
    const outer = open.at(-1);
    if (outer) outer.time.us -= e.dur;
    const time = { path: layerPath(e.name.slice(0, -KERNEL.length)), us: e.dur };
    open.push({ end: e.ts + e.dur, time });
    return time;
  });
}

/** Mean time of each layer over the runs after the first `skip`, in order of first appearance. */
export function layerTimes(json: string, { skip }: { readonly skip: number }): LayerTime[] {
  const events = JSON.parse(json) as ProfileEvent[];
  const runs = events
    .filter((e) => e.cat === "Session" && e.name === "model_run")
    .toSorted((a, b) => a.ts - b.ts)
    .slice(skip);
  const first = runs[0];
  if (!first) return [];
  const nodes = events.filter(
    (e) => e.cat === "Node" && e.name.endsWith(KERNEL) && e.ts >= first.ts,
  );
  const sums = new Map<string, number>();
  for (const { path, us } of selfTimes(nodes)) sums.set(path, (sums.get(path) ?? 0) + us);
  const total = [...sums.values()].reduce((sum, us) => sum + us, 0);
  return [...sums].map(([path, us]) => ({
    path,
    ms: us / 1000 / runs.length,
    share: total === 0 ? 0 : us / total,
  }));
}
