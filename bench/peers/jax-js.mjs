/**
 * jax-js peer of the benchmarks, on its WebAssembly backend (the fastest it has in Node).
 * Usage: jax-js.mjs conv N C H K | mlp
 */

// jax-js asks the browser's `navigator` for its number of workers; Node 20 has none.
globalThis.navigator ??= { hardwareConcurrency: 2 };
const {
  blockUntilReady,
  defaultDevice,
  grad,
  init,
  jit,
  lax,
  nn,
  numpy: np,
  random,
} = await import("@jax-js/jax");
const { serve } = await import("../lib/contestant.mjs");

await init("wasm");
defaultDevice("wasm");

/** The gradients of sum(conv(x, w) * g): forward, input gradient and weight gradient of one layer. */
function convStep(n, c, h, k) {
  const x = random.normal(random.key(0), [n, c, h, h]);
  const w = random.normal(random.key(1), [k, c, 3, 3]);
  const g = random.normal(random.key(2), [n, k, h, h]);
  const gradient = jit((xs, ws, gs) =>
    grad(([a, b]) =>
      lax
        .convGeneralDilated(
          a,
          b,
          [1, 1],
          [
            [1, 1],
            [1, 1],
          ],
        )
        .mul(gs)
        .sum(),
    )([xs, ws]),
  );
  return async () => {
    const result = gradient(x.ref, w.ref, g.ref);
    await blockUntilReady(result);
    for (const array of result) array.dispose();
  };
}

/** A step of 784-256-10 on a batch of 256: SGD with momentum, as the other contestants do. */
function mlpStep() {
  const normal = (seed, shape, scale) => random.normal(random.key(seed), shape).mul(scale);
  const x = normal(0, [256, 784], 1);
  const labels = np.array(
    Array.from({ length: 256 }, (_, i) => i % 10),
    { dtype: np.int32 },
  );
  const y = nn.oneHot(labels, 10);
  let weights = [
    normal(1, [784, 256], 0.05),
    np.zeros([256]),
    normal(2, [256, 10], 0.05),
    np.zeros([10]),
  ];
  let momentum = weights.map((w) => np.zeros(w.shape));
  const loss = ([w1, b1, w2, b2], xs, ys) => {
    const logits = np.matmul(nn.relu(np.matmul(xs, w1).add(b1)), w2).add(b2);
    return nn
      .logSoftmax(logits)
      .mul(ys)
      .sum()
      .mul(-1 / 256);
  };
  const update = jit((ws, ms, xs, ys) => {
    const gradients = grad(loss)(
      ws.map((w) => w.ref),
      xs,
      ys,
    );
    const next = ms.map((m, i) => m.mul(0.9).add(gradients[i]));
    return [ws.map((w, i) => w.sub(next[i].ref.mul(0.05))), next];
  });
  return async () => {
    [weights, momentum] = update(weights, momentum, x.ref, y.ref);
    await blockUntilReady([weights, momentum]);
  };
}

const [kind, ...numbers] = process.argv.slice(2);
await serve(kind === "conv" ? convStep(...numbers.map(Number)) : mlpStep(), { warmUp: 2 });
