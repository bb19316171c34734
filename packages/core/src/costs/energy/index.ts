export {
  type AsicAssumption,
  type AsicMode,
  asicAssumptions,
} from "./asic-assumptions.js";
export {
  type AsicRecordOptions,
  asicRecordOf,
  type LeafDensity,
  type LeafName,
} from "./asic-builder.js";
export { asicCost, asicReferenceCost } from "./asic-cost.js";
export {
  type AsicCounting,
  type AsicCountingOptions,
  asicCounting,
  type CountedOptions,
  countedRecords,
  nonZeroPerSample,
} from "./asic-counted.js";
export {
  type AsicOptions,
  type AsicReport,
  type AsicShare,
  asicEnergy,
  MEMORY_PICOJOULES,
  OPERATION_PICOJOULES,
} from "./asic-energy.js";
export {
  type AsicLeaf,
  type AsicLeafKind,
  type AsicPrecision,
  type AsicRecord,
  asicLeaf,
  atBatch,
  type Count,
  countNonZero,
  dense,
  type LeafTensors,
  withTensors,
  zeroThresholds,
} from "./asic-record.js";
export { energy7Cost } from "./energy7.js";
export { energy45Cost } from "./energy45.js";
export {
  type EnergyOptions,
  type EnergyReport,
  type LevelEnergy,
  type LevelTraffic,
  type MemoryHierarchy,
  modelledEnergy,
  perfectReuse,
} from "./modelled.js";
export {
  eyerissCosts,
  type LevelCosts,
  operandEnergy,
  partialSumEnergy,
  type ReuseEnergy,
  type ReuseSplit,
  reuseEnergy,
} from "./reuse.js";
export {
  type Dataflow,
  dataflows,
  type SystolicArray,
  type SystolicLayer,
  type SystolicReport,
  systolicCycles,
} from "./systolic.js";
export { energyCost } from "./table-cost.js";
export {
  type AbsoluteTable,
  type AbsoluteTableName,
  type AccessEnergy,
  accessPicojoules,
  type EnergyPrecision,
  type EnergyTable,
  type EnergyTableName,
  energyPrecisions,
  energyTableNames,
  energyTables,
  type MemoryLevel,
  macPicojoules,
  type OperationEnergy,
  type RelativeTable,
} from "./tables.js";
