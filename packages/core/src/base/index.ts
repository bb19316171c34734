export { assert, at, type ErrorCode, UserError, type UserErrorFields } from "./errors.js";
export { editDistance, nearestName } from "./nearest.js";
export {
  type Bytes,
  bytes,
  type Flops,
  flops,
  flopsOf,
  type Joules,
  joules,
  type Macs,
  type Milliseconds,
  macs,
  milliseconds,
} from "./units.js";
