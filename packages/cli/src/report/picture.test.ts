import { expect, it } from "vitest";
import { chart, legend, type Series } from "./chart.js";
import { picture } from "./picture.js";

const series: readonly Series[] = ["one", "two", "three", "four <4>"].map((name, style) => ({
  name,
  style,
  points: [{ x: style, y: 1, title: name }],
}));
const axis = { label: "x", format: String };
const drawn = chart({
  title: "t",
  description: "d",
  x: axis,
  y: axis,
  series,
  width: 300,
  height: 200,
});

it("makes a chart and its legend one SVG file, with the entries in rows of three below the chart", () => {
  const svg = picture({ title: "a & b", chart: drawn, legend: legend(series) });
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 300 272"/);
  expect(svg).toContain("<title>a &amp; b</title>");
  expect(svg).toContain(".c0");
  // 200 high, then rows at 214 and 22 below.
  const places = [...svg.matchAll(/translate\(([\d.]+) (\d+)\)/g)].map(([, x, y]) => [x, y]);
  expect(places).toEqual([
    ["78.0", "214"],
    ["152.0", "214"],
    ["226.0", "214"],
    ["78.0", "236"],
  ]);
  expect(svg).toContain(">four &lt;4&gt;</text>");
  expect(svg.match(/<svg /g)).toHaveLength(2 + 4);
});
