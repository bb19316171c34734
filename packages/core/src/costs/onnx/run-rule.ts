/** Asks a rule for types, work and values; what depends on data comes back as a reason, mistakes of the file are placed. */

import { UserError } from "../../base/index.js";
import { countOf, type Info, isStatic, MOST_VALUES } from "./info.js";
import { type NodeView, Unknown } from "./node-view.js";
import type { OpRule } from "./rule.js";
import type { NodeWork } from "./work.js";

export interface Inferred {
  readonly infos: readonly Info[];
  readonly reason?: string;
}

/** Types of the outputs, or why they are not known. */
export function inferOutputs(rule: OpRule, view: NodeView): Inferred {
  try {
    const result = rule.infer(view);
    return { infos: Array.isArray(result) ? (result as readonly Info[]) : [result as Info] };
  } catch (error) {
    if (error instanceof Unknown) return { infos: [], reason: error.message };
    throw placed(error, view);
  }
}

/** Errors of shared helpers do not know the node. */
function placed(error: unknown, view: NodeView): unknown {
  if (!(error instanceof UserError) || error.where) return error;
  return new UserError(error.code, error.what, {
    where: view.where,
    ...(error.allowed ? { allowed: error.allowed } : {}),
  });
}

export interface Counted {
  readonly work?: NodeWork;
  readonly reason?: string;
}

/** The work of a node whose outputs are known, or why it is not. */
export function countWork(rule: OpRule, view: NodeView): Counted {
  if (!rule.work) return {};
  try {
    const work = rule.work(view);
    const numbers = [work.macs ?? 0, work.otherOps ?? 0, work.validMacs ?? 0];
    if (numbers.some(Number.isNaN)) return { reason: "a shape depends on data" };
    return { work };
  } catch (error) {
    if (error instanceof Unknown) return { reason: error.message };
    throw placed(error, view);
  }
}

/** Elements of output 0, where they follow from known inputs. */
export function foldOutput(
  rule: OpRule,
  view: NodeView,
  info: Info,
): readonly number[] | undefined {
  if (!rule.fold || info.kind !== "tensor" || info.values || !isStatic(info.shape))
    return undefined;
  if (countOf(info) > MOST_VALUES) return undefined;
  const all = view.inputs.every(
    (v, i) =>
      v === undefined ||
      i === rule.typeInput ||
      (v.info.kind === "tensor" && v.info.values !== undefined),
  );
  if (!all) return undefined;
  try {
    const values = rule.fold(view);
    return values?.length === countOf(info) ? values : undefined;
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw placed(error, view);
  }
}
