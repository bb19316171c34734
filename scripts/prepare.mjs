// Makes a clone ready to run: Node's version, dependencies, compiled code. Does only what is out of date.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const at = (...parts) => join(root, ...parts);
const changed = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Runs a program in the repository with the terminal of this one; ends this process if it fails. */
export function must(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (status === 0) return;
  console.error(`\n${command} ${args.join(" ")} failed${error ? `: ${error.message}` : ""}`);
  process.exit(status ?? 1);
}

function requireNode() {
  const wanted = [20, 19];
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= wanted[1])) return;
  console.error(
    `Frugal needs Node ${wanted.join(".")} or newer; this is ${process.versions.node} (${process.execPath}).\n` +
      "Install a current version from https://nodejs.org or with your version manager, then repeat.",
  );
  process.exit(2);
}

function installWhereNeeded({ quiet }) {
  const lock = at("package-lock.json");
  // npm writes this file last: it stands for a complete installation.
  if (changed(at("node_modules", ".package-lock.json")) >= changed(lock)) return;
  if (!quiet) console.error("frugal: installing dependencies (once)");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  // stdout belongs to the result of the command that follows.
  const options = {
    cwd: root,
    stdio: ["ignore", process.stderr, process.stderr],
    shell: process.platform === "win32",
  };
  const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
  if (spawnSync(npm, ["ci", ...flags], options).status === 0) return;
  // npm ci refuses a lockfile that lacks a package for a platform which nobody here uses.
  console.error("frugal: npm ci did not work, trying npm install");
  must(npm, ["install", ...flags], options);
}

/** The newest change below a folder, in milliseconds. */
function newest(folder, isWanted) {
  return readdirSync(folder, { withFileTypes: true }).reduce((latest, entry) => {
    if (entry.name === "node_modules" || entry.name === "dist") return latest;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return Math.max(latest, newest(path, isWanted));
    return isWanted(path) ? Math.max(latest, changed(path)) : latest;
  }, 0);
}

function buildWhereNeeded({ quiet }) {
  const isSource = (path) =>
    (path.endsWith(".ts") && !path.endsWith(".test.ts")) || path.endsWith("tsconfig.json");
  const stamp = at("node_modules", ".cache", "frugal-build");
  const isBuilt = existsSync(at("packages", "cli", "dist", "main.js"));
  const sources = Math.max(newest(at("packages"), isSource), changed(at("tsconfig.base.json")));
  const built = existsSync(stamp) ? Number(readFileSync(stamp, "utf8")) : 0;
  if (isBuilt && built >= sources) return;
  if (!quiet) console.error("frugal: compiling (once)");
  if (!isBuilt) {
    // Build information without its output would make the compiler believe that nothing is to be done.
    for (const name of readdirSync(at("packages"))) {
      rmSync(at("packages", name, "tsconfig.tsbuildinfo"), { force: true });
    }
  }
  const tsc = at("node_modules", "typescript", "bin", "tsc");
  must(process.execPath, [tsc, "-b", "packages/cli"], {
    stdio: ["ignore", process.stderr, process.stderr],
  });
  must(process.execPath, ["-e", "require('fs').mkdirSync('node_modules/.cache',{recursive:true})"]);
  writeFileSync(stamp, String(sources));
}

/** Brings the clone to a state in which the CLI runs. */
export function prepare({ quiet = false } = {}) {
  requireNode();
  installWhereNeeded({ quiet });
  buildWhereNeeded({ quiet });
}
