/** One entry of the work ledger: what a node costs, what it reads and writes, and how much of it is really done. */

import type { Bytes, Macs } from "../base/index.js";
import type { Phase, Value } from "../graph/index.js";
import type { Shape } from "../tensor/index.js";
import type { ElementCounts, MacKind } from "./onnx/work.js";

/** What is known of an entry beyond its totals; of graphs read from files. */
export interface WorkDetail {
  /** Without products that have a padding zero as an operand. */
  readonly validMacs: Macs;
  readonly macKind?: MacKind;
  /** Elements by class of operation: what the numbers of other tools are computed from. */
  readonly elements: ElementCounts;
  /** Output elements, where the entry multiplies. */
  readonly activations: number;
  /** Counted; nothing to count; or not known, with the reason. */
  readonly status: "priced" | "zero" | "unknown";
  readonly reason?: string;
  /** Types and shapes, for tables. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** How much there is of a group of operands. */
export interface Extent {
  readonly elements: number;
  readonly bytes: Bytes;
}

/** `bytesRead` is the bytes of inputs and weights, `bytesWritten` those of the outputs; views have zeros. */
export interface EntryOperands {
  /** Activations and graph inputs. */
  readonly inputs: Extent;
  /** Whatever is stored with the model: parameters, running statistics, constants. */
  readonly weights: Extent;
  readonly outputs: Extent;
}

/** A piece of memory. Compared by identity: views of a tensor are the same piece. */
export interface Memory {
  readonly bytes: number;
  readonly kind: "activation" | "input" | "stored";
  /** Part of the result: it stays until the end. Without it, what nobody reads is released where it was made. */
  readonly isOutput?: boolean;
}

/** A trainable tensor. Compared by identity: a shared weight is the same object in every entry that reads it. */
export interface Weight {
  readonly elements: number;
  readonly bytes: number;
  /** How many elements are exactly 0, where their values are known: in a file that holds them. Looks at every one. */
  readonly zeros?: () => number | undefined;
}

/** Which pieces of memory an entry touches: what peaks and sharing are computed from. */
export interface EntryMemory {
  readonly parameters: readonly Weight[];
  readonly reads: readonly Memory[];
  readonly writes: readonly Memory[];
}

/** What training needs of an entry; properties may be computed when they are asked for. */
export interface EntryTraining {
  /**
   * How many of the two factors of its products get a gradient: each costs the entry's MACs once more. 2 for a layer in
   * the middle, 1 for the first layer, whose input is data, 0 for what is frozen; between them where only a part of the
   * products is done again, as in recurrent layers whose input is data and whose state is not.
   */
  readonly gradients: number;
  /** Activations and graph inputs that the backward pass of this entry reads. */
  readonly kept: readonly Memory[];
}

/** Shares in [0, 1]: scalars, or one per sample. Absent: 1. */
export interface Densities {
  readonly in?: Value;
  readonly out?: Value;
  readonly weights?: Value;
}

/**
 * Shares of channels. `weights` is the share of the stored elements that is left; absent, it follows from the channels
 * of inputs and outputs, which is exact where everything stored has both: a bias has not.
 */
export type ChannelShares = Densities;

export interface LedgerEntry {
  /** Layer path, as in `layer1.0.conv1`. */
  readonly path: string;
  /** Kind of the op. */
  readonly kind: string;
  readonly phase: Phase;
  readonly macs: Macs;
  /** Without products that have a padding zero as an operand. Default: `detail.validMacs`, else `macs`. */
  readonly validMacs?: Macs;
  /** Arithmetic that is no multiply-accumulate: comparisons, exponentials, divisions. */
  readonly otherOps: number;
  /** Trainable numbers read here for the first time: a shared weight is counted once. */
  readonly parameters: number;
  readonly bytesRead: Bytes;
  readonly bytesWritten: Bytes;
  /** How many kernels run: 0 for views, more than 1 in the body of a loop. Default 1. */
  readonly kernels?: number;
  /**
   * Each output channel reads its own input channel only, as in a depthwise convolution: a share of channels then
   * scales MACs and weights once. Otherwise they scale with the shares of inputs and outputs multiplied.
   */
  readonly channelwise?: boolean;
  /** Of the operands, where each has one: what latency models look kernels up by. */
  readonly shapes?: { readonly inputs: readonly Shape[]; readonly outputs: readonly Shape[] };
  /** Default: everything that is read is an input. */
  readonly operands?: EntryOperands;
  readonly memory?: EntryMemory;
  readonly training?: EntryTraining;
  /** The part of a network that runs or does not run as a whole; absent where there are no stages. */
  readonly stage?: string;
  /** The alternative it belongs to, where a router picks some of several. */
  readonly expert?: string;
  /** Share of the work that is done, in [0, 1]: a scalar, or one per sample. Absent: all of it, always. */
  readonly activity?: Value;
  /** Share of the channels kept. */
  readonly channels?: ChannelShares;
  /** Share of the elements that are not zero. */
  readonly density?: Densities;
  readonly detail?: WorkDetail;
}
