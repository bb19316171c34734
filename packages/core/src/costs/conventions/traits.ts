/** Source traits: how a network was written in Python, where a counter's number depends on it and an ONNX file does not show it. */

/** How attention was written; see `attentionSentences`. */
export type AttentionStyle = "matmul" | "operator" | "fused" | "timm" | "nn.MultiheadAttention";

/** How an activation or a pool was called. */
export type CallStyle = "module" | "functional" | "tensor" | "captured";

export type PoolStyle = "module" | "functional" | "mean" | "mean outside modules";

/** Layers whose class is not torch.nn's own but one derived from it. */
export interface Subclass {
  readonly layer: "batch norm" | "layer norm" | "strided convolution";
  /** Layer paths below which it is so. Default: everywhere. */
  readonly under?: readonly string[];
  /** The derived class holds modules of its own, such as an activation: it is no leaf. */
  readonly hasChildren?: boolean;
}

/** All optional: what is left out is read from the layer paths of the file as far as they tell. */
export interface SourceTraits {
  /** Default `matmul`. */
  readonly attention?: AttentionStyle;
  /** Default: `module` at a path that has no layers below it, else `functional`. */
  readonly activations?: CallStyle;
  /** Default as for activations; means over other than the last two axes are `mean`. */
  readonly pools?: PoolStyle;
  /** Average pools whose window covers the whole image. Default `adaptive`. */
  readonly globalPools?: "adaptive" | "window";
  readonly subclassed?: readonly Subclass[];
  /** Layer paths whose result the measured wrapper did not return. */
  readonly pruned?: readonly string[];
  /** Batch norms were folded into convolutions before the file was counted. */
  readonly batchNorm?: "folded";
  /** Samples in the input. Default: the first axis of the first input. */
  readonly batch?: number;
}

export const attentionSentences: Readonly<Record<AttentionStyle, string>> = {
  matmul: "attention is written out with torch.matmul and softmax",
  operator: "attention is written out with the @ operator, which replaced functions do not see",
  fused: "attention is one call of scaled_dot_product_attention",
  timm: "attention is timm's Attention module, with one call of scaled_dot_product_attention in it",
  "nn.MultiheadAttention":
    "attention is nn.MultiheadAttention, which becomes one operator, projections included, in inference",
};

const callSentences: Readonly<Record<CallStyle, string>> = {
  module: "activations are modules such as nn.ReLU",
  functional: "activations are calls of torch.nn.functional",
  tensor: "activations are calls of torch.relu or of tensor methods, which are not replaced",
  captured:
    "activations are functions that the model stored when it was built, before a counter replaced them",
};

const poolSentences: Readonly<Record<PoolStyle, string>> = {
  module: "pools are modules",
  functional: "pools are calls of torch.nn.functional",
  mean: "pools are means over axes, which is no pooling operator",
  "mean outside modules":
    "pools that are not modules are means over axes, which is no pooling operator",
};

/**
 * The traits as sentences, for reports.
 *
 * @example
 * describeTraits({ attention: "fused" }) // ["attention is one call of scaled_dot_product_attention"]
 */
export function describeTraits(traits: SourceTraits): readonly string[] {
  const { attention, activations, pools, globalPools, batchNorm, batch } = traits;
  const { subclassed = [], pruned = [] } = traits;
  const where = (s: Subclass) => (s.under ? ` in ${s.under.join(", ")}` : "");
  return [
    ...(attention ? [attentionSentences[attention]] : []),
    ...(activations ? [callSentences[activations]] : []),
    ...(pools ? [poolSentences[pools]] : []),
    ...(globalPools === "window"
      ? ["pools over the whole image are nn.AvgPool2d, with a window"]
      : []),
    ...subclassed.map(
      (s) =>
        `${s.layer}s${where(s)} are of a class derived from torch.nn's${s.hasChildren ? " that holds modules of its own" : ""}`,
    ),
    ...pruned.map((p) => `the result of ${p} was not returned, so that a trace drops it`),
    ...(batchNorm ? ["batch norms were folded into convolutions when the file was written"] : []),
    ...(batch === undefined ? [] : [`the input holds ${batch} samples`]),
  ];
}
