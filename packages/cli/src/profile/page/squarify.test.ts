import fc from "fast-check";
import { expect, it } from "vitest";
import { type Box, squarify } from "./squarify.js";

const rounded = ({ x, y, width, height }: Box): readonly number[] =>
  [x, y, width, height].map((v) => Math.round(v * 1000) / 1000);

it("divides the rectangle of the paper as the paper does", () => {
  // Bruls, Huizing and van Wijk, figure 4: areas 6, 6, 4, 3, 2, 2, 1 in 6 x 4. Two of 3 x 2 at the left, then 4 and 3
  // side by side over the rest; their ratios are 3/2, 3/2, 49/27 ...
  const boxes = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
  expect(boxes.slice(0, 4).map(rounded)).toEqual([
    [0, 0, 3, 2],
    [0, 2, 3, 2],
    [3, 0, 1.714, 2.333],
    [4.714, 0, 1.286, 2.333],
  ]);
  // "Next the area with size 2 is added to the right": 2 alone in a column of the height that is left.
  expect(rounded(boxes[4]!)).toEqual([3, 2.333, 1.2, 1.667]);
});

it("gives every value its share of the area, inside the box, without overlap", () => {
  const values = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(values, (list) => {
      const falling = list.toSorted((a, b) => b - a);
      const boxes = squarify(falling, { x: 0, y: 0, width: 100, height: 60 });
      const sum = falling.reduce((a, b) => a + b, 0);
      boxes.forEach(({ x, y, width, height }, i) => {
        expect(width * height).toBeCloseTo((6000 * falling[i]!) / sum, 4);
        expect(Math.min(x, y)).toBeGreaterThan(-1e-6);
        expect(x + width).toBeLessThan(100 + 1e-6);
        expect(y + height).toBeLessThan(60 + 1e-6);
        for (const other of boxes.slice(0, i)) {
          const apart =
            x >= other.x + other.width - 1e-6 ||
            other.x >= x + width - 1e-6 ||
            y >= other.y + other.height - 1e-6 ||
            other.y >= y + height - 1e-6;
          expect(apart).toBe(true);
        }
      });
      expect(boxes).toHaveLength(falling.length);
    }),
    { numRuns: 50 },
  );
});
