/** Ends a run with masks: exports the network with its zeros, counts them in the file, and certifies a budget. */

import { maskedLedger, settleMasks } from "@frugal/core/adaptive";
import { assert } from "@frugal/core/base";
import { withStoredZeros } from "@frugal/core/costs";
import { elementCount } from "@frugal/core/tensor";
import { certify, costRow, exportNetwork } from "../budget/certify.js";
import type { FinishOptions } from "../budget/finish.js";
import { measureBeside } from "../budget/measure-times.js";
import { readCheckpoint } from "../run-store/checkpoints.js";
import { writeMasks } from "./file.js";
import { densityCost, masksOf } from "./network.js";
import { plannedMasks } from "./plan.js";

/** `traced`: the network without masks. */
export async function finishMasks(
  folder: string,
  { recipe, data, traced }: FinishOptions,
): Promise<void> {
  const { dataset } = data;
  const { network, settings, counts: planned, limits } = plannedMasks(recipe, dataset);
  const { state, counts } = settleMasks(network, readCheckpoint(folder).model);
  const exported = exportNetwork(folder, traced, state);
  const { profile, file } = exported;
  assert(profile.zeroParameters !== undefined, "an exported file holds its weights");
  const kept = Object.fromEntries(
    network.masks.map(({ path, mask }) => [
      path,
      { kept: counts[path]!, of: elementCount(mask.shape) },
    ]),
  );
  const sum = (part: "kept" | "of") => Object.values(kept).reduce((n, k) => n + k[part], 0);
  const { kind, ...own } = settings;
  // Of kinds that can be counted, options are numbers.
  const options = own as Record<string, number>;
  const { note } = network;
  if (limits.length > 0) {
    const ledgers = {
      policy: maskedLedger(network, { counts: planned }),
      executed: maskedLedger(network, { counts }),
      exported: withStoredZeros(profile.ledger),
    };
    const { warmup } = masksOf(recipe);
    certify(folder, {
      ...{ recipe, data, exported },
      pair: await measureBeside(exported.bytes, { recipe, dataset, name: file }),
      costs: limits.map((limit) =>
        costRow(limit, {
          expected: null,
          policy: densityCost(limit.model, ledgers.policy),
          executed: densityCost(limit.model, ledgers.executed),
          exported: densityCost(limit.model, ledgers.exported),
          measured: null,
        }),
      ),
      decided: {
        ...{ decider: kind, channels: {}, masks: kept, note },
        epochs: { deciding: warmup, fineTuning: recipe.epochs - warmup },
      },
    });
  }
  writeMasks(folder, {
    ...{ schemaVersion: 1, kind, options, kept, unmasked: [...network.unmasked], note },
    density: sum("kept") / sum("of"),
    exported: {
      file,
      parameters: profile.parameters,
      nonZeroParameters: profile.parameters - profile.zeroParameters,
    },
  });
}
