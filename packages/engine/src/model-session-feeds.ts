/** Inputs made from a seed for any model: floats, integers in a legal range, truth values. */

import { UserError } from "@frugal/core/base";
import { randomStream, type Stream } from "@frugal/core/random";

/** An input or output as the model declares it. */
export interface ModelPort {
  readonly name: string;
  /** Element type by its name; "" for what is no tensor. */
  readonly dtype: string;
  /** Lengths; a name, or "" where the model leaves one open without a name. */
  readonly dims: readonly (number | string)[];
}

/** A plain tensor for the session: float16 as its bits, int64 as big integers, bool as bytes. */
export interface ModelTensor {
  readonly dtype: string;
  readonly dims: readonly number[];
  readonly data: ModelData;
}

export type ModelData =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

export interface RandomFeedsOptions {
  /** Default 0. */
  readonly seed?: number;
  /** Shape of every input, complete. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** [low, high) for integer inputs, such as the numbers of tokens. Default [0, 2): legal for indices, masks and types. */
  readonly ranges?: Readonly<Record<string, readonly [number, number]>>;
  /** Elements in row-major order; repeated where there are fewer than the shape holds. */
  readonly values?: Readonly<Record<string, readonly number[]>>;
}

/** Bits of the nearest half-precision number; beyond its range, infinity. Ties go away from zero: enough for inputs. */
function halfBits(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 2 ** -24)));
  // A normal number has at least 1024 units, whose leading bit counts up the exponent; subnormal ones have fewer.
  const units = Math.round(size / 2 ** (exponent - 10));
  return sign | (((exponent + 14) << 10) + units);
}

type Draw = (stream: Stream, range: readonly [number, number]) => number;
const normal: Draw = (stream) => stream.normal();
const whole: Draw = (stream, [low, high]) => low + stream.integer(Math.max(1, high - low));

interface Kind {
  readonly draw: Draw;
  pack(numbers: readonly number[]): ModelData;
}

const big = (numbers: readonly number[]) => numbers.map((v) => BigInt(Math.trunc(v)));

/** Element types that can be drawn, and how they are stored. */
const kinds: Readonly<Record<string, Kind>> = {
  float32: { draw: normal, pack: (n) => Float32Array.from(n) },
  float64: { draw: normal, pack: (n) => Float64Array.from(n) },
  float16: { draw: normal, pack: (n) => Uint16Array.from(n, halfBits) },
  int8: { draw: whole, pack: (n) => Int8Array.from(n) },
  uint8: { draw: whole, pack: (n) => Uint8Array.from(n) },
  int16: { draw: whole, pack: (n) => Int16Array.from(n) },
  uint16: { draw: whole, pack: (n) => Uint16Array.from(n) },
  int32: { draw: whole, pack: (n) => Int32Array.from(n) },
  uint32: { draw: whole, pack: (n) => Uint32Array.from(n) },
  int64: { draw: whole, pack: (n) => BigInt64Array.from(big(n)) },
  uint64: { draw: whole, pack: (n) => BigUint64Array.from(big(n)) },
  bool: { draw: whole, pack: (n) => Uint8Array.from(n, (v) => (v === 0 ? 0 : 1)) },
};

function numbersFor(port: ModelPort, kind: Kind, options: RandomFeedsOptions): number[] {
  const shape = options.shapes[port.name]!;
  const size = shape.reduce((product, d) => product * d, 1);
  const given = options.values?.[port.name];
  if (given) {
    if (given.length === 0 || size % given.length !== 0) {
      throw new UserError("E_USAGE", `${given.length} values for ${size} elements`, {
        where: `input ${JSON.stringify(port.name)} of shape [${shape.join(", ")}]`,
        allowed: "as many as there are elements, or a part that repeats evenly",
      });
    }
    return Array.from({ length: size }, (_, i) => given[i % given.length]!);
  }
  const stream = randomStream(options.seed ?? 0, "feeds", port.name);
  const range = options.ranges?.[port.name] ?? [0, 2];
  return Array.from({ length: size }, () => kind.draw(stream, range));
}

/**
 * Inputs for one run: standard normal floats, whole numbers within their range, random truth values. An input keeps its
 * numbers when others change: each has a random stream of its own.
 *
 * @throws UserError E_ENGINE for inputs that are texts, sequences or packed numbers; E_USAGE for missing shapes.
 * @example
 * const inputs = [{ name: "ids", dtype: "int64", dims: ["batch", 4] }];
 * const feeds = randomModelFeeds(inputs, { shapes: { ids: [1, 4] }, ranges: { ids: [7, 8] } });
 * feeds.ids.data // BigInt64Array [7n, 7n, 7n, 7n]
 */
export function randomModelFeeds(
  inputs: readonly ModelPort[],
  options: RandomFeedsOptions,
): Record<string, ModelTensor> {
  return Object.fromEntries(
    inputs.map((port) => {
      const kind = kinds[port.dtype];
      if (!kind) {
        throw new UserError("E_ENGINE", `no numbers can be made for ${port.dtype || "no tensor"}`, {
          where: `input ${JSON.stringify(port.name)}`,
          allowed: Object.keys(kinds).join(", "),
        });
      }
      const dims = options.shapes[port.name];
      if (!dims) {
        throw new UserError("E_USAGE", `no shape for input ${JSON.stringify(port.name)}`, {
          next: "give every input its shape",
        });
      }
      const data = kind.pack(numbersFor(port, kind, options));
      return [port.name, { dtype: port.dtype, dims, data }];
    }),
  );
}
