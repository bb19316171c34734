export {
  allocate,
  bytesPerElement,
  type DType,
  dtypes,
  elementsIn,
  fromNumbers,
  isFloat,
  type TensorData,
} from "./dtype.js";
export { type HostTensor, scalar, tensor, toNumbers, zeros } from "./host.js";
export {
  broadcastShapes,
  elementCount,
  formatShape,
  normaliseAxis,
  type Shape,
  sameShape,
  stridesOf,
} from "./shape.js";
