/** The official ONNX checker over many models in one Python process. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = `
import json, os, sys, onnx
folder = sys.argv[1]
failed = {}
for name in sorted(os.listdir(folder)):
    try:
        onnx.checker.check_model(os.path.join(folder, name), full_check=True)
    except Exception as error:
        failed[name] = str(error)[:400]
print(json.dumps(failed))
`;

/** What the checker objects to, by model name. */
export function checkModels(
  python: string,
  models: ReadonlyMap<string, Uint8Array>,
): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "frugal-checker-"));
  try {
    const names = [...models.keys()];
    names.forEach((name, i) => {
      writeFileSync(join(folder, `${String(i).padStart(5, "0")}.onnx`), models.get(name)!);
    });
    const run = spawnSync(python, ["-c", script, folder], { encoding: "utf8" });
    if (run.status !== 0) throw new Error(`the checker did not run: ${run.stderr}`);
    const failed = JSON.parse(run.stdout) as Record<string, string>;
    return Object.fromEntries(
      Object.entries(failed).map(([file, why]) => [names[Number.parseInt(file, 10)]!, why]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
