/** Operators of the ai.onnx.ml domain: linear models, support vectors, trees, encoders. */

import { elementCount } from "../../../tensor/index.js";
import { type Info, type OpaqueInfo, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import type { NodeWork } from "../work.js";
import { perElement } from "./elementwise.js";

/** Rows and features: a vector is one row. */
function table(n: NodeView): readonly [number, number] {
  const x = n.shapeOfRank(0, 1);
  return x.length === 1 ? [1, x[0]!] : [x[0]!, elementCount(x.slice(1))];
}

const labels = (n: NodeView): number =>
  n.strings("classlabels_strings")?.length ??
  n.list("classlabels_int64s")?.length ??
  n.list("classlabels_ints")?.length ??
  Number.NaN;

const labelType = (n: NodeView) =>
  n.strings("classlabels_strings") || n.strings("classlabels_int64s") ? "string" : "int64";

/** A label and a score for each class. */
const classifier = (work: (n: NodeView) => NodeWork): OpRule => ({
  infer: (n): readonly Info[] => {
    const [rows] = table(n);
    const count = labels(n);
    return [tensorInfo(labelType(n), [rows]), tensorInfo("float32", [rows, count])];
  },
  work,
});

const regressor = (work: (n: NodeView) => NodeWork, targets: string): OpRule => ({
  infer: (n) => tensorInfo("float32", [table(n)[0], n.int(targets) ?? 1]),
  work,
});

const linear = (n: NodeView): NodeWork => {
  const [rows] = table(n);
  return { macs: rows * (n.list("coefficients")?.length ?? 0), macKind: "linear" };
};

/** Kernel values with every support vector, then their weighted sum. */
const supportVectors = (n: NodeView): NodeWork => {
  const [rows] = table(n);
  const vectors = n.list("support_vectors")?.length ?? 0;
  return {
    macs: rows * (vectors + (n.list("coefficients")?.length ?? 0)),
    macKind: "linear",
  };
};

const encoder: OpRule = {
  infer: (n) => {
    const { attributes } = n.node;
    const values = [...attributes.keys()].find((k) => k.startsWith("values_"));
    const type =
      values === "values_strings" || attributes.has("default_string")
        ? "string"
        : values === "values_floats"
          ? "float32"
          : "int64";
    const typed = n.tensorAttribute("values_tensor")?.elementType;
    return tensorInfo(typed ?? type, n.shape(0));
  },
};

const scaled: OpRule = {
  infer: (n) => tensorInfo("float32", n.shape(0)),
  work: perElement("elementwise", 2),
};

/** How deep a row falls depends on its data, and the file need not be balanced. */
const trees: Omit<OpRule, "infer"> = {
  work: (n) => n.unknown("the path through a tree depends on data"),
};

const map = (type: string): OpaqueInfo => ({ kind: "opaque", type });

export const classicRules = {
  LinearClassifier: classifier(linear),
  LinearRegressor: regressor(linear, "targets"),
  SVMClassifier: classifier(supportVectors),
  SVMRegressor: regressor(supportVectors, "n_targets"),
  TreeEnsemble: {
    infer: (n) => tensorInfo(n.tensor(0).elementType, [table(n)[0], n.int("n_targets") ?? 1]),
    ...trees,
  },
  TreeEnsembleClassifier: { ...classifier(() => ({})), ...trees },
  TreeEnsembleRegressor: { ...regressor(() => ({}), "n_targets"), ...trees },
  ArrayFeatureExtractor: {
    infer: (n) => {
      const x = n.shapeOfRank(0, 1);
      const picked = elementCount(n.shape(1));
      const rows = x.length === 1 ? [1] : x.slice(0, -1);
      return tensorInfo(n.tensor(0).elementType, [...rows, picked]);
    },
  },
  Binarizer: {
    infer: (n) => tensorInfo(n.tensor(0).elementType, n.shape(0)),
    work: perElement("elementwise"),
  },
  CategoryMapper: {
    infer: (n) => tensorInfo(n.tensor(0).elementType === "string" ? "int64" : "string", n.shape(0)),
  },
  LabelEncoder: encoder,
  Imputer: {
    infer: (n) => tensorInfo(n.tensor(0).elementType, n.shape(0)),
    work: perElement("elementwise"),
  },
  Normalizer: scaled,
  Scaler: scaled,
  OneHotEncoder: {
    infer: (n) => {
      const count = n.list("cats_int64s")?.length ?? n.strings("cats_strings")?.length;
      return tensorInfo("float32", [...n.shape(0), count ?? Number.NaN]);
    },
  },
  FeatureVectorizer: {
    infer: (n) => {
      const widths = n.list("inputdimensions");
      const total = widths?.reduce((a, b) => a + b, 0) ?? Number.NaN;
      return tensorInfo("float32", [n.shapeOfRank(0, 1)[0]!, total]);
    },
  },
  DictVectorizer: { infer: (n) => n.unknown("the keys of a map depend on data") },
  CastMap: { infer: (n) => n.unknown("the keys of a map depend on data") },
  ZipMap: { infer: () => ({ kind: "sequence", of: map("map") }) },
} satisfies RuleTable;
