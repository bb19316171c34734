/** The one error class for mistakes that a user can mend, and the assertion for mistakes of ours. */

/** Stable codes: scripts may match on them, so a code is never reused for another meaning. */
export type ErrorCode =
  /** A tensor has a shape that cannot be used here. */
  | "E_SHAPE"
  /** A tensor has an element type that cannot be used here. */
  | "E_DTYPE"
  /** A graph is not well-formed, or cannot be used in this way. */
  | "E_GRAPH"
  /** A gradient was asked for that does not exist. */
  | "E_GRADIENT"
  /** An ONNX file, or something in it, cannot be read or written. */
  | "E_ONNX"
  /** The engine was given something it cannot run. */
  | "E_ENGINE"
  /** A setting is not allowed: a key of a recipe, an option of a function. */
  | "E_CONFIG"
  /** The content of data is wrong: labels out of range, samples that do not fit, no number. */
  | "E_DATA"
  /** A file or an address cannot be read or written, or is not what it should be. */
  | "E_FILE"
  /** A run folder cannot be used: missing, busy, finished, of another version. */
  | "E_RUN"
  /** A number is not finite: training went wrong, and where. */
  | "E_NUMERIC"
  /** Something was called in a way that makes no sense: a command line, a function. */
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

/**
 * Fails loudly on a broken invariant of our own: never for user input.
 *
 * @example
 * const width = 3;
 * assert(width > 0, "a width is never zero");
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`${message} (this is a bug in Frugal)`);
}

/**
 * The element at `index`, which the caller knows to exist.
 *
 * @example
 * at([5, 7], 1) // 7
 */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const item = list[index];
  assert(item !== undefined, `no element ${index} in a list of ${list.length}`);
  return item;
}
