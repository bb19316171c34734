/** Signals and windows: Fourier transforms, spectra, losses and texts. */

import { elementTypeOf } from "../../../formats/index.js";
import { elementCount } from "../../../tensor/index.js";
import { countOf, type Info, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import { perElement } from "./elementwise.js";

/** A fast transform of length l: 5 l log2(l) operations, the figure the field uses for comparison. */
const transform = (length: number, count: number): number =>
  Math.ceil(5 * length * Math.log2(Math.max(2, length))) * count;

const dft: OpRule = {
  infer: (n) => {
    const x = n.shapeOfRank(0, 2);
    const axis = n.axis(n.version < 20 ? (n.int("axis") ?? 1) : (n.ints(2)?.[0] ?? -2), x.length);
    const length = n.ints(1)?.[0] ?? x[axis]!;
    const onesided = n.int("onesided") === 1;
    const inverse = n.int("inverse") === 1;
    const half = onesided && !inverse ? Math.floor(length / 2) + 1 : length;
    const last = onesided && inverse ? 1 : 2;
    const shape = x.map((d, i) => (i === axis ? half : i === x.length - 1 ? last : d));
    return tensorInfo(n.tensor(0).elementType, shape);
  },
  work: (n) => {
    const x = n.shape(0);
    const axis = n.axis(n.version < 20 ? (n.int("axis") ?? 1) : (n.known(2)?.[0] ?? -2), x.length);
    const length = n.known(1)?.[0] ?? x[axis]!;
    return { otherOps: transform(length, elementCount(x) / x[axis]! / x.at(-1)!) };
  },
};

const stft: OpRule = {
  infer: (n) => {
    const x = n.shapeOfRank(0, 2);
    const step = n.ints(1)?.[0] ?? n.refuse("frame_step is missing");
    const length = n.ints(3)?.[0] ?? (n.has(2) ? n.shape(2)[0]! : Number.NaN);
    const frames = Math.floor((x[1]! - length) / step) + 1;
    const bins = (n.int("onesided") ?? 1) === 1 ? Math.floor(length / 2) + 1 : length;
    return tensorInfo(n.tensor(0).elementType, [x[0]!, frames, bins, 2]);
  },
  work: (n) => {
    const [batch, frames] = n.out() as [number, number];
    const length = n.known(3)?.[0] ?? (n.has(2) ? n.shape(2)[0]! : Number.NaN);
    return { otherOps: batch * frames * length + transform(length, batch * frames) };
  },
};

const windowOf: OpRule = {
  infer: (n) => {
    const type = n.int("output_datatype");
    const size = n.known(0)?.[0] ?? Number.NaN;
    return tensorInfo(type === undefined ? "float32" : elementTypeOf(type), [size]);
  },
  work: perElement("elementwise", 4),
};

const melWeights: OpRule = {
  infer: (n) => {
    const type = n.int("output_datatype");
    const bins = n.known(0)?.[0] ?? Number.NaN;
    const length = n.known(1)?.[0] ?? Number.NaN;
    const shape = [Math.floor(length / 2) + 1, bins];
    return tensorInfo(type === undefined ? "float32" : elementTypeOf(type), shape);
  },
  work: perElement("elementwise", 4),
};

const reduced = (n: NodeView, shape: readonly number[]): Info =>
  tensorInfo(n.tensor(0).elementType, (n.string("reduction") ?? "mean") === "none" ? shape : []);

const logLikelihood: OpRule = {
  infer: (n) => reduced(n, n.shape(1)),
  work: (n) => {
    const count = countOf(n.tensor(1));
    return { elements: { reduction: count }, otherOps: 2 * count };
  },
};

const crossEntropy: OpRule = {
  infer: (n): readonly Info[] => [
    reduced(n, n.shape(1)),
    tensorInfo(n.tensor(0).elementType, n.tensor(0).shape),
  ],
  work: (n) => {
    const count = countOf(n.tensor(0));
    return { elements: { softmax: count, reduction: countOf(n.tensor(1)) }, otherOps: 5 * count };
  },
};

const texts = (type: "same" | "bool"): OpRule => ({
  infer: (n) => tensorInfo(type === "bool" ? "bool" : n.tensor(0).elementType, n.tensor(0).shape),
});

const normalizer: OpRule = {
  infer: (n) => {
    const x = n.shape(0);
    // Stop words are taken out, so how many texts remain depends on them.
    const shape = n.strings("stopwords") ? [...x.slice(0, -1), Number.NaN] : x;
    return tensorInfo("string", shape);
  },
};

const stringSplit: OpRule = {
  infer: (n): readonly Info[] => {
    const x = n.shape(0);
    return [tensorInfo("string", [...x, Number.NaN]), tensorInfo("int64", x)];
  },
};

const tfIdf: OpRule = {
  infer: (n) => {
    const indexes = n.list("ngram_indexes") ?? n.refuse("ngram_indexes is missing");
    const size = Math.max(-1, ...indexes) + 1;
    return tensorInfo("float32", [...n.shapeOfRank(0, 1).slice(0, -1), size]);
  },
  work: (n) => n.unknown("the number of matches depends on data"),
};

export const signals = {
  DFT: dft,
  STFT: stft,
  HannWindow: windowOf,
  HammingWindow: windowOf,
  BlackmanWindow: windowOf,
  MelWeightMatrix: melWeights,
  NegativeLogLikelihoodLoss: logLikelihood,
  SoftmaxCrossEntropyLoss: crossEntropy,
  StringConcat: texts("same"),
  RegexFullMatch: texts("bool"),
  StringNormalizer: normalizer,
  StringSplit: stringSplit,
  TfIdfVectorizer: tfIdf,
} satisfies RuleTable;
