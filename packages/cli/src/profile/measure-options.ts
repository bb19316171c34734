/** What `--measure` and `--against` say, checked before anything runs. */

import { UserError } from "@frugal/core/base";
import type { ProfileOptions } from "@frugal/core/costs";
import { type ScenarioName, scenarios } from "@frugal/core/evaluation";
import type { MeasureOptions, ModelOptions, TimingOptions } from "../measure/index.js";
import { type BindingValues, profileOptions } from "./load.js";

export interface MeasureValues extends BindingValues {
  readonly measure?: boolean;
  readonly against?: boolean;
  readonly scenario?: string;
  readonly percentile?: string;
  readonly provider?: string;
  readonly threads?: string;
  readonly batch?: string;
  readonly seconds?: string;
  readonly rate?: string;
  readonly processes?: string;
  readonly image?: string;
}

const idleOptions = [
  ...(["scenario", "percentile", "provider", "threads", "batch", "seconds"] as const),
  ...(["rate", "processes", "image"] as const),
] as const;

function refuse(option: string, text: string, allowed: string): never {
  throw new UserError("E_USAGE", `--${option} ${text} cannot be used`, {
    allowed,
    next: "frugal profile --help shows examples",
  });
}

function wholeNumber(option: string, text: string): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > 1 << 16) refuse(option, text, "a whole number from 1 to 65536");
  return value;
}

function scenarioOf(text: string): ScenarioName {
  if (Object.hasOwn(scenarios, text)) return text as ScenarioName;
  return refuse("scenario", text, Object.keys(scenarios).join(", "));
}

/** 99 and 0.99 are the same percentile. */
function percentileOf(text: string): number {
  const value = /^[0-9.]+$/.test(text) ? Number(text) : Number.NaN;
  const share = value >= 1 ? value / 100 : value;
  if (!(share > 0 && share < 1)) refuse("percentile", text, "above 0 and below 100, such as 99");
  return share;
}

function secondsOf(text: string): number {
  const value = /^[0-9.]+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value > 0 && value <= 86_400)) refuse("seconds", text, "above 0, at most 86400");
  return value;
}

function rateOf(text: string): number {
  const value = /^[0-9.]+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value > 0 && Number.isFinite(value))) refuse("rate", text, "queries per second, above 0");
  return value;
}

/** Refuses options about time where no time is measured: they would be without effect. */
export function refuseIdleOptions(values: MeasureValues, models: readonly string[]): void {
  if (values.against && models.length !== 2) {
    throw new UserError(
      "E_USAGE",
      `--against takes turns between two models, not ${models.length}`,
      {
        allowed: "frugal profile a.onnx b.onnx --against",
        next: "name two models, or use --measure",
      },
    );
  }
  if (values.against && values.batch !== undefined) {
    refuse("batch", values.batch, "with --measure: turns are taken one call at a time");
  }
  if (values.against && values.processes !== undefined) {
    refuse("processes", values.processes, "with --measure: turns are taken in one process");
  }
  if (values.rate !== undefined && values.scenario !== "server") {
    refuse(
      "rate",
      values.rate,
      "with --measure --scenario server: elsewhere nothing arrives by itself",
    );
  }
  if (values.measure || values.against) return;
  const idle = idleOptions.find((name) => values[name] !== undefined);
  if (idle === undefined) return;
  throw new UserError("E_USAGE", `--${idle} says how to measure, but nothing is measured`, {
    allowed: "with --measure or --against",
    next: `add --measure, or leave --${idle} out`,
  });
}

/** Where the model is, what it is fed, and on what it runs. */
export function modelOptions(
  path: string,
  bindings: ProfileOptions,
  { provider, threads, image }: MeasureValues,
): ModelOptions {
  return {
    model: path,
    shapes: bindings.inputs ?? {},
    dims: bindings.dimensions ?? {},
    values: bindings.values ?? {},
    ...(provider === undefined ? {} : { provider }),
    ...(threads === undefined ? {} : { threads: wholeNumber("threads", threads) }),
    ...(image === undefined ? {} : { image }),
  };
}

/** How often and how long. */
export function timingOptions({ scenario, percentile, seconds }: MeasureValues): TimingOptions {
  return {
    ...(scenario === undefined ? {} : { scenario: scenarioOf(scenario) }),
    ...(percentile === undefined ? {} : { percentile: percentileOf(percentile) }),
    ...(seconds === undefined ? {} : { seconds: secondsOf(seconds) }),
  };
}

/** Batch sizes of the throughput; undefined: the sweep finds them. */
const batchesOf = ({ batch }: MeasureValues): readonly number[] | undefined =>
  batch?.split(",").map((b) => wholeNumber("batch", b.trim()));

/** How to measure one model by itself. */
export function measureOptions(
  path: string,
  values: MeasureValues,
  bindings: ProfileOptions = profileOptions(values),
): MeasureOptions {
  const batches = batchesOf(values);
  const { rate, processes } = values;
  return {
    ...timingOptions(values),
    ...modelOptions(path, bindings, values),
    layers: true,
    ...(batches ? { batches } : {}),
    ...(rate === undefined ? {} : { rate: rateOf(rate) }),
    ...(processes === undefined ? {} : { processes: wholeNumber("processes", processes) }),
  };
}
