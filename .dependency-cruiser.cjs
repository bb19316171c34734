// The layers of the house as import rules: downwards only, no cycles, one place that names the runtime.

/** Folders of packages/core/src, lowest first; a list within the list is one layer whose members stay apart. */
const layers = [
  ["base"],
  ["random", "tensor"],
  ["graph"],
  ["ops"],
  ["reference", "autodiff"],
  ["lowering"],
  ["formats"],
  ["engine"],
  ["nn"],
  ["costs"],
  ["adaptive"],
  ["objectives"],
  ["optim"],
  ["training"],
  ["evaluation"],
];
const core = "^packages/core/src";
const notBuilt = "\\.test\\.ts$|/testing/|/tests/";

const downwards = layers.flatMap((members, level) =>
  members.map((name) => {
    const above = [...layers.slice(level + 1).flat(), ...members.filter((other) => other !== name)];
    return {
      name: `core-${name}-imports-downwards`,
      comment: `${name} may not import ${above.join(", ") || "nothing above"}`,
      severity: "error",
      from: { path: `${core}/${name}/`, pathNot: notBuilt },
      to: { path: above.length > 0 ? `${core}/(${above.join("|")})/` : "^$" },
    };
  }),
);

module.exports = {
  forbidden: [
    ...downwards,
    {
      name: "no-cycles",
      comment: "modules that need each other at run time cannot be understood apart",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "core-stands-alone",
      comment: "core knows neither the engine package nor the command line",
      severity: "error",
      from: { path: `${core}/`, pathNot: notBuilt },
      to: { path: "^packages/(engine|cli|runtime)/" },
    },
    {
      name: "core-is-pure",
      comment: "core runs in a browser: no Node modules",
      severity: "error",
      from: { path: `${core}/`, pathNot: notBuilt },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "evaluation-and-costs-need-no-training",
      comment: "they work on any predictions and any graph",
      severity: "error",
      from: { path: `${core}/(evaluation|costs)/`, pathNot: notBuilt },
      to: { path: `${core}/(training|optim|objectives|autodiff)/` },
    },
    {
      name: "only-engine-names-the-runtime",
      comment: "ONNX Runtime is a detail of @frugal/engine",
      severity: "error",
      from: { path: "^packages/", pathNot: `^packages/engine/|${notBuilt}` },
      to: { path: "onnxruntime" },
    },
    {
      name: "only-formats-knows-protobuf",
      comment: "protobuf is a detail of core/formats",
      severity: "error",
      from: { path: "^packages/", pathNot: `^packages/core/src/formats/|${notBuilt}` },
      to: { path: "@bufbuild/protobuf|onnx-buf" },
    },
    {
      name: "engine-below-the-command-line",
      comment: "the engine package does not know who calls it",
      severity: "error",
      from: { path: "^packages/engine/src/" },
      to: { path: "^packages/cli/" },
    },
    {
      name: "no-tests-in-the-product",
      comment: "what ships may not need what is not built",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: notBuilt },
      to: { path: notBuilt },
    },
    {
      name: "no-undeclared-packages",
      comment: "an import that package.json does not name breaks once installed elsewhere",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: notBuilt },
      // Types vanish when compiled.
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "nothing-unresolvable",
      comment: "an import that leads nowhere",
      severity: "error",
      from: { path: "^packages/" },
      to: { couldNotResolve: true },
    },
    {
      name: "no-orphans",
      comment: "a module that nothing imports is dead code",
      severity: "error",
      from: {
        orphan: true,
        path: "^packages/[^/]+/src/",
        pathNot: "\\.d\\.ts$",
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^packages/[^/]+/dist/|tsbuildinfo" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.tests.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["source", "import", "types", "node", "default"],
    },
  },
};
