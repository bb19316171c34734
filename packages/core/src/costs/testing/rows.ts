/** What each cost model says of the network of `tiny-net.ts`: sums over the table there, written out. */

import type { CostName } from "../registry.js";
import type { CostRow } from "./contract.js";

// Distinct weights: 72 + 36 + 256 + 48. With decisions 72 * 3/4, 36 * 3/4, the shared one by its larger use 256 / 2, 48 / 2.
const parameters = { full: 412, decided: 54 + 27 + 128 + 24 };

const scaled = ({ full, decided }: CostRow, factor: number): CostRow => ({
  full: full * factor,
  decided: decided * factor,
});

const macs: CostRow = {
  full: 1152 + 144 + 256 + 256 + 48,
  decided: 1152 * 0.75 + 144 * 0.75 + 256 * 0.5 * 0.75 + 256 * 0.5 + 48 * 0.5,
};

/**
 * Operands of the products, each once: inputs, weights, outputs. Decisions as above; what is zero is neither moved nor
 * multiplied.
 */
const operands: CostRow = {
  full: 32 + 72 + 64 + (64 + 36 + 16) + 2 * (16 + 256 + 16) + (16 + 48 + 3),
  decided: 32 + 54 + 48 + (24 + 27 + 12) + (6 + 96 + 8) + (8 + 128 + 8) + (8 + 6 + 1.5),
};
const multiplied: CostRow = { full: 1856, decided: 864 + 108 / 2 + 96 + 128 + 24 / 4 };

/** Joules, from picojoules per product and per operand. */
const energy = (perMac: number, perOperand: number): CostRow => ({
  full: 1e-12 * (multiplied.full * perMac + operands.full * perOperand),
  decided: 1e-12 * (multiplied.decided * perMac + operands.decided * perOperand),
});

/**
 * Nominal device: 10 GB/s, 2 us a kernel; nothing here is large enough for its products to count. relu is part of the
 * first kernel: what lies between is not moved.
 */
const kernel = (...bytes: readonly number[]) => 2e-3 + 1e3 * (bytes.reduce((a, b) => a + b) / 10e9);
const latencyRow: CostRow = {
  full:
    kernel(128, 288, 256) + kernel(256, 144, 64) + 2 * kernel(64, 1024, 64) + kernel(64, 192, 12),
  decided:
    kernel(128, 216, 192) +
    // Three quarters of the inputs and of the outputs, as ratios to the whole.
    (kernel(192, 144, 64) * kernel(256, 108, 48)) / kernel(256, 144, 64) +
    0.5 * (kernel(48, 768, 64) + kernel(64, 1024, 64) + kernel(64, 192, 12)),
};

export const costRows: Readonly<Record<CostName, CostRow>> = {
  macs,
  validMacs: { full: 800 + 100 + 256 + 256 + 48, decided: 600 + 75 + 96 + 128 + 24 },
  // Half of the depthwise convolution's inputs and three quarters of the head's weights are zero.
  nonZeroMacs: { full: 1460, decided: 600 + 75 / 2 + 96 + 128 + 24 / 4 },
  flops: scaled(macs, 2),
  // The first convolution reads data: its input gets no gradient.
  trainingFlops: {
    full: 3 * 2 * 1856 - 2 * 1152,
    decided: 4 * 864 + 6 * (108 + 96 + 128 + 24),
  },
  otherOps: { full: 64, decided: 48 },
  parameters,
  nonZeroParameters: { full: 412, decided: 54 + 27 + 128 + 24 / 4 },
  executedParameters: { full: 412 + 256, decided: 54 + 27 + 96 + 128 + 24 },
  modelBytesFp32: scaled(parameters, 4),
  modelBytesFp16: scaled(parameters, 2),
  modelBytesInt8: parameters,
  activations: { full: 64 + 16 + 16 + 16 + 3, decided: 48 + 12 + 8 + 8 + 1.5 },
  nonZeroActivations: { full: 115 + 64, decided: 48 + 48 / 2 + 12 + 8 + 8 + 1.5 },
  activationBytes: {
    full: 256 + 256 + 64 + 64 + 64 + 12,
    decided: 192 + 192 + 48 + 32 + 32 + 6,
  },
  memoryAccess: {
    full: 672 + 512 + 464 + 1152 + 1152 + 268,
    decided:
      128 +
      216 +
      192 + // conv
      (192 + 192) +
      (192 + 108 + 48) +
      (24 + 384 + 32) + // mix1 reads three quarters, in half of the cases
      (32 + 512 + 32) +
      (32 + 96 + 6),
  },
  // While relu runs: what it reads and what it writes.
  peakMemory: { full: 512, decided: 384 },
  // 16 bytes a parameter. Kept: the image, relu's result (for its own gradient and the depthwise weights'), and the input
  // of each product. Weights stay whether they run or not; the shared one is whole because of mix2.
  trainingMemory: {
    full: 16 * 412 + 128 + 256 + 64 + 64 + 64,
    decided: 16 * (54 + 27 + 256 + 48) + 128 + 192 + 24 + 32 + 32,
  },
  kernels: { full: 6, decided: 3 + 3 / 2 },
  layers: { full: 5, decided: 2 + 3 / 2 },
  stages: { full: 2, decided: 1.5 },
  haltingDepth: { full: 2, decided: 1.5 },
  experts: { full: 2, decided: 1 },
  // 3.7 + 0.9 pJ; 640 pJ per word of 32 bits.
  energy45: energy(4.6, 640),
  // 0.34 + 0.16 pJ; 1300 pJ per 64 bits, 16 bits an element.
  energy7: energy(0.5, 325),
  // As the operands above, but relu's output is written instead of the convolution's: the same number of elements, half of
  // them zero.
  asic: {
    full: 1e-12 * (1950 * operands.full + 3.7 * multiplied.full),
    decided: 1e-12 * (1950 * (operands.decided - 24) + 3.7 * multiplied.decided),
  },
  // relu reads and writes, too, and its input was overwritten: 24 of 64 left. The depthwise convolution counts four times.
  asicReference: {
    full: 1e-12 * (1950 * (668 + 208 + 179) + 3.7 * (1856 + 3 * 144)),
    decided:
      1e-12 * (1950 * (311 + 102 + 101.5) + 3.7 * (1856 + 3 * 144) * (311 / 668) * (102 / 208)),
  },
  latency: latencyRow,
};
