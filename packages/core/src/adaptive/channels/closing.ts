/** Which parameters must be 0 so that a channel is 0 wherever it is read. */

import { type Axis, constantTensor, type Value } from "../../graph/index.js";
import type { Channels, StoredAxis } from "./flow.js";
import type { ChannelSet } from "./layout.js";

export type Closing = { readonly axes: readonly StoredAxis[] } | { readonly failure: string };

const failed = (failure: string): Closing => ({ failure });

/** All of them, or the first failure. */
function every(list: readonly Closing[]): Closing {
  const axes: StoredAxis[] = [];
  for (const closing of list) {
    if ("failure" in closing) return closing;
    axes.push(...closing.axes);
  }
  return { axes };
}

/** The first that works. */
function some(list: readonly (() => Closing)[], otherwise: string): Closing {
  let last: Closing | undefined;
  for (const attempt of list) {
    const closing = attempt();
    if (!("failure" in closing)) return closing;
    last ??= closing;
  }
  return last ?? failed(otherwise);
}

const isZero = (value: Value): boolean =>
  constantTensor(value)?.data.every((v) => Number(v) === 0) ?? false;

export class Closer {
  private readonly known = new Map<ChannelSet, Map<Value, Map<number, Closing>>>();

  constructor(private readonly channels: Channels) {}

  /** What closes `set` along an axis: walks from readers towards parameters, which is deep, so results are kept. */
  close(set: ChannelSet, at: Axis): Closing {
    const bySet = this.known.get(set) ?? new Map<Value, Map<number, Closing>>();
    this.known.set(set, bySet);
    const byAxis = bySet.get(at.value) ?? new Map<number, Closing>();
    bySet.set(at.value, byAxis);
    const known = byAxis.get(at.axis);
    if (known) return known;
    const closing = this.search(set, at);
    byAxis.set(at.axis, closing);
    return closing;
  }

  /** One of the two factors of a sum of products is enough; the weight's columns are the second choice. */
  closeContraction(set: ChannelSet, axes: readonly [Axis, Axis]): Closing {
    const isWeight = (a: Axis) => this.channels.storedAt(a).length > 0;
    const ordered = [...axes].sort((a, b) => Number(isWeight(a)) - Number(isWeight(b)));
    return some(
      ordered.map((a) => () => this.close(set, a)),
      "nothing closes it",
    );
  }

  private search(set: ChannelSet, at: Axis): Closing {
    const { value, axis } = at;
    const layout = this.channels.layoutOf(at);
    // Other channels beside it on a joined axis need not be 0.
    if (!layout?.some((run) => run.set === set)) return { axes: [] };
    const path = this.channels.pathOf(value);
    if (path !== undefined) return { axes: [{ path, axis }] };
    const { node } = value;
    const where = `${node.op.kind}${node.path ? ` in ${node.path}` : ""}`;
    const lists = this.channels.flowOf(node)?.zeroWhen;
    if (!lists) return failed(`closed channels are not 0 after ${where}`);
    const sources = this.channels.sourcesOf(at);
    const closeInput = (i: number): Closing => {
      const input = node.inputs[i]!;
      const own = sources.filter((s) => s.value === input);
      if (own.length > 0) return every(own.map((s) => this.close(set, s)));
      return isZero(input) ? { axes: [] } : failed(`closed channels are not 0 after ${where}`);
    };
    return every(
      lists.map((list) =>
        some(
          list.map((i) => () => closeInput(i)),
          `closed channels are not 0 after ${where}`,
        ),
      ),
    );
  }
}
