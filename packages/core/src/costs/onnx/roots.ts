/** Stored tensors: which are weights that are trained, which are statistics, which are mere constants. */

import type { OnnxFileTensor, OnnxFileValue } from "../../formats/index.js";
import { elementCount } from "../../tensor/index.js";
import { bytesOfInfo, countOf, type Info, MOST_VALUES, type TensorInfo } from "./info.js";
import type { Role, Root, Value } from "./value.js";

/** PyTorch's exporter writes what each stored tensor was. */
const TORCH_KIND = "pkg.torch.export.graph_signature.InputSpec.kind";

const torchRoles: Readonly<Record<string, Role>> = {
  PARAMETER: "parameter",
  BUFFER: "buffer",
  CONSTANT_TENSOR: "constant",
};

const trainable = /^(b?float|float8)/;

/** Elements are unpacked when a shape is first computed from them: weights never are. */
function lazyInfo(t: OnnxFileTensor): TensorInfo {
  let unpacked = false;
  let values: readonly number[] | undefined;
  return {
    kind: "tensor",
    elementType: t.elementType,
    shape: t.shape,
    get values() {
      if (!unpacked) values = t.numbers(MOST_VALUES);
      unpacked = true;
      return values;
    },
  } as TensorInfo;
}

/**
 * An initialiser. Where the file does not say what it is, floating-point tensors with at least one axis are taken for
 * parameters; integers are not, unless an operator takes them as quantised weights. `unnamed` says it of all of them.
 */
export function storedValue(
  t: OnnxFileTensor,
  declared: OnnxFileValue | undefined,
  unnamed?: Role,
): Value {
  const info = lazyInfo(t);
  const bytes = bytesOfInfo(info);
  const said = declared?.metadata.get(TORCH_KIND);
  const isWeight = trainable.test(t.elementType) && t.shape.length > 0;
  const root: Root = {
    name: t.name,
    elements: elementCount(t.shape),
    bytes,
    zeros: () => t.zeros(),
    role: said === undefined ? unnamed : torchRoles[said],
    otherwise: isWeight ? "parameter" : "constant",
  };
  return { info, stored: true, root, storage: { bytes, kind: "stored" } };
}

/** A weight that the caller feeds. */
export function fedWeight(name: string, info: Info, role: Role): Value {
  const bytes = bytesOfInfo(info);
  const root: Root = { name, elements: countOf(info), bytes, role, otherwise: role };
  return { info, stored: true, root, storage: { bytes, kind: "stored" } };
}

/** A constant of the graph: a weight only if an operator takes it as one. */
export function constantRoot(name: string, value: Value, tensor?: OnnxFileTensor): Root {
  const { info } = value;
  const shape = info.kind === "tensor" ? (info.shape ?? []) : [];
  return {
    name,
    elements: elementCount(shape),
    bytes: value.storage.bytes,
    ...(tensor ? { zeros: () => tensor.zeros() } : {}),
    role: undefined,
    otherwise: "constant",
  };
}

/** An operator that has a fixed use for an input says what it is; the first one that does wins. */
export function assignRole(value: Value | undefined, role: Role): void {
  const root = value?.root;
  if (!root || root.role !== undefined) return;
  root.role = role;
}

export const roleOf = (root: Root): Role => root.role ?? root.otherwise;
