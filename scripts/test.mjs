// npm test: format, lint, types, layers and all tests; one summary at the end, non-zero exit code on any failure.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { must, prepare, root } from "./prepare.mjs";
import { skipsFile } from "./skip-reporter.mjs";

prepare();
const bin = (name) => join(root, "node_modules", ".bin", name);
const shell = process.platform === "win32";
const passthrough = process.argv.slice(2);

const checks = [
  ["format and lint", bin("biome"), ["check", "--error-on-warnings", "."]],
  ["types", bin("tsc"), ["-b"]],
  ["layers", bin("depcruise"), ["--config", ".dependency-cruiser.cjs", "packages"]],
];
const failed = [];
// With arguments (a path, -t name) only the tests asked for run.
if (passthrough.length === 0) {
  for (const [name, command, args] of checks) {
    console.log(`\n== ${name}`);
    const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit", shell });
    if (status !== 0) failed.push(name);
  }
}

console.log("\n== tests");
const report = join(root, "node_modules", ".cache", "frugal-tests.json");
for (const file of [report, skipsFile]) rmSync(file, { force: true });
const { status } = spawnSync(
  bin("vitest"),
  [
    ...["run", "--reporter=default", "--reporter=./scripts/skip-reporter.mjs", "--reporter=json"],
    `--outputFile.json=${report}`,
    ...passthrough,
  ],
  { cwd: root, stdio: "inherit", shell },
);
if (!existsSync(report)) must(process.execPath, ["-e", "process.exit(1)"]);
const results = JSON.parse(readFileSync(report, "utf8"));

// Without the name filter of vitest, whatever did not run was skipped on purpose: its reason belongs in the log.
const skipped = existsSync(skipsFile) ? JSON.parse(readFileSync(skipsFile, "utf8")) : [];
const isFiltered = passthrough.some((word) => /^(-t|--testNamePattern)/.test(word));
if (skipped.length > 0 && !isFiltered) {
  console.log(`\n${skipped.length} skipped:`);
  for (const { file, name, reason } of skipped) console.log(`  ${file}: ${name}: ${reason}`);
}
// A file that does not load has no tests to count: it is a failure of its own.
const broken = results.testResults.filter(
  (file) => file.status === "failed" && file.assertionResults.every((t) => t.status !== "failed"),
).length;
const failures = results.numFailedTests + broken + failed.length;
if (status !== 0 && failures === 0) failed.push("vitest");
if (failed.length > 0) console.log(`\nfailed checks: ${failed.join(", ")}`);
console.log(
  `\n${results.numPassedTests} passed, ${Math.max(failures, failed.length)} failed, ${skipped.length} skipped`,
);
process.exitCode = failures > 0 || failed.length > 0 || results.numPassedTests === 0 ? 1 : 0;
