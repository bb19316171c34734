import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "packages/*/tests/**/*.test.ts"],
    // Native sessions live in the process: forks keep a crash in one file from hiding the others.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
  },
});
