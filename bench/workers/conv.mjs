/**
 * Our contestant: forward, input gradient and weight gradient of one 3x3 convolution. Usage: conv.mjs N C H K
 * Results are reduced inside the graph, as nobody reads them: what is timed is the layer.
 */

import { gradients } from "@frugal/core/autodiff";
import { buildGraph, input } from "@frugal/core/graph";
import { conv, mul, reduceMax, reduceSum } from "@frugal/core/ops";
import { nodeEngine } from "@frugal/engine";
import { serve } from "../lib/contestant.mjs";
import { normal, THREADS } from "../lib/model.mjs";

const [n, c, h, k] = process.argv.slice(2).map(Number);
const shapes = { x: [n, c, h, h], w: [k, c, 3, 3], g: [n, k, h, h] };
const [x, w, g] = Object.entries(shapes).map(([name, shape]) => input(name, shape));
const loss = reduceSum(mul(conv(x, w, { pads: 1 }), g));
const [dx, dw] = gradients(loss, [x, w]);
const graph = buildGraph({ loss, dx: reduceMax(dx), dw: reduceMax(dw) });
const executable = await nodeEngine({ threads: THREADS }).compile(graph);
const feeds = Object.fromEntries(
  Object.entries(shapes).map(([name, shape], i) => [name, normal(shape, i)]),
);
await serve(() => executable.run(feeds));
