/** Squarified treemaps: M. Bruls, K. Huizing and J. J. van Wijk, Squarified Treemaps, 2000. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Worst ratio of sides in a row of areas along a side: max(s² a / A², A² / (s² a)). */
function worst(areas: readonly number[], total: number, side: number): number {
  const square = (side / total) ** 2;
  return areas.reduce((most, a) => Math.max(most, square * a, 1 / (square * a)), 0);
}

/**
 * Divides a box in proportion to the values, which must be positive and fall; boxes are as square as can be.
 *
 * squarify([6, 2], { x: 0, y: 0, width: 4, height: 2 }) gives 3 x 2 and 1 x 2.
 */
export function squarify(values: readonly number[], box: Box): readonly Box[] {
  const sum = values.reduce((a, b) => a + b, 0);
  if (sum <= 0) return [];
  const scale = (box.width * box.height) / sum;
  const boxes: Box[] = [];
  let { x, y, width, height } = box;
  for (let i = 0; i < values.length; ) {
    const side = Math.min(width, height);
    const row: number[] = [];
    let total = 0;
    let ratio = Number.POSITIVE_INFINITY;
    while (i + row.length < values.length) {
      const area = values[i + row.length]! * scale;
      const next = worst([...row, area], total + area, side);
      if (row.length > 0 && next > ratio) break;
      row.push(area);
      total += area;
      ratio = next;
    }
    const thickness = side > 0 ? total / side : 0;
    let along = 0;
    for (const area of row) {
      const length = thickness > 0 ? area / thickness : 0;
      boxes.push(
        width >= height
          ? { x, y: y + along, width: thickness, height: length }
          : { x: x + along, y, width: length, height: thickness },
      );
      along += length;
    }
    if (width >= height) {
      x += thickness;
      width = Math.max(0, width - thickness);
    } else {
      y += thickness;
      height = Math.max(0, height - thickness);
    }
    i += row.length;
  }
  return boxes;
}
