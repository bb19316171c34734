/** The pages that people wrote: their code runs, their commands exist, their links lead somewhere. */

import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { runSnippet } from "./docs/run.js";
import { complaint } from "./docs/shell.js";
import { blocksOf, fromRoot, pageProgram, pages } from "./docs/sources.js";
import { workplace } from "./support/cli.js";

const programs = pages().flatMap((file) => pageProgram(file) ?? []);
const textOf = (page: string): string => readFileSync(fromRoot(page), "utf8");

describe("code on pages", () => {
  it.each(programs)(
    "of $file shows what really comes out",
    async (program) => {
      expect((await runSnippet(program)).join("\n")).toBe("");
    },
    60_000,
  );
});

describe("commands on pages", () => {
  it.each(pages())("of %s exist", async (page) => {
    const found: string[] = [];
    for (const { language, line, text } of blocksOf(textOf(page))) {
      if (language !== "sh") continue;
      for (const [i, command] of text.split("\n").entries()) {
        const why = await complaint(command);
        if (why !== undefined) found.push(`${page}:${line + i}: ${command}: ${why}`);
      }
    }
    expect(found.join("\n")).toBe("");
  });
});

describe("links on pages", () => {
  it.each(pages())("of %s lead to files and headings", (page) => {
    const broken = [...textOf(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].filter(
      ([, path, heading]) => {
        const target = path === "" ? page : join(dirname(page), path!);
        if (!existsSync(fromRoot(target))) return true;
        if (heading === undefined) return false;
        const slugs = [...textOf(target).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
          title!
            .toLowerCase()
            .replaceAll(/[^\w\s-]/g, "")
            .replaceAll(" ", "-"),
        );
        return !slugs.includes(heading);
      },
    );
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

describe("docs/dependencies.md", () => {
  it("gives a reason for every package that is installed", () => {
    const listed = textOf("docs/dependencies.md");
    const manifests = ["", "packages/core/", "packages/engine/", "packages/cli/", "bench/"];
    const missing = manifests.flatMap((folder) => {
      const { dependencies, devDependencies } = JSON.parse(textOf(`${folder}package.json`));
      const names = Object.keys({ ...dependencies, ...devDependencies });
      return names.filter((n) => !n.startsWith("@frugal/") && !listed.includes(`\`${n}\``));
    });
    expect(missing).toEqual([]);
  });
});

describe("the tutorial", () => {
  const place = workplace();

  it("works on the command line as it is written", async () => {
    const cli = fromRoot("packages/cli/bin/frugal.js");
    const env = { ...process.env, FRUGAL_HOME: place.path("home"), NO_COLOR: "1" };
    for (const { language, info, text } of blocksOf(textOf("docs/tutorial.md"))) {
      if (language === "yaml") place.write(info, text);
      if (language !== "sh") continue;
      const script = `set -e; frugal() { "${process.execPath}" "${cli}" "$@"; }\n${text}`;
      await promisify(execFile)("bash", ["-c", script], { cwd: place.folder, env });
    }
    expect(existsSync(place.path("my-sweep", "report.html"))).toBe(true);
    expect(existsSync(place.path("my-sweep", "report.csv"))).toBe(true);
  }, 120_000);
});
