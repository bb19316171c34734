/** The contract of every op, over every row: `npx vitest run packages/engine/tests/ops.contract.test.ts -t "^Conv "`. */

import { gradients } from "@frugal/core/autodiff";
import { UserError } from "@frugal/core/base";
import { encodeOnnx } from "@frugal/core/formats";
import { buildGraph, inputName, standardTarget, type Target, type Value } from "@frugal/core/graph";
import { applicableLowerings, lowerGraph } from "@frugal/core/lowering";
import { type OpKind, ops } from "@frugal/core/ops";
import { fromHost, interpret, type RefTensor } from "@frugal/core/reference";
import { isFloat } from "@frugal/core/tensor";
import * as ort from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { centralDifferences } from "../../core/src/autodiff/testing/differences.js";
import { weightedSum } from "../../core/src/autodiff/testing/objective.js";
import { type OpCase, rows, type TracedCase, traceCase } from "../../core/src/ops/testing/index.js";
import { probeBlockSize } from "../src/block-size.js";
import { checkModels } from "./support/checker.js";
import { expectClose } from "./support/compare.js";
import { runOnnx } from "./support/onnx-session.js";
import { pythonWith } from "./support/python.js";
import { countSkips } from "./support/skips.js";

const skip = countSkips("op contract");
const models = new Map<string, Uint8Array>();
let cpuTarget: Target = standardTarget;

beforeAll(async () => {
  const blockSize = await probeBlockSize(ort as never);
  cpuTarget = { blockSize, domains: ["com.microsoft", "com.microsoft.nchwc"] };
});

function attempt<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch {
    return undefined;
  }
}

const named = (prefix: string, values: readonly Value[]) =>
  Object.fromEntries(values.map((v, i) => [`${prefix}${i}`, v]));

const referenceFeeds = (traced: TracedCase): Record<string, RefTensor> =>
  Object.fromEntries(Object.entries(traced.feeds).map(([name, t]) => [name, fromHost(t)]));

const wrtOf = (traced: TracedCase) => traced.wrt.map((i) => traced.inputs[i]!);

/** First derivatives of the row's weighted sum. */
const firstGradients = (id: string, traced: TracedCase) =>
  gradients(weightedSum(id, traced.outputs), wrtOf(traced), { unused: "zero" });

async function expectEngineMeetsReference(
  outputs: Record<string, Value>,
  { id, traced, tolerance }: { id: string; traced: TracedCase; tolerance: number },
): Promise<void> {
  const graph = buildGraph(outputs, { inputs: traced.inputs });
  const bytes = encodeOnnx(lowerGraph(graph, { name: id }));
  models.set(id, bytes);
  const expected = interpret(graph, referenceFeeds(traced));
  const actual = await runOnnx(bytes, traced.feeds);
  for (const name of Object.keys(outputs)) expectClose(actual[name]!, expected[name]!, tolerance);
}

/** Every lowering beyond the standard one, on the target with internal operators. */
async function expectLoweringsAgree(
  outputs: Record<string, Value>,
  { traced, tolerance }: { traced: TracedCase; tolerance: number },
): Promise<number> {
  const graph = buildGraph(outputs, { inputs: traced.inputs });
  const most = Math.max(...graph.nodes.map((n) => applicableLowerings(n, cpuTarget).length));
  const expected = most > 1 ? interpret(graph, referenceFeeds(traced)) : {};
  for (let choice = 1; choice < most; choice++) {
    const model = lowerGraph(graph, {
      target: cpuTarget,
      choose: (_, candidates) => candidates[Math.min(choice, candidates.length - 1)]!,
    });
    const actual = await runOnnx(model, traced.feeds);
    for (const name of Object.keys(outputs)) expectClose(actual[name]!, expected[name]!, tolerance);
  }
  return most - 1;
}

function expectSlopes(
  id: string,
  loss: Value,
  { wrt, grads, traced }: { wrt: readonly Value[]; grads: readonly Value[]; traced: TracedCase },
): void {
  const feeds = referenceFeeds(traced);
  const analytic = interpret(buildGraph(named("d", grads), { inputs: traced.inputs }), feeds);
  const gradientOf = new Map(wrt.map((v, i) => [inputName(v), analytic[`d${i}`]!.data]));
  for (const { label, direction, slope } of centralDifferences(loss, wrt, { feeds })) {
    let ours = 0;
    // Rounding of the sum that is differenced, and of the terms of a random direction.
    let scale = 1e-3;
    for (const [name, move] of Object.entries(direction)) {
      gradientOf.get(name)!.forEach((g, i) => {
        scale = Math.max(scale, Math.abs(g));
        if (move[i] !== 0) ours += g * move[i]!;
      });
    }
    const message = `${id}: slope along ${label}: rule ${ours}, central difference ${slope}`;
    const allowed = 1e-6 * scale + 1e-6 * Math.abs(slope);
    expect(Math.abs(ours - slope) <= allowed, message).toBe(true);
  }
}

function contractOf(kind: OpKind, row: OpCase): void {
  const id = `${kind}/${row.name}`;
  const tolerance = row.tolerance ?? 1e-5;

  it("gives the reference's values and the declared types", async () => {
    const traced = traceCase(id, row);
    await expectEngineMeetsReference(named("y", traced.outputs), { id, traced, tolerance });
  });

  it("gives the same values by every lowering", async () => {
    const traced = traceCase(id, row);
    await expectLoweringsAgree(named("y", traced.outputs), { traced, tolerance });
  });

  // A row that cannot even be built fails in its own tests above, not the whole file.
  const traced = attempt(() => traceCase(id, row));
  if (!traced) return;
  if (traced.noGradient) {
    skip(`no gradient: ${traced.noGradient}`);
    return;
  }

  it("has the slope that central differences have", () => {
    const loss = weightedSum(id, traced.outputs);
    expectSlopes(id, loss, { wrt: wrtOf(traced), grads: firstGradients(id, traced), traced });
  });

  it("gives the reference's gradient in float32, by every lowering", async () => {
    const outputs = named("d", firstGradients(id, traced));
    const options = { id: `${id}/gradient`, traced, tolerance: 10 * tolerance };
    await expectEngineMeetsReference(outputs, options);
    await expectLoweringsAgree(outputs, options);
  });

  it("has a gradient of its gradient that central differences confirm", () => {
    const first = firstGradients(id, traced).filter((g) => isFloat(g.dtype));
    const loss = weightedSum(`${id}/second`, first);
    try {
      const wrt = wrtOf(traced);
      const grads = gradients(loss, wrt, { unused: "zero" });
      expectSlopes(`${id} second`, loss, { wrt, grads, traced });
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== "E_GRADIENT") throw error;
      skip(`no second gradient: ${error.what}`);
    }
  });
}

for (const kind of Object.keys(ops) as OpKind[]) {
  describe(kind, () => {
    // Typed as total; while an op is being written its rows may still be missing at run time.
    const own = rows[kind] ?? [];
    it("has a row", () => expect(own.length).toBeGreaterThan(0));
    for (const row of own) describe(row.name, () => contractOf(kind, row));
  });
}

describe("the official checker", () => {
  const python = pythonWith("onnx");
  if (!python) skip("no Python with onnx (set FRUGAL_PYTHON)");
  it.skipIf(!python)(
    "accepts every model of this suite (needs Python with onnx: FRUGAL_PYTHON)",
    { timeout: 120_000 },
    () => {
      expect(checkModels(python!, models)).toEqual({});
    },
  );
});
