/** Tables of numbers with a class column: CSV with optional header and quotes. */

import { UserError } from "../base/index.js";
import { decodeUtf8 } from "./text.js";

export interface CsvOptions {
  /** Whether the first line names the columns. Default false. */
  readonly header?: boolean;
  /** Which column holds the class, after `ignoreColumns` are taken away. Default "last". */
  readonly classColumn?: "first" | "last";
  /** Columns to leave out, counted from 0 in the file: identifiers, time stamps. */
  readonly ignoreColumns?: readonly number[];
  /** Default ",". */
  readonly delimiter?: string;
  /** The classes to map to 0, 1, ...; default: those found, sorted. Give the training set's for a test file. */
  readonly classes?: readonly string[];
}

export interface CsvTable {
  readonly n: number;
  /** Numbers in a row. */
  readonly width: number;
  /** [n, width], row by row. */
  readonly features: Float32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
  /** Class of label i: sorted as numbers where all of them are, else as text. */
  readonly classes: readonly string[];
  /** Names of the number columns, where there is a header. */
  readonly columns: readonly string[] | undefined;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * The numbers and classes of a CSV file. Blank lines are skipped; a missing value ("", "?", "NaN") or any
 * other text where a number belongs is an error that names line and column.
 *
 * @example
 * readCsv(new TextEncoder().encode("1,2,cat\n3,4,ant\n"), "pets.csv").labels // Int32Array [1, 0]
 */
export function readCsv(bytes: Uint8Array, name: string, options: CsvOptions = {}): CsvTable {
  const { header = false, classColumn = "last", ignoreColumns = [], delimiter = "," } = options;
  const text = decodeUtf8(bytes);
  if (text === undefined) {
    throw new UserError("E_FILE", `${name} is not UTF-8 text`, {
      where: name,
      allowed: "a CSV file in UTF-8",
      next: "unpack or convert the file",
    });
  }
  const ignored = new Set(ignoreColumns);
  const rows: { line: number; cells: string[] }[] = [];
  text.split(/\r\n|\n|\r/).forEach((raw, index) => {
    if (raw.trim() !== "")
      rows.push({ line: index + 1, cells: splitLine(raw, delimiter, name, index + 1) });
  });
  const names = header ? rows.shift()?.cells : undefined;
  const columns = (names ?? rows[0]?.cells)?.length ?? 0;
  const kept = Array.from({ length: columns }, (_, i) => i).filter((i) => !ignored.has(i));
  const classIndex = classColumn === "first" ? kept.shift() : kept.pop();
  if (rows.length === 0 || classIndex === undefined || kept.length === 0) {
    throw new UserError("E_DATA", `${name} holds no data`, {
      where: name,
      allowed: "at least one row with one number and a class",
      next: "check the header, delimiter and ignoreColumns options",
    });
  }

  const width = kept.length;
  const features = new Float32Array(rows.length * width);
  rows.forEach(({ line, cells }, row) => {
    if (cells.length !== columns) {
      throw new UserError("E_DATA", `line ${line} of ${name} has ${cells.length} columns`, {
        where: `${name}:${line}`,
        allowed: `${columns} columns, as in the first line`,
        next: "repair the line, or check the delimiter option",
      });
    }
    for (let k = 0; k < width; k++) {
      const cell = cells[kept[k]!]!;
      // Math.fround: what overflows float32 is no number for us either.
      const value = NUMBER.test(cell) ? Math.fround(Number(cell)) : Number.NaN;
      if (!Number.isFinite(value)) throw badCell(name, line, kept[k]!, names, cell);
      features[row * width + k] = value;
    }
  });

  const texts = rows.map(({ line, cells }) => {
    const cell = cells[classIndex]!;
    if (cell === "" || cell === "?") throw badCell(name, line, classIndex, names, cell);
    return cell;
  });
  const classes = options.classes ?? sortClasses([...new Set(texts)]);
  const labelOf = new Map(classes.map((c, i) => [c, i]));
  const labels = Int32Array.from(texts, (c, row) => {
    const label = labelOf.get(c);
    if (label !== undefined) return label;
    throw new UserError(
      "E_DATA",
      `line ${rows[row]!.line} of ${name} has the unknown class "${c}"`,
      {
        where: `${name}:${rows[row]!.line}, column ${classIndex + 1}`,
        allowed: classes.join(", "),
        next: "check that the file belongs to the training file, and the classColumn option",
      },
    );
  });
  return {
    n: rows.length,
    width,
    features,
    labels,
    classes,
    columns: names && kept.map((i) => names[i]!),
  };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Numeric order where every class is a number ("2" before "10"), else by code unit: never by locale. */
function sortClasses(found: string[]): string[] {
  const numeric = found.every((c) => NUMBER.test(c));
  return found.sort((a, b) => (numeric ? Number(a) - Number(b) : 0) || byText(a, b));
}

function badCell(
  name: string,
  line: number,
  column: number,
  names: readonly string[] | undefined,
  cell: string,
): UserError {
  const missing = cell === "" || cell === "?" || /^(nan|na|null)$/i.test(cell);
  const title = names?.[column] === undefined ? "" : ` ("${names[column]}")`;
  const what = missing
    ? `a value is missing (${JSON.stringify(cell)})`
    : `"${cell}" is not a number`;
  return new UserError("E_DATA", `${what} in line ${line}, column ${column + 1} of ${name}`, {
    where: `${name}:${line}, column ${column + 1}${title}`,
    allowed: "a finite number in every column but the class",
    next: "remove or fill in the row, or leave the column out with ignoreColumns",
  });
}

/** Cells of a line, trimmed; "a ""quoted"" cell" may hold delimiters but no line break. */
function splitLine(raw: string, delimiter: string, name: string, line: number): string[] {
  if (!raw.includes('"')) return raw.split(delimiter).map((cell) => cell.trim());
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < raw.length; i++) {
    const c = raw[i]!;
    if (quoted && c === '"' && raw[i + 1] === '"') {
      cell += c;
      i++;
    } else if (c === '"') {
      quoted = !quoted;
    } else if (c === delimiter && !quoted) {
      cells.push(cell.trim());
      cell = "";
    } else {
      cell += c;
    }
  }
  if (quoted) {
    throw new UserError("E_DATA", `line ${line} of ${name} has a quote that is not closed`, {
      where: `${name}:${line}`,
      allowed: 'cells such as "a, ""b""" that end in the same line',
      next: "close the quote",
    });
  }
  return [...cells, cell.trim()];
}
