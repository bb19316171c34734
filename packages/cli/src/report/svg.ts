/** Text for SVG and HTML: elements with escaped attributes, and scales with round ticks. */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Text as it may stand in HTML and SVG, attributes included. */
export const escapeText = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

/** Children are markup already; use `escapeText` for words. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const text = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeText(coordinate(value!))}"`)
    .join("");
  return children.length === 0
    ? `<${name}${text}/>`
    : `<${name}${text}>${children.join("")}</${name}>`;
}

/** A hundredth of a pixel is enough, and keeps files small. */
const coordinate = (value: string | number): string =>
  typeof value === "number" ? String(Math.round(value * 100) / 100) : value;

export interface Scale {
  (value: number): number;
  readonly ticks: readonly number[];
}

/** Round numbers from the largest one below `low` to the smallest one above `high`. */
export function niceTicks(low: number, high: number, count = 5): number[] {
  const span = high - low || Math.abs(high) || 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw * (1 - 1e-9))!;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  // Multiples, not sums, so that no rounding error adds up; the division mends 3 * 0.1.
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/** A linear scale whose domain ends at round numbers. */
export function linearScale(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  {
    count,
    max = Number.POSITIVE_INFINITY,
  }: { readonly count?: number; readonly max?: number } = {},
): Scale {
  const ticks = niceTicks(low, Math.min(high, max), count).filter((t) => t <= max + 1e-9);
  const start = ticks[0]!;
  const end = ticks.at(-1)!;
  const scale = (value: number): number =>
    end === start ? (from + to) / 2 : from + ((value - start) / (end - start)) * (to - from);
  return Object.assign(scale, { ticks });
}

/** The smallest and the largest of the numbers. */
export const extent = (values: readonly number[]): [number, number] => [
  values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
];
