/** Random small networks with random decisions: what the laws of costs are checked on. */

import fc from "fast-check";
import { buildGraph, input, type Value, withPath } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { randomStream, type Stream } from "../../random/index.js";
import { ledgerOf } from "../graph-ledger.js";
import { type Ledger, withShares } from "../ledger.js";

const layers = ["conv", "strided", "depthwise", "pool", "relu", "residual", "shared"] as const;

export interface NetPlan {
  readonly layers: readonly (typeof layers)[number][];
  readonly seed: number;
}

export const netPlans: fc.Arbitrary<NetPlan> = fc.record({
  layers: fc.array(fc.constantFrom(...layers), { minLength: 1, maxLength: 7 }),
  seed: fc.nat(),
});

/** Samples that decisions differ for. */
const SAMPLES = 3;

export interface RandomNet {
  readonly ledger: Ledger;
  /** The same with shares of everything that can be shared; the values are graph inputs. */
  readonly decided: Ledger;
  /** Names of the shares with the numbers to feed, one or one per sample. */
  readonly shares: ReadonlyMap<string, readonly number[]>;
  readonly inputs: readonly Value[];
}

class Builder {
  readonly parameters: Value[] = [];
  private last: Value | undefined;

  constructor(private readonly stream: Stream) {}

  private weight(shape: readonly number[]): Value {
    const w = input(`w${this.parameters.length}`, shape);
    this.parameters.push(w);
    return w;
  }

  layer(kind: NetPlan["layers"][number], x: Value): Value {
    const [, c, h] = x.shape as [number, number, number];
    const build: Record<typeof kind, () => Value> = {
      conv: () => f.conv(x, this.weight([2 + this.stream.integer(4), c, 3, 3]), { pads: 1 }),
      strided: () =>
        f.conv(x, this.weight([2 + this.stream.integer(4), c, 3, 3]), { pads: 1, strides: 2 }),
      depthwise: () => f.conv(x, this.weight([c, 1, 3, 3]), { pads: 1, groups: c }),
      pool: () => (h > 1 ? f.maxPool(x, { kernel: 2, strides: 2 }) : f.relu(x)),
      relu: () => f.relu(x),
      residual: () => f.add(x, f.conv(x, this.weight([c, c, 1, 1]))),
      shared: () => {
        const w = this.last?.shape[1] === c ? this.last : this.weight([c, c, 3, 3]);
        this.last = w;
        return f.conv(x, w, { pads: 1 });
      },
    };
    return build[kind]();
  }

  head(x: Value): Value {
    const c = x.shape[1]!;
    return f.matmul(f.reshape(f.globalAveragePool(x), [1, c]), this.weight([c, 3]));
  }
}

export function randomNet({ layers: kinds, seed }: NetPlan): RandomNet {
  const stream = randomStream(seed, "net");
  const builder = new Builder(stream);
  let x = input("x", [1, 3, 6, 6]);
  kinds.forEach((kind, i) => {
    x = withPath(`${i}`, () => builder.layer(kind, x));
  });
  const y = withPath("head", () => builder.head(x));
  const stageOf = (path: string) =>
    path === "head" ? "late" : Number(path) < 2 ? "early" : "middle";
  const ledger = ledgerOf(buildGraph({ y }), {
    parameters: builder.parameters,
    stage: ({ path }) => stageOf(path),
    expert: ({ path }) => (path === "head" ? undefined : `expert${Number(path) % 2}`),
  });

  const shares = new Map<string, readonly number[]>();
  const inputs: Value[] = [];
  const known = new Map<string, Value | undefined>();
  /** A share of its own for most names, none for some. */
  const share = (name: string): Value | undefined => {
    if (known.has(name)) return known.get(name);
    const draw = stream.integer(4);
    const perSample = draw === 0;
    const count = perSample ? SAMPLES : 1;
    const value = draw === 3 ? undefined : input(name, perSample ? [SAMPLES] : [], "float64");
    if (value) {
      inputs.push(value);
      shares.set(
        name,
        Array.from({ length: count }, () => 0.1 + 0.8 * stream.uniform()),
      );
    }
    known.set(name, value);
    return value;
  };
  const given = <K extends string>(pairs: Record<K, string>) =>
    Object.fromEntries(
      Object.entries(pairs).flatMap(([key, name]) => {
        const value = share(name as string);
        return value ? [[key, value]] : [];
      }),
    ) as Partial<Record<K, Value>>;
  const decided = withShares(ledger, ({ path, stage }) => ({
    ...given({ activity: `activity.${stage}` }),
    channels: given({ in: `channels.in.${path}`, out: `channels.out.${path}` }),
    density: given({
      in: `density.in.${path}`,
      out: `density.out.${path}`,
      weights: `density.weights.${path}`,
    }),
  }));
  return { ledger, decided, shares, inputs };
}
