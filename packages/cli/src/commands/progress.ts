/** The words for where a run stands: one redrawn line in a terminal, one line an epoch elsewhere. */

import { clock, formatAmount, percent } from "../app/format.js";
import type { Terminal } from "../app/terminal.js";
import type { FromWorker, Progress } from "../worker/messages.js";

function parts(p: Progress): string[] {
  const known = (value: number | undefined, text: (v: number) => string): string[] =>
    value === undefined ? [] : [text(value)];
  const cost = [
    ...known(p.expectedCost, (v) => `expected ${percent(v, 0)}`),
    ...known(p.executedCost, (v) => `executed ${percent(v, 0)}`),
  ];
  return [
    ...known(p.loss, (v) => `loss ${v.toFixed(4)}`),
    ...known(p.accuracy, (v) => `acc ${percent(v)}`),
    ...known(p.density, (v) => `density ${v.toFixed(3)}`),
    ...(cost.length > 0 ? [`cost ${cost.join(" ")}`] : []),
    ...known(p.samplesPerSecond, (v) => `${formatAmount(v)} samples/s`),
    ...known(p.secondsLeft, (v) => `${clock(v)} left`),
  ];
}

/** The line that is redrawn. Where it does not fit it loses the bar and words, never a number. */
export function progressLine(p: Progress, columns: number): string {
  const share = p.totalSteps === 0 ? 1 : p.step / p.totalSteps;
  const filled = Math.round(12 * share);
  const bar = `${"━".repeat(filled)}${"─".repeat(12 - filled)}`;
  const plain = [`${p.step}/${p.totalSteps}`, ...parts(p)].join("  ");
  const line = `${bar} ${plain}`;
  if (line.length <= columns) return line;
  return plain
    .replace("cost expected", "expected")
    .replace(" samples/s", "/s")
    .replace(/ %/g, "%")
    .replace(/ {2}/g, " ");
}

/** Shows the messages of one training process. */
export function showProgress(terminal: Terminal): (message: FromWorker) => void {
  return (message) => {
    switch (message.kind) {
      case "started":
        terminal.note(
          message.step === 0
            ? `run ${message.folder}`
            : `run ${message.folder}, from step ${message.step}`,
        );
        break;
      case "progress":
        terminal.progress(progressLine(message.progress, terminal.columns));
        break;
      case "epoch": {
        // In a terminal the line itself says it all.
        if (terminal.interactive) break;
        const { epoch, epochs } = message.progress;
        terminal.note(
          [
            `epoch ${epoch}/${epochs}`,
            ...parts(message.progress),
            `validation loss ${message.validationLoss.toFixed(4)} acc ${percent(message.validationAccuracy)}`,
          ].join("  "),
        );
        break;
      }
      case "phase":
        if (terminal.interactive) terminal.progress(message.text);
        else terminal.note(message.text);
        break;
      case "warning":
        terminal.warn(`warning: ${message.text}`);
        break;
      case "finished":
      case "failed":
        terminal.clearProgress();
        break;
    }
  };
}
