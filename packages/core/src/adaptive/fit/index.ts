export { type FitOptions, type FittedRule, fitThresholds } from "./thresholds.js";
