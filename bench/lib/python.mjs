/** Finds a Python that has PyTorch: $FRUGAL_PYTHON, else python3. */

import { spawnSync } from "node:child_process";

export function findPyTorch() {
  const candidates = [process.env.FRUGAL_PYTHON, "python3"].filter(Boolean);
  for (const python of candidates) {
    const probe = spawnSync(python, ["-c", "import torch; print(torch.__version__)"], {
      encoding: "utf8",
    });
    if (probe.status === 0) return { python, version: probe.stdout.trim() };
  }
  console.error(
    `no Python with torch among: ${candidates.join(", ")}. Install torch (CPU) and set FRUGAL_PYTHON to its python.`,
  );
  process.exit(2);
}
