/** Where numbers come from: versions, source revision, machine. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, hostname, release, totalmem } from "node:os";

export interface Provenance {
  readonly versions: { readonly frugal: string; readonly node: string };
  /** Of the folder in which the command ran, where that is a git checkout. */
  readonly git?: { readonly commit: string; readonly dirty: boolean };
  readonly host: {
    readonly hostname: string;
    readonly platform: string;
    readonly arch: string;
    readonly cpu: string;
    readonly cores: number;
    readonly memoryBytes: number;
  };
}

/** The version in this package's package.json. */
export const frugalVersion = (): string =>
  (
    JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      version: string;
    }
  ).version;

export function provenance(): Provenance {
  const git = gitState();
  return {
    versions: { frugal: frugalVersion(), node: process.versions.node },
    ...(git ? { git } : {}),
    host: {
      hostname: hostname(),
      platform: `${process.platform} ${release()}`,
      arch: process.arch,
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      memoryBytes: totalmem(),
    },
  };
}

function gitState(): Provenance["git"] {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return { commit: git("rev-parse", "HEAD"), dirty: git("status", "--porcelain") !== "" };
  } catch {
    // No git, or no checkout: the field is left out.
    return undefined;
  }
}
