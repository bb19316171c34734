/** Names and what they stand for, body within graph; remembers what a body takes from outside. */

import type { Value } from "./value.js";

export class Scope {
  private readonly names = new Map<string, Value>();
  readonly captured = new Set<Value>();

  constructor(private readonly outer?: Scope) {}

  has(name: string): boolean {
    return this.names.has(name);
  }

  get(name: string): Value | undefined {
    const own = this.names.get(name);
    if (own || !this.outer) return own;
    const found = this.outer.get(name);
    if (found) this.captured.add(found);
    return found;
  }

  set(name: string, value: Value): void {
    this.names.set(name, value);
  }
}
