export type { CaseInput, OpCase } from "./case.js";
export { rows } from "./rows.js";
export { caseValues, normals, type TracedCase, traceCase } from "./trace.js";
