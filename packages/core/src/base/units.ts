/** Quantities with their unit in the type, so that MACs never meet FLOPs by accident. */

declare const unit: unique symbol;
type Quantity<Unit extends string> = number & { readonly [unit]: Unit };

/** Multiply-accumulate operations. */
export type Macs = Quantity<"macs">;
/** Floating-point operations: one MAC is two FLOPs. */
export type Flops = Quantity<"flops">;
export type Bytes = Quantity<"bytes">;
export type Milliseconds = Quantity<"milliseconds">;
export type Joules = Quantity<"joules">;

/**
 * A number of multiply-accumulates.
 *
 * @example
 * macs(1e6) // 1000000
 */
export const macs = (value: number): Macs => value as Macs;
/**
 * A number of floating-point operations.
 *
 * @example
 * flops(2e6) // 2000000
 */
export const flops = (value: number): Flops => value as Flops;
/**
 * A number of bytes.
 *
 * @example
 * bytes(4096) // 4096
 */
export const bytes = (value: number): Bytes => value as Bytes;
/**
 * A time.
 *
 * @example
 * milliseconds(5) // 5
 */
export const milliseconds = (value: number): Milliseconds => value as Milliseconds;
/**
 * An energy.
 *
 * @example
 * joules(0.5) // 0.5
 */
export const joules = (value: number): Joules => value as Joules;

/**
 * One MAC is one multiplication and one addition.
 *
 * @example
 * flopsOf(macs(1e6)) // 2000000
 */
export const flopsOf = (count: Macs): Flops => (count * 2) as Flops;
