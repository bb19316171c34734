/** Memory-bound against compute-bound: MACs of the first are dearer than MACs of the second. */

import type { Facts } from "../facts.js";
import { areEqual } from "../pair.js";
import { type MisnomerOptions, type MisnomerRule, perPair } from "../rule.js";
import { amount, factor } from "../words.js";

/**
 * FLOPs per byte of a Tesla V100 in single precision, 15.7 TFLOP/s and 900 GB/s (NVIDIA's data sheet): the machine of the
 * paper's Figure 5.
 */
export const DEFAULT_BALANCE = 15.7e12 / 900e9;

/** How far MACs may be off before it is a finding. Ours. */
const MEMORY_MARGIN = 1.5;

/** FLOPs per byte of the convolutions, linear layers and products, every operand moved once. */
export function intensity({ macs, productBytes }: Facts): number | undefined {
  return macs && productBytes ? (2 * macs) / productBytes : undefined;
}

/** Both sides of the roofline meet here. */
function balanceOf({ machineBalance, devices = [] }: MisnomerOptions): number {
  const [device] = devices;
  const own = device && (2 * device.peakMacsPerSecond) / device.bytesPerSecond;
  return machineBalance ?? own ?? DEFAULT_BALANCE;
}

const speed = (ratio: number): string =>
  ratio < 1 ? `${factor(1 / ratio)} times faster` : `${factor(ratio)} times slower`;

/** How many times longer than its arithmetic a model takes because of its memory: max(1, balance / intensity). */
const stall = (balance: number, of: number): number => Math.max(1, balance / of);

export const memoryBound: MisnomerRule = {
  title: "memory-bound",
  source:
    "roofline model (Williams et al., CACM 2009); The Efficiency Misnomer, memory access cost",
  find: perPair((a, b, options) => {
    const machineBalance = balanceOf(options);
    const [x, y] = [intensity(a), intensity(b)];
    // At equal MACs the comparison itself is the finding: equal-flops.
    if (x === undefined || y === undefined || areEqual(a, b, "macs")) return;
    const [stallA, stallB] = [stall(machineBalance, x), stall(machineBalance, y)];
    const off = Math.max(stallA, stallB) / Math.min(stallA, stallB);
    if (off < MEMORY_MARGIN) return;
    const [bound, other] = stallA > stallB ? ([a, b] as const) : ([b, a] as const);
    const ratio = bound.macs! / other.macs!;
    return {
      subject: bound.name,
      evidence: [
        `${bound.name} does ${factor(Math.min(x, y))} FLOPs for each byte, ${other.name} ${factor(Math.max(x, y))}; the machine's balance is ${factor(machineBalance)}`,
        `by MACs ${bound.name} is ${speed(ratio)} than ${other.name}, by the roofline ${speed(ratio * off)} (products move ${amount(bound.productBytes!)}B and ${amount(other.productBytes!)}B)`,
      ],
      advice:
        "MACs do not order these models: compare bytes moved and measured time, at the batch size of use",
    };
  }),
};
