/** Every cost model, by name. */

import type { CostModel } from "./cost-model.js";
import { asicCost, asicReferenceCost } from "./energy/asic-cost.js";
import { energy7Cost } from "./energy/energy7.js";
import { energy45Cost } from "./energy/energy45.js";
import { nominalLatencyCost } from "./latency/index.js";
import { activationBytesCost } from "./models/activation-bytes.js";
import { activationsCost } from "./models/activations.js";
import { activeExpertsCost } from "./models/active-experts.js";
import { executedLayersCost } from "./models/executed-layers.js";
import { executedParametersCost } from "./models/executed-parameters.js";
import { executedStagesCost } from "./models/executed-stages.js";
import { flopsCost } from "./models/flops.js";
import { haltingDepthCost } from "./models/halting-depth.js";
import { kernelsCost } from "./models/kernels.js";
import { macsCost } from "./models/macs.js";
import { memoryAccessCost } from "./models/memory-access.js";
import {
  modelBytesFp16Cost,
  modelBytesFp32Cost,
  modelBytesInt8Cost,
} from "./models/model-bytes.js";
import { nonZeroActivationsCost } from "./models/non-zero-activations.js";
import { nonZeroMacsCost } from "./models/non-zero-macs.js";
import { nonZeroParametersCost } from "./models/non-zero-parameters.js";
import { otherOpsCost } from "./models/other-ops.js";
import { parametersCost } from "./models/parameters.js";
import { peakMemoryCost } from "./models/peak-memory.js";
import { trainingFlopsCost } from "./models/training-flops.js";
import { trainingMemoryAdamCost } from "./models/training-memory.js";
import { validMacsCost } from "./models/valid-macs.js";

const models = {
  macs: macsCost,
  validMacs: validMacsCost,
  nonZeroMacs: nonZeroMacsCost,
  flops: flopsCost,
  trainingFlops: trainingFlopsCost,
  otherOps: otherOpsCost,
  parameters: parametersCost,
  nonZeroParameters: nonZeroParametersCost,
  executedParameters: executedParametersCost,
  modelBytesFp32: modelBytesFp32Cost,
  modelBytesFp16: modelBytesFp16Cost,
  modelBytesInt8: modelBytesInt8Cost,
  activations: activationsCost,
  nonZeroActivations: nonZeroActivationsCost,
  activationBytes: activationBytesCost,
  memoryAccess: memoryAccessCost,
  peakMemory: peakMemoryCost,
  trainingMemory: trainingMemoryAdamCost,
  kernels: kernelsCost,
  layers: executedLayersCost,
  stages: executedStagesCost,
  haltingDepth: haltingDepthCost,
  experts: activeExpertsCost,
  energy45: energy45Cost,
  energy7: energy7Cost,
  asic: asicCost,
  asicReference: asicReferenceCost,
  latency: nominalLatencyCost,
} satisfies Record<string, CostModel>;

export type CostName = keyof typeof models;

export const costModels: Readonly<Record<CostName, CostModel>> = models;

export const costNames = Object.keys(models) as readonly CostName[];
