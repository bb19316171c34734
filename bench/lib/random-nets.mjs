/** Random networks for latency models, each an architecture of its own: plain, residual, separable, grouped, and perceptrons. */

import { ProbeBuilder } from "@frugal/core/costs";
import { randomStream } from "@frugal/core/random";

const pick = (s, list) => list[s.integer(list.length)];
const between = (s, low, high) => low + s.integer(high - low + 1);
const conv = (b, x, channels, options = {}) =>
  b.convolution(x, { channels, norm: true, activation: true, ...options });

/** Widths that are no multiples of a vector occur too. */
const width = (s, base) => Math.max(4, Math.round((base * (0.6 + s.uniform())) / 4) * 4);

const blocks = {
  plain: (b, s, x, channels, stride) =>
    conv(b, x, channels, { kernel: pick(s, [1, 3, 3, 3, 5]), stride }),
  residual(b, s, x, channels, stride) {
    const same = stride === 1 && x.shape[1] === channels;
    const skip = same ? x : conv(b, x, channels, { kernel: 1, stride, activation: false });
    const inner = conv(b, x, channels, { stride });
    return conv(b, inner, channels, { kernel: pick(s, [1, 3, 3]), residual: skip });
  },
  bottleneck(b, s, x, channels, stride) {
    const narrow = Math.max(4, channels >> pick(s, [1, 2]));
    const y = conv(b, conv(b, x, narrow, { kernel: 1 }), narrow, { stride });
    const same = stride === 1 && x.shape[1] === channels;
    return conv(b, y, channels, { kernel: 1, ...(same ? { residual: x } : {}) });
  },
  separable(b, s, x, channels, stride) {
    const c = x.shape[1];
    const y = conv(b, x, c, { groups: c, kernel: pick(s, [3, 3, 5]), stride });
    return conv(b, y, channels, { kernel: 1 });
  },
  grouped(b, _s, x, channels, stride) {
    const groups = [4, 2].find((g) => x.shape[1] % g === 0 && channels % g === 0) ?? 1;
    return conv(b, x, channels, { groups, stride });
  },
};

/** Each architecture favours one kind of block and mixes in others. */
function convolutional(b, s) {
  const side = pick(s, [32, 32, 48, 64]);
  let channels = width(s, pick(s, [16, 24, 32, 48]));
  const favourite = pick(s, Object.keys(blocks));
  let x = conv(b, b.input([1, 3, side, side]), channels, {
    kernel: pick(s, [3, 3, 5]),
    stride: pick(s, [1, 1, 2]),
  });
  for (let stage = 0, stages = between(s, 2, 4); stage < stages; stage++) {
    const depth = between(s, 1, 4);
    for (let i = 0; i < depth; i++) {
      const kind = s.integer(4) === 0 ? pick(s, Object.keys(blocks)) : favourite;
      const shrink = i === 0 && stage > 0 && x.shape[2] >= 6;
      const pooled = shrink && s.integer(3) === 0;
      if (pooled) x = b.pool(x, pick(s, ["MaxPool", "AveragePool"]), 2, 2);
      x = blocks[kind](b, s, x, channels, shrink && !pooled ? 2 : 1);
    }
    channels = Math.min(256, width(s, channels * pick(s, [1, 1.5, 1.6])));
  }
  const hidden =
    s.integer(3) === 0 ? b.linear(b.globalPool(x), pick(s, [64, 128, 256]), true) : b.globalPool(x);
  return b.linear(hidden, pick(s, [10, 100, 200]));
}

function perceptron(b, s) {
  let x = b.input([1, pick(s, [64, 256, 784, 1024])]);
  for (let i = 0, depth = between(s, 1, 6); i < depth; i++) {
    x = b.linear(x, pick(s, [32, 64, 100, 128, 200, 256, 384, 512, 768, 1024]), true);
  }
  return b.linear(x, pick(s, [10, 100]));
}

/** The `index`-th network of a seed, as an ONNX model. */
export function randomNet(seed, index) {
  const builder = new ProbeBuilder(seed + index);
  const stream = randomStream(seed, "architecture", index);
  const build = index % 8 === 7 ? perceptron : convolutional;
  builder.output(build(builder, stream));
  return builder.model();
}
