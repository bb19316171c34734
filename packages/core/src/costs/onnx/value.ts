/** Values of the analysis: what is known of them, where they live, and which weight they come from. */

import type { Info } from "./info.js";

/** What an initialiser is for: only parameters are trainable. */
export type Role = "parameter" | "buffer" | "constant";

/** A stored tensor: an initialiser, or a constant that is used as a weight. */
export interface Root {
  readonly name: string;
  readonly elements: number;
  readonly bytes: number;
  /** How many elements are exactly 0, where the file holds them. Looks at every one. */
  readonly zeros?: () => number | undefined;
  /** What the file says, or what the first operator that cares says. */
  role: Role | undefined;
  /** What it is taken for if nobody says anything. */
  readonly otherwise: Role;
}

/** Memory that a value occupies; views share it. */
export interface Storage {
  readonly bytes: number;
  /** Initialisers and constants are no activations. */
  readonly kind: "activation" | "input" | "stored";
}

export interface Value {
  readonly info: Info;
  readonly storage: Storage;
  /** Depends on initialisers and constants only. */
  readonly stored: boolean;
  /** The stored tensor that this is, perhaps transposed, reshaped or dequantised. */
  readonly root?: Root;
  /** What made it, where patterns of two operators are one thing: x * sigmoid(x), a product and its bias. */
  readonly origin?: {
    readonly opType: string;
    readonly from: Value | undefined;
    readonly linear: boolean;
  };
}
