/** What the penalty of energy-aware training costs a step of ResNet-18: ours and PyTorch's with forward hooks, in turns. */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startContestant } from "./lib/contestant.mjs";
import { interleave, median, round } from "./lib/measure.mjs";
import { findPyTorch } from "./lib/python.mjs";

const BATCH = 64;
const local = (path) => fileURLToPath(new URL(path, import.meta.url));

export async function run({ peers, widths, shares, rounds = 7, profile, print, note }) {
  const worker = local("workers/eat-step.mjs");
  if (profile) {
    for (const width of widths) {
      const args = [worker, String(width), String(BATCH), String(shares[0]), "--profile"];
      spawnSync(process.execPath, args, { stdio: "inherit" });
    }
    return;
  }
  const torch = peers.includes("pytorch") ? findPyTorch() : undefined;
  if (torch) note(`PyTorch ${torch.version}, eager, 2 threads; penalty by forward hooks`);
  for (const width of widths) {
    const size = [String(width), String(BATCH)];
    const start = (path, ...more) =>
      startContestant(process.execPath, [local(path), ...size, ...more]);
    const contestants = { plain: await start("workers/train-step.mjs") };
    for (const share of shares) {
      contestants[`eat ${share}`] = await start("workers/eat-step.mjs", String(share));
    }
    if (torch) {
      const script = local("peers/pytorch.py");
      for (const step of ["train-step", "eat-step"]) {
        contestants[`pytorch ${step}`] = await startContestant(torch.python, [
          script,
          step,
          ...size,
        ]);
      }
    }
    const steps = width > 32 ? 2 : 6;
    const { ms, perRound } = await interleave(contestants, { rounds, steps });
    /** Median over rounds of the ratio of two contestants' times. */
    const ratio = (a, b) => round(median(perRound[a].map((t, i) => t / perRound[b][i])));
    for (const share of shares) {
      const eat = `eat ${share}`;
      const ours = { width, share, plainMs: round(ms.plain), eatMs: round(ms[eat]) };
      const record = { ...ours, ratio: ratio(eat, "plain"), rounds };
      let text = `width ${width}, ${share === 1 ? "all images" : `${share} of the images`}: ${ours.plainMs} ms plain, ${ours.eatMs} ms with the penalty: ${record.ratio}`;
      if (torch) {
        const [plain, hooked] = ["pytorch train-step", "pytorch eat-step"];
        Object.assign(record, {
          pytorchPlainMs: round(ms[plain]),
          pytorchEatMs: round(ms[hooked]),
          pytorchRatio: ratio(hooked, plain),
          againstPytorch: ratio(eat, hooked),
        });
        text += `; PyTorch ${record.pytorchPlainMs} and ${record.pytorchEatMs} ms: ${record.pytorchRatio}; ours with the penalty / theirs: ${record.againstPytorch}`;
      }
      print(record, text);
    }
    for (const contestant of Object.values(contestants)) contestant.stop();
  }
}
