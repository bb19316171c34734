/** Every form of the objective, by name. */

import { augmentedLagrangianForm } from "./augmented-lagrangian.js";
import type { ObjectiveForm } from "./form.js";
import { hingeForm } from "./hinge.js";
import { lagrangianForm } from "./lagrangian.js";
import { linearForm } from "./linear.js";
import { multiplicativeLogForm } from "./multiplicative-log.js";
import { normalisedLinearForm } from "./normalised-linear.js";
import { piControlledForm } from "./pi-controlled.js";
import { projectionForm } from "./projection.js";
import { twoSidedForm } from "./two-sided.js";

const forms = {
  linear: linearForm,
  normalisedLinear: normalisedLinearForm,
  multiplicativeLog: multiplicativeLogForm,
  hinge: hingeForm,
  twoSided: twoSidedForm,
  lagrangian: lagrangianForm,
  augmentedLagrangian: augmentedLagrangianForm,
  piControlled: piControlledForm,
  projection: projectionForm,
} satisfies Record<string, ObjectiveForm>;

export type FormName = keyof typeof forms;

export const objectiveForms: Readonly<Record<FormName, ObjectiveForm>> = forms;

export const formNames = Object.keys(forms) as readonly FormName[];
