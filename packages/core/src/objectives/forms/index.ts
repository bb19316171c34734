export type { FormScalar, ObjectiveForm, TermInput } from "./form.js";
export { type RampedLimitOptions, rampedLimit } from "./hinge.js";
export { type DecisionValues, type ProjectOptions, projectBelow } from "./projection.js";
export { type FormName, formNames, objectiveForms } from "./registry.js";
