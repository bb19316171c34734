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

export const macs = (value: number): Macs => value as Macs;
export const flops = (value: number): Flops => value as Flops;
export const bytes = (value: number): Bytes => value as Bytes;
export const milliseconds = (value: number): Milliseconds => value as Milliseconds;
export const joules = (value: number): Joules => value as Joules;

/** One MAC is one multiplication and one addition. */
export const flopsOf = (count: Macs): Flops => (count * 2) as Flops;
