/** A model as a file that another process can open. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { UserError } from "@frugal/core/base";
import type { ModelOptions } from "./options.js";
import type { ModelFile } from "./subject.js";

/** Lends files to `work`; bytes are in a temporary folder as long as it lasts. */
export async function withModelFiles<T>(
  models: readonly ModelOptions[],
  work: (files: readonly ModelFile[]) => Promise<T>,
): Promise<T> {
  const folders: string[] = [];
  try {
    const files = models.map(({ model, name, ...rest }): ModelFile => {
      if (typeof model === "string") {
        const path = resolve(model);
        if (!existsSync(path)) {
          throw new UserError("E_FILE", "the model cannot be read: there is no such file", {
            where: model,
          });
        }
        return { ...rest, path, name: name ?? model };
      }
      const folder = mkdtempSync(join(tmpdir(), "frugal-model-"));
      folders.push(folder);
      const path = join(folder, "model.onnx");
      writeFileSync(path, model);
      return { ...rest, path, name: name ?? "ONNX bytes" };
    });
    return await work(files);
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}
