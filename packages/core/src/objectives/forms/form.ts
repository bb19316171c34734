/** What a form of the objective is: how a cost, its limit and a multiplier become a term of the loss. */

import { UserError } from "../../base/index.js";
import type { Value } from "../../graph/index.js";
import type { ControllerName } from "../controllers/index.js";

/** Everything is a scalar; costs and limits are shares of the cost at the start. */
export interface TermInput {
  readonly task: Value;
  /** Soft cost over its value at the start: 1 is the full network. */
  readonly normalised: Value;
  /** What the cost may be at most, on the same scale. */
  readonly limit?: Value | number;
  /** Weight of the term, or dual variable of the limit. */
  readonly multiplier: Value;
  /** Weight of the quadratic part, where the form has one. */
  readonly penalty?: Value;
}

/** Numbers that change while training: graph inputs `lambda.<cost>`, `limit.<cost>`, `penalty.<cost>`. */
export type FormScalar = "multiplier" | "limit" | "penalty";

/** One way of putting a cost into a loss. */
export interface ObjectiveForm {
  readonly name: string;
  /** For menus and tables. */
  readonly title: string;
  /** In plain text: c cost, l limit (both over the cost at the start), lambda multiplier, rho penalty. */
  readonly formula: string;
  /** What it does to training, and where it fails. */
  readonly behaviour: string;
  /** The paper or system it comes from. */
  readonly source: string;
  /** Whether it aims at a limit. */
  readonly limit: "required" | "optional" | "unused";
  /** "weight": chosen by the user, above 0. "dual": found by a controller, from 0 upwards. "none": not read. */
  readonly multiplier: "weight" | "dual" | "none";
  readonly scalars: readonly FormScalar[];
  /** What usually sets the multiplier. */
  readonly controller: ControllerName;
  /** The term, a scalar; undefined where the limit is not kept by the loss. */
  term(input: TermInput): Value | undefined;
}

/** The limit of a term, or an error that names the form. */
export function requireLimit({ limit }: TermInput, form: string): Value | number {
  if (limit !== undefined) return limit;
  throw new UserError("E_CONFIG", `the form "${form}" needs a limit`, {
    where: "objective.budget",
    allowed: "a limit for every cost",
    next: "give a budget, or choose the form linear",
  });
}
