/** The models of the document that `--json` prints; document-schema.ts says what is in it. */

import type { Profile } from "@frugal/core/costs";
import type { LayerDocument, ModelDocument } from "./document-schema.js";
import type { Subject } from "./subject.js";

/** The measurement has more than the schema names. */
type LooselyMeasured = Omit<ModelDocument, "measured" | "explained"> &
  Pick<Subject, "measured" | "explained">;
function layersOf({ ledger }: Profile): readonly LayerDocument[] {
  const layers = new Map<string, LayerDocument>();
  for (const e of ledger.entries) {
    let found = layers.get(e.path);
    if (!found) {
      found = {
        path: e.path,
        macs: 0,
        otherOps: 0,
        parameters: 0,
        bytesMoved: 0,
        activations: 0,
        nodes: 0,
      };
      layers.set(e.path, found);
    }
    found.macs += e.macs;
    found.otherOps += e.otherOps;
    found.parameters += e.parameters;
    found.bytesMoved += e.bytesRead + e.bytesWritten;
    found.activations += e.detail?.activations ?? 0;
    found.nodes++;
  }
  return [...layers.values()];
}

/** One model of the document. */
export function modelDocument({
  profile: p,
  energy,
  asic,
  measured,
  explained,
  latency,
}: Subject): LooselyMeasured {
  const { ledger: _, coverage, macsByKind, elements, training: t, ...rest } = p;
  const document = {
    ...rest,
    zeroParameters: p.zeroParameters ?? null,
    training: t,
    macsByKind: { ...macsByKind },
    elements: { ...elements },
    arithmeticIntensity: p.bytesMoved === 0 ? null : p.macs / p.bytesMoved,
    coverage,
    assumptions: [...p.assumptions],
    energy,
    ...(asic.length > 0 ? { asic: [...asic] } : {}),
    latency,
    ...(measured ? { measured } : {}),
    ...(explained ? { explained } : {}),
    layers: layersOf(p),
  };
  return document satisfies LooselyMeasured;
}
