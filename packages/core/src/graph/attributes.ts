/** Attributes as text: for telling equal nodes, and for people. */

/** Calls `leaf` for what is no plain data (functions, typed arrays): its text must tell them apart. */
export function attributeText(value: unknown, leaf: (value: object) => string): string {
  if (typeof value === "function" || ArrayBuffer.isView(value)) return leaf(value);
  if (Array.isArray(value)) return `[${value.map((v) => attributeText(v, leaf)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    return `{${entries.map(([k, v]) => `${k}=${attributeText(v, leaf)}`).join(", ")}}`;
  }
  if (typeof value === "string") return JSON.stringify(value);
  return Object.is(value, -0) ? "-0" : String(value);
}
