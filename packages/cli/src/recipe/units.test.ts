import { expect, test } from "vitest";
import { formatAmount, parseAmount, parseBudget } from "./units.js";

test.each([
  ["2M", 2_000_000],
  ["300k", 300_000],
  ["1.5 G", 1_500_000_000],
  ["42", 42],
  [7, 7],
])("%j is the amount %d", (text, value) => {
  expect(parseAmount(text, "here")).toBe(value);
});

test.each(["2X", "", "M", "-3k", "1,5M", "2MM"])(
  "%j is no amount, and the error says what is",
  (text) => {
    expect(() => parseAmount(text, "evaluate.budgets.0")).toThrow(
      expect.objectContaining({ code: "E_CONFIG", where: "evaluate.budgets.0" }),
    );
  },
);

test("up to 1 a budget is a share, above it MACs", () => {
  expect(parseBudget(0.5, "")).toEqual({ kind: "fraction", value: 0.5 });
  expect(parseBudget("50%", "")).toEqual({ kind: "fraction", value: 0.5 });
  expect(parseBudget(1, "")).toEqual({ kind: "fraction", value: 1 });
  expect(parseBudget("2M", "")).toEqual({ kind: "macs", value: 2e6 });
});

test.each([0, -1, "0", "150%", Number.NaN])("%j is no budget", (given) => {
  expect(() => parseBudget(given, "")).toThrow(expect.objectContaining({ code: "E_CONFIG" }));
});

test("amounts are shown with three digits and a unit", () => {
  expect([1_234_567, 999, 300_000, 2.5e9, 0].map(formatAmount)).toEqual([
    "1.23M",
    "999",
    "300k",
    "2.5G",
    "0",
  ]);
});
