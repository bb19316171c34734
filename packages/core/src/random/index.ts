export { type Block, philox } from "./philox.js";
export { permutation, randomStream, type Stream } from "./stream.js";
