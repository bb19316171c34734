/** What `--explain` asks for: every counter, two counters, or two numbers that somebody printed. */

import { UserError } from "@frugal/core/base";
import {
  type ConventionName,
  conventionNames,
  conventions,
  type ExplainedNumbers,
  type Explanation,
  explainDifference,
  explainNumbers,
  type Profile,
  type SourceTraits,
} from "@frugal/core/costs";
import { didYouMean } from "../app/nearest.js";

export type ExplainRequest =
  | { readonly kind: "all" }
  | { readonly kind: "tools"; readonly from: ConventionName; readonly to: ConventionName }
  | { readonly kind: "numbers"; readonly a: string; readonly b: string };

/** Tools that print several columns are also known by their own name, for the column they call FLOPs. */
const otherNames: Readonly<Record<string, ConventionName>> = {
  deepspeed: "deepspeed-flops",
  calflops: "calflops-flops",
  ptflops: "ptflops-pytorch",
  netscope: "netscope-macc",
  mac: "macs",
};

function conventionNamed(name: string): ConventionName {
  const plain = name.trim().toLowerCase();
  const found = conventionNames.find((n) => n === plain) ?? otherNames[plain];
  if (found) return found;
  throw new UserError("E_USAGE", `there is no counter ${JSON.stringify(name)} to explain`, {
    allowed: `${conventionNames.join(", ")}; or two numbers such as 4.09G:8.21G`,
    next:
      didYouMean(plain, [...conventionNames, ...Object.keys(otherNames)]) ??
      "frugal profile MODEL --explain lists them",
  });
}

const isNumber = (text: string): boolean => /^\s*[0-9]/.test(text);

/** "4.09" was read in a paper beside a unit; without it nothing can be found. */
function withUnit(text: string): string {
  if (!/^\s*[0-9]{1,3}(\.[0-9]+)?\s*$/.test(text)) return text;
  throw new UserError("E_USAGE", `--explain ${text} lacks its unit`, {
    allowed: "numbers as they were printed, such as 4.09G, 569M or 4089184256",
    next: `write ${text.trim()}G or ${text.trim()}M`,
  });
}

/** Reads "", "fvcore:thop" or "4.09G:8.21G". */
export function explainRequest(text: string): ExplainRequest {
  if (text === "") return { kind: "all" };
  const parts = text.split(":");
  const [a, b] = parts;
  if (parts.length !== 2 || !a || !b || isNumber(a) !== isNumber(b)) {
    throw new UserError("E_USAGE", `--explain ${text} cannot be read`, {
      allowed: "two counters such as fvcore:thop, or two numbers such as 4.09G:8.21G",
      next: "leave the value out to see every counter",
    });
  }
  return isNumber(a)
    ? { kind: "numbers", a: withUnit(a), b: withUnit(b) }
    : { kind: "tools", from: conventionNamed(a), to: conventionNamed(b) };
}

export interface CounterTotal {
  readonly name: ConventionName;
  readonly title: string;
  readonly unit: string;
  readonly total: number;
  readonly counts: string;
}

export type Explained =
  | {
      readonly kind: "all";
      readonly traits: SourceTraits;
      readonly counters: readonly CounterTotal[];
    }
  | { readonly kind: "tools"; readonly explanation: Explanation }
  | { readonly kind: "numbers"; readonly numbers: ExplainedNumbers };

/** The answer for one model. */
export function explain(
  profile: Profile,
  request: ExplainRequest,
  traits: SourceTraits = {},
): Explained {
  if (request.kind === "tools") {
    return {
      kind: "tools",
      explanation: explainDifference(profile, request.from, request.to, traits),
    };
  }
  if (request.kind === "numbers") {
    return { kind: "numbers", numbers: explainNumbers(profile, request.a, request.b, traits) };
  }
  const counters = conventionNames.map((name) => {
    const { title, unit, counts } = conventions[name];
    return { name, title, unit, total: conventions[name].total(profile, traits), counts };
  });
  return { kind: "all", traits, counters };
}
