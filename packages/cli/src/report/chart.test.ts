import { describe, expect, it } from "vitest";
import { chart, shareBars } from "./chart.js";
import { element, escapeText, linearScale, niceTicks } from "./svg.js";

describe("niceTicks", () => {
  it("are round and enclose the values", () => {
    expect(niceTicks(0.13, 0.97, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceTicks(0, 157_312, 5)).toEqual([0, 50_000, 100_000, 150_000, 200_000]);
  });

  it("exist for a single value, zero included", () => {
    for (const value of [0, 0.98, 1e6]) {
      const ticks = niceTicks(value, value);
      expect(ticks.length).toBeLessThan(12);
      expect(ticks.every(Number.isFinite)).toBe(true);
    }
  });

  it("end where nothing can lie beyond", () => {
    expect(linearScale([0.9, 1.07], [0, 100], { max: 1 }).ticks.at(-1)).toBe(1);
  });
});

describe("markup", () => {
  it("cannot be broken out of by words", () => {
    expect(escapeText(`<script>"&`)).toBe("&lt;script&gt;&quot;&amp;");
    expect(element("a", { title: '"><b' })).toBe('<a title="&quot;&gt;&lt;b"/>');
  });
});

describe("chart", () => {
  const point = { x: 1, y: 0.5, low: 0.4, high: 0.6, title: "one <point>" };
  const svg = chart({
    title: "t",
    description: "d",
    x: { label: "cost", format: String },
    y: { label: "accuracy", format: String },
    series: [
      {
        name: "a",
        style: 0,
        line: "solid",
        points: [point, { x: 2, y: 0.8, title: "two", hollow: true }],
      },
      { name: "empty", style: 1, points: [] },
    ],
  });

  it("has a title and a description for those who cannot see it", () => {
    expect(svg).toMatch(/^<svg [^>]*role="img"[^>]*><title>t<\/title><desc>d<\/desc>/);
  });

  it("draws one marker with its words for each point, and an interval where there is one", () => {
    expect(svg.match(/class="marker/g)).toHaveLength(2);
    expect(svg.match(/class="whisker/g)).toHaveLength(1);
    expect(svg).toContain("<title>one &lt;point&gt;</title>");
  });

  it("holds no number that a browser cannot read", () => {
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const single = {
      title: "t",
      description: "d",
      x: { label: "", format: String },
      y: { label: "", format: String },
    };
    expect(chart({ ...single, series: [{ name: "a", style: 0, points: [point] }] })).not.toMatch(
      /NaN|Infinity/,
    );
  });
});

describe("shareBars", () => {
  it("are as long as the shares", () => {
    const svg = shareBars([{ name: "half", shares: [0.25, 0.75] }], {
      title: "t",
      parts: ["a", "b"],
    });
    const widths = [...svg.matchAll(/<rect [^>]*?width="([\d.]+)"/g)].map((m) => Number(m[1]));
    expect(widths[1]! / widths[0]!).toBeCloseTo(3, 2);
  });
});
