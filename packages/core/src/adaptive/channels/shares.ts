/** Shares of channels at every entry of a network, from the shares of its groups. */

import type { EntryShares } from "../../costs/index.js";
import { type Node, scalarConstant, type Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { elementCount } from "../../tensor/index.js";
import type { ChannelAnalysis } from "./groups.js";
import type { Layout } from "./layout.js";

/** A value and how many elements it stands for. */
interface Part {
  readonly elements: number;
  /** Undefined: all of it. */
  readonly share: Value | undefined;
}

/** The mean of shares, weighted by elements; undefined where everything is kept. */
function meanShare(parts: readonly Part[]): Value | undefined {
  const total = parts.reduce((n, p) => n + p.elements, 0);
  const [first] = parts;
  if (!first || total === 0 || parts.every((p) => p.share === undefined)) return undefined;
  if (parts.every((p) => p.share === first.share)) return first.share;
  const whole = parts.reduce((n, p) => n + (p.share ? 0 : p.elements), 0);
  const weights = new Map<Value, number>();
  for (const { share, elements } of parts) {
    if (share) weights.set(share, (weights.get(share) ?? 0) + elements);
  }
  const terms = [...weights].map(([share, n]) => f.mul(share, n / total));
  const sum = terms.reduce((a, b) => f.add(a, b));
  return whole === 0 ? sum : f.add(sum, whole / total);
}

/** One value for one mixture of channels: costs find what scales alike by identity. */
export class EntryShareTable {
  private readonly known = new Map<string, Value | undefined>();
  private readonly all = scalarConstant(1);

  constructor(
    private readonly analysis: ChannelAnalysis,
    /** Share of each group by name; groups that are not in it are whole. */
    private readonly shares: ReadonlyMap<string, Value>,
  ) {}

  of(node: Node): EntryShares | undefined {
    const { channels } = this.analysis;
    const inputs = node.inputs.filter((v) => !channels.isStored(v));
    const stored = node.inputs.filter((v) => channels.isStored(v));
    const [ins, outs, weights] = [inputs, node.outputs, stored].map((list) => this.mean(list));
    if (!ins && !outs && !weights) return undefined;
    // Without it, what is stored would be taken to scale with the channels.
    const kept = weights ?? (stored.length > 0 ? this.all : undefined);
    return {
      channels: {
        ...(ins ? { in: ins } : {}),
        ...(outs ? { out: outs } : {}),
        ...(kept ? { weights: kept } : {}),
      },
    };
  }

  private mean(values: readonly Value[]): Value | undefined {
    return this.once(values.map((v) => `${elementCount(v.shape)}:${this.keyOf(v)}`).join(";"), () =>
      meanShare(values.map((v) => ({ elements: elementCount(v.shape), share: this.shareOf(v) }))),
    );
  }

  private layoutsOf(value: Value): Layout[] {
    return value.shape.flatMap((_, axis) => {
      const layout = this.analysis.channels.layoutOf({ value, axis });
      return layout?.some((run) => this.groupShare(run.set)) ? [layout] : [];
    });
  }

  private groupShare(set: Layout[number]["set"]): Value | undefined {
    const group = this.analysis.groupOf.get(set);
    return group && this.shares.get(group.name);
  }

  private keyOf(value: Value): string {
    return this.layoutsOf(value)
      .map((layout) => this.layoutKey(layout))
      .join("x");
  }

  private layoutKey(layout: Layout): string {
    return layout
      .map(({ set, repeat }) => {
        const group = this.analysis.groupOf.get(set);
        return `${group && this.shares.has(group.name) ? group.name : ""}*${set.size * repeat}`;
      })
      .join("+");
  }

  /** The product over the axes that have channels. */
  private shareOf(value: Value): Value | undefined {
    return this.once(`value ${this.keyOf(value)}`, () => {
      const shares = this.layoutsOf(value).map((layout) =>
        this.once(`layout ${this.layoutKey(layout)}`, () =>
          meanShare(
            layout.map(({ set, repeat }) => ({
              elements: set.size * repeat,
              share: this.groupShare(set),
            })),
          ),
        ),
      );
      const present = shares.filter((s) => s !== undefined);
      return present.length === 0 ? undefined : present.reduce((a, b) => f.mul(a, b));
    });
  }

  private once(key: string, make: () => Value | undefined): Value | undefined {
    if (!this.known.has(key)) this.known.set(key, make());
    return this.known.get(key);
  }
}
