/** The values that examples show in comments: read from text, compared with what the code gave. */

/** What a comment says a value is. */
type Pattern =
  | { readonly kind: "number"; readonly value: number; readonly tolerance: number }
  | { readonly kind: "exactly"; readonly value: unknown }
  | {
      readonly kind: "list";
      readonly type: string | undefined;
      readonly items: readonly Pattern[];
      readonly isOpen: boolean;
    }
  | {
      readonly kind: "record";
      readonly entries: readonly (readonly [string, Pattern])[];
      readonly isOpen: boolean;
    };

const words: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  null: null,
  undefined: undefined,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** Reads literals by recursive descent; throws a SyntaxError where the text is not one. */
class Reader {
  private position = 0;

  constructor(private readonly text: string) {}

  whole(): Pattern {
    const pattern = this.value();
    this.space();
    if (this.position < this.text.length) throw this.surprise();
    return pattern;
  }

  private value(): Pattern {
    const type = this.take(/(?:[A-Z]\w*Array|Array)(?=\s*\[)/y);
    if (this.take(/\[/y) !== undefined) {
      return { kind: "list", type, ...this.members("]", () => this.value()) };
    }
    if (this.take(/\{/y) !== undefined) {
      const { items, isOpen } = this.members("}", () => {
        const name = this.take(/[A-Za-z_$][\w$]*|\d+/y) ?? String(this.text_());
        if (this.take(/:/y) === undefined) throw this.surprise();
        return [name, this.value()] as const;
      });
      return { kind: "record", entries: items, isOpen };
    }
    if (/["'`]/.test(this.peek())) return { kind: "exactly", value: this.text_() };
    const word = this.take(/-?[A-Za-z]+/y);
    if (word !== undefined) {
      if (!(word in words)) throw this.surprise();
      return { kind: "exactly", value: words[word] };
    }
    const number = this.take(/0x[\da-fA-F]+|-?\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?n?/y);
    if (number === undefined) throw this.surprise();
    if (number.endsWith("n")) return { kind: "exactly", value: BigInt(number.slice(0, -1)) };
    const value = Number(number.replaceAll("_", ""));
    // 0.83 stands for everything that is 0.83 to two digits.
    const shown = /\.(\d+)(?:[eE]([+-]?\d+))?$/.exec(number);
    const tolerance = shown ? 0.5000001 * 10 ** (Number(shown[2] ?? 0) - shown[1]!.length) : 0;
    return { kind: "number", value, tolerance };
  }

  private members<T>(end: string, item: () => T): { items: T[]; isOpen: boolean } {
    const items: T[] = [];
    const close = end === "]" ? /\]/y : /\}/y;
    for (;;) {
      if (this.take(close) !== undefined) return { items, isOpen: false };
      if (this.take(/\.\.\./y) !== undefined) {
        if (this.take(close) === undefined) throw this.surprise();
        return { items, isOpen: true };
      }
      items.push(item());
      if (this.take(/,/y) === undefined && this.peek() !== end) throw this.surprise();
    }
  }

  private text_(): string {
    const quoted = this.take(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/y);
    if (quoted === undefined) throw this.surprise();
    return JSON.parse(`"${quoted.slice(1, -1).replaceAll(/(?<!\\)"/g, '\\"')}"`);
  }

  private peek(): string {
    this.space();
    return this.text[this.position] ?? "";
  }

  private take(pattern: RegExp): string | undefined {
    this.space();
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    this.position += found?.length ?? 0;
    return found;
  }

  private space(): void {
    while (/\s/.test(this.text[this.position] ?? "")) this.position++;
  }

  private surprise(): SyntaxError {
    const rest = JSON.stringify(this.text.slice(this.position, this.position + 30));
    return new SyntaxError(`this is not a value at ${rest}`);
  }
}

function difference(actual: unknown, pattern: Pattern, at: string): string | undefined {
  const here = at || "the value";
  if (pattern.kind === "number") {
    if (typeof actual !== "number") return `${here} is ${show(actual)}, not a number`;
    const isNear = Math.abs(actual - pattern.value) <= pattern.tolerance;
    return isNear ? undefined : `${here} is ${actual}`;
  }
  if (pattern.kind === "exactly") {
    return Object.is(actual, pattern.value) ? undefined : `${here} is ${show(actual)}`;
  }
  if (pattern.kind === "list") {
    const list = ArrayBuffer.isView(actual) || Array.isArray(actual);
    const type = (actual as object | undefined)?.constructor?.name;
    if (!list || type !== (pattern.type ?? "Array")) return `${here} is ${show(actual)}`;
    const items = [...(actual as Iterable<unknown>)];
    if (
      pattern.isOpen ? items.length < pattern.items.length : items.length !== pattern.items.length
    )
      return `${here} is ${show(actual)}`;
    return first(pattern.items.map((item, i) => difference(items[i], item, `${at}[${i}]`)));
  }
  if (typeof actual !== "object" || actual === null) return `${here} is ${show(actual)}`;
  const record = actual as Record<string, unknown>;
  const known = new Set(pattern.entries.map(([name]) => name));
  const extra = Object.keys(record).find((k) => !known.has(k) && record[k] !== undefined);
  if (!pattern.isOpen && extra !== undefined) return `${here} also has ${extra}: ${show(actual)}`;
  return first(
    pattern.entries.map(([name, value]) => difference(record[name], value, `${at}.${name}`)),
  );
}

const first = (messages: readonly (string | undefined)[]): string | undefined =>
  messages.find((m) => m !== undefined);

function show(value: unknown): string {
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    const items = [...(value as Iterable<unknown>)].slice(0, 12).map(show).join(", ");
    const type = (value as object).constructor.name;
    return `${type === "Array" ? "" : `${type} `}[${items}]`;
  }
  if (typeof value === "object" && value !== null) {
    const text = Object.entries(value).map(
      ([k, v]) => `${k}: ${typeof v === "object" ? "..." : String(v)}`,
    );
    return `{ ${text.join(", ").slice(0, 200)} }`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/**
 * Why `actual` is not what the comment says; undefined if it is. The comment may be a literal (numbers agree to the
 * digits shown, `...` at the end of a list or record leaves the rest open, `Float32Array [1, 2]` names a type), a bound
 * such as `<= 0.5`, or, for a text that is not a literal, the text itself.
 */
export function disagreement(actual: unknown, comment: string): string | undefined {
  const bound = /^(<=?|>=?)\s*(-?[\d_.eE+-]+)$/.exec(comment);
  if (bound) {
    const holds = comparisons[bound[1]!]!;
    const isRight =
      typeof actual === "number" && holds(actual, Number(bound[2]!.replaceAll("_", "")));
    return isRight ? undefined : `the value is ${show(actual)}`;
  }
  try {
    return difference(actual, new Reader(comment).whole(), "");
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (typeof actual !== "string") return `${error.message}; the value is ${show(actual)}`;
    return actual.trimEnd() === comment ? undefined : `the value is ${show(actual)}`;
  }
}
