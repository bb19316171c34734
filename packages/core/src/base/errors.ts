/** The one error class for mistakes that a user can mend, and the assertion for mistakes of ours. */

/** Stable codes: scripts may match on them, so a code is never reused for another meaning. */
export type ErrorCode =
  | "E_SHAPE"
  | "E_DTYPE"
  | "E_GRAPH"
  | "E_GRADIENT"
  | "E_ONNX"
  | "E_ENGINE"
  | "E_CONFIG"
  | "E_DATA"
  | "E_FILE"
  | "E_RUN"
  | "E_NUMERIC"
  | "E_USAGE";

export interface UserErrorFields {
  /** Where: an op and its path, a recipe key, a file and its offset. */
  readonly where?: string;
  /** What would have been accepted. */
  readonly allowed?: string;
  /** The next thing to do. */
  readonly next?: string;
  readonly cause?: unknown;
}

/**
 * A mistake that the user can mend: what was wrong, where, what is allowed, what to do next.
 *
 * @example
 * const error = new UserError("E_CONFIG", "lambda is -1", { where: "objective.lambda", allowed: "a number >= 0" });
 * error.message // "lambda is -1\n  where:   objective.lambda\n  allowed: a number >= 0"
 */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly what: string;
  readonly where: string | undefined;
  readonly allowed: string | undefined;
  readonly next: string | undefined;

  constructor(code: ErrorCode, what: string, fields: UserErrorFields = {}) {
    const rows: [string, string | undefined][] = [
      ["where:  ", fields.where],
      ["allowed:", fields.allowed],
      ["next:   ", fields.next],
    ];
    const details = rows.flatMap(([label, text]) => (text ? [`\n  ${label} ${text}`] : []));
    super(what + details.join(""), fields.cause === undefined ? {} : { cause: fields.cause });
    this.name = "UserError";
    this.code = code;
    this.what = what;
    this.where = fields.where;
    this.allowed = fields.allowed;
    this.next = fields.next;
  }
}

/** Fails loudly on a broken invariant of our own: never for user input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`${message} (this is a bug in Frugal)`);
}

/** The element at `index`, which the caller knows to exist. */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const item = list[index];
  assert(item !== undefined, `no element ${index} in a list of ${list.length}`);
  return item;
}
