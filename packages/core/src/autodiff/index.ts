export { type GradientOptions, gradients } from "./gradients.js";
