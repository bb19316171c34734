import { expect, test } from "vitest";
import { exact, fit, printable, share, short, tiny } from "./amounts.js";

test("amounts have three digits and a prefix; rounding up moves to the next prefix", () => {
  expect(short(4_089_184_256)).toBe("4.09 G");
  expect(short(999_999)).toBe("1 M");
  expect(short(999)).toBe("999");
  expect(short(1e21)).toBe("1000000 P");
  expect(short(102_440_608, "B")).toBe("102 MB");
  expect(short(12, "B")).toBe("12 B");
  expect(short(0, "B")).toBe("0 B");
  expect(tiny(0.0123, "J")).toBe("12.3 mJ");
  expect(tiny(4.6e-12, "J")).toBe("4.6 pJ");
  expect(tiny(2.5, "s")).toBe("2.5 s");
});

test("numbers in full have separators", () => {
  expect(exact(4_089_184_256)).toBe("4,089,184,256");
  expect(exact(7)).toBe("7");
});

test("a share that is not nothing is never shown as nothing", () => {
  expect(share(1, 1_000_000)).toBe("<0.1 %");
  expect(share(1, 3)).toBe("33.3 %");
  expect(share(0, 3)).toBe("–");
  expect(share(3, 0)).toBe("–");
});

test("long names keep both ends", () => {
  expect(fit("features.denseblock4.conv1", 11)).toBe("featu…conv1");
  expect(fit("conv1", 11)).toBe("conv1");
  expect(fit("abcdef", 1)).toBe("…");
});

test("names cannot steer a terminal, nor turn the direction of text", () => {
  expect(printable("a\u001b[31mb\nc\u202ed")).toBe("a?[31mb?c?d");
});
