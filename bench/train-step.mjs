/** Time and peak memory of a whole training step of ResNet-18, against PyTorch on the same cores, in turns. */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startContestant } from "./lib/contestant.mjs";
import { interleave, round } from "./lib/measure.mjs";
import { findPyTorch } from "./lib/python.mjs";

const BATCH = 64;
const local = (path) => fileURLToPath(new URL(path, import.meta.url));

export async function run({ peers, widths, rounds = 9, profile, trace, print, note }) {
  const worker = local("workers/train-step.mjs");
  if (profile) {
    for (const width of widths) {
      const args = [worker, String(width), String(BATCH), "--profile", ...(trace ? [trace] : [])];
      spawnSync(process.execPath, args, { stdio: "inherit" });
    }
    return;
  }
  const torch = peers.includes("pytorch") ? findPyTorch() : undefined;
  if (torch) note(`PyTorch ${torch.version}, eager, 2 threads`);
  for (const width of widths) {
    const size = [String(width), String(BATCH)];
    const contestants = { frugal: await startContestant(process.execPath, [worker, ...size]) };
    if (torch) {
      const script = local("peers/pytorch.py");
      contestants.pytorch = await startContestant(torch.python, [script, "train-step", ...size]);
    }
    const { ms, ratios } = await interleave(contestants, { rounds, steps: width > 32 ? 2 : 6 });
    const record = {
      width,
      frugalMs: round(ms.frugal),
      frugalPeakMB: Math.round(await contestants.frugal.peakMB()),
    };
    let text = `width ${width}: ${record.frugalMs} ms a step, peak ${record.frugalPeakMB} MB`;
    if (torch) {
      const { median, min, max } = ratios.pytorch;
      Object.assign(record, {
        pytorchMs: round(ms.pytorch),
        ratio: round(median),
        ratioMin: round(min),
        ratioMax: round(max),
        pytorchPeakMB: Math.round(await contestants.pytorch.peakMB()),
        rounds,
      });
      text += `; PyTorch ${record.pytorchMs} ms, ${record.pytorchPeakMB} MB; ratio ${record.ratio} (${record.ratioMin} to ${record.ratioMax} over ${rounds} rounds)`;
    }
    for (const contestant of Object.values(contestants)) contestant.stop();
    print(record, text);
  }
}
