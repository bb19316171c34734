export { type ImportOptions, importOnnx } from "./import.js";
export { importers } from "./table.js";
