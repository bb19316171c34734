/** Every convention, by name. */

import { calflopsFlops, calflopsMacs } from "./calflops.js";
import type { Convention } from "./convention.js";
import { deepspeedFlops, deepspeedMacs } from "./deepspeed.js";
import { fvcore } from "./fvcore.js";
import { fvcoreActivations } from "./fvcore-activations.js";
import { macs } from "./macs.js";
import {
  netscopeAdd,
  netscopeComparison,
  netscopeDivision,
  netscopeExponential,
  netscopeMacc,
} from "./netscope.js";
import { onnxTool } from "./onnx-tool.js";
import { ptflopsAten } from "./ptflops-aten.js";
import { ptflopsPytorch } from "./ptflops-pytorch.js";
import { thop } from "./thop.js";
import { torch } from "./torch.js";
import { torchinfo } from "./torchinfo.js";

export type ConventionName =
  | "macs"
  | "torch"
  | "fvcore"
  | "fvcore-activations"
  | "ptflops-aten"
  | "ptflops-pytorch"
  | "torchinfo"
  | "thop"
  | "deepspeed-flops"
  | "deepspeed-macs"
  | "calflops-flops"
  | "calflops-macs"
  | "onnx-tool"
  | "netscope-macc"
  | "netscope-comp"
  | "netscope-add"
  | "netscope-div"
  | "netscope-exp";

/**
 * What each counter would print for a model, from the integers of its profile: the tools' wrong numbers included.
 *
 * `terms` and `total` take source traits: how the network was written in Python, where the number depends on it. Without
 * them, layer paths decide what was a module. Counts and tools' versions: see the file of each convention.
 *
 * @example
 * const dense = profile(buildGraph({ y: matmul(input("x", [1, 784]), input("w", [784, 10])) }));
 * conventions.torch.total(dense) // 15680
 * conventions.torch.terms(dense).map((t) => [t.factor, t.count, t.value]) // [[2, 7840, 15680]]
 * conventions.fvcore.total(dense, { attention: "fused" }) // 7840
 */
export const conventions: { readonly [Name in ConventionName]: Convention<Name> } = {
  macs,
  torch,
  fvcore,
  "fvcore-activations": fvcoreActivations,
  "ptflops-aten": ptflopsAten,
  "ptflops-pytorch": ptflopsPytorch,
  torchinfo,
  thop,
  "deepspeed-flops": deepspeedFlops,
  "deepspeed-macs": deepspeedMacs,
  "calflops-flops": calflopsFlops,
  "calflops-macs": calflopsMacs,
  "onnx-tool": onnxTool,
  "netscope-macc": netscopeMacc,
  "netscope-comp": netscopeComparison,
  "netscope-add": netscopeAdd,
  "netscope-div": netscopeDivision,
  "netscope-exp": netscopeExponential,
};

export const conventionNames = Object.keys(conventions) as readonly ConventionName[];
