/** Counts what a suite left out and why, and says so at the end. */

import { afterAll } from "vitest";

/** Records `reason` for one thing left out. */
export type Skip = (reason: string) => void;

/** A recorder that prints "N skipped: 3 x reason; ..." after all tests of the file. */
export function countSkips(suite: string): Skip {
  const reasons = new Map<string, number>();
  afterAll(() => {
    const total = [...reasons.values()].reduce((a, b) => a + b, 0);
    const list = [...reasons].sort((a, b) => b[1] - a[1]).map(([why, n]) => `${n} x ${why}`);
    console.log(`${suite}: ${total} skipped${total > 0 ? `: ${list.join("; ")}` : ""}`);
  });
  return (reason) => reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
}
