// npm test: format, lint, types, layers and all tests; one summary at the end, non-zero exit code on any failure.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { must, prepare, root } from "./prepare.mjs";

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
rmSync(report, { force: true });
const { status } = spawnSync(
  bin("vitest"),
  ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...passthrough],
  { cwd: root, stdio: "inherit", shell },
);
if (!existsSync(report)) must(process.execPath, ["-e", "process.exit(1)"]);
const results = JSON.parse(readFileSync(report, "utf8"));

const skipped = results.testResults.flatMap((file) =>
  file.assertionResults
    .filter((test) => ["skipped", "pending", "todo", "disabled"].includes(test.status))
    .map((test) => `${relative(root, file.name)}: ${test.fullName}`),
);
if (skipped.length > 0) {
  console.log(`\n${skipped.length} skipped (the reason stands in the name):`);
  for (const name of skipped) console.log(`  ${name}`);
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
