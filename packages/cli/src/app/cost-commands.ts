/** The commands that count: frugal profile and frugal compare. */

import type { CommandSpec, OptionTable } from "./option-spec.js";

/** How the open ends of a model are closed before it is counted. */
const bindings = {
  input: {
    type: "string",
    multiple: true,
    value: "NAME=SHAPE",
    summary: "shape of an input, such as x=1x3x224x224 (may be repeated)",
  },
  dim: {
    type: "string",
    multiple: true,
    value: "NAME=N",
    summary: "length of a named dimension of the file (may be repeated)",
  },
  value: {
    type: "string",
    multiple: true,
    value: "NAME=LIST",
    summary: "elements of an input that shapes depend on, such as sizes=1,3,480,640",
  },
  trips: {
    type: "string",
    multiple: true,
    value: "[NAME=]N",
    summary: "trips of a loop whose end depends on data; without a name, of every such loop",
  },
  waive: {
    type: "string",
    multiple: true,
    value: "OP",
    summary:
      "take this operator, where it cannot be counted, as a listed gap instead of an error; all: every such one",
  },
  schedule: {
    type: "string",
    value: "NAME",
    summary:
      "order and reuse of memory: file-order, in-place, modules or functional (default: file-order)",
  },
} as const satisfies OptionTable;

export const profileCommand = {
  summary: "count ONNX models: parameters, MACs, FLOPs, memory, bytes moved, energy, time",
  positionals: ["models..."],
  options: {
    ...bindings,
    depth: {
      type: "string",
      value: "N",
      summary: "levels of modules in the table (default: 2; all: every layer)",
    },
    explain: {
      type: "string",
      value: "A:B",
      optional: /^[^/\\]+:[^/\\]+$/,
      summary:
        "what other counters print for this model; with A:B (tools, or two numbers such as 4.09G:8.21G), term by term why they differ",
    },
    trait: {
      type: "string",
      multiple: true,
      value: "NAME=VALUE",
      summary:
        "with --explain: how the network was written in Python, such as attention=fused, activations=functional or batch-norm=folded",
    },
    energy: {
      type: "string",
      multiple: true,
      value: "TABLE[:PRECISION]",
      summary:
        "modelled energy by a table (horowitz45, jouppi7) at a precision such as int8 (all: every one), or asic, the accelerator that skips zeros; prints the assumptions",
    },
    density: {
      type: "string",
      value: "D",
      summary: "with --energy asic: share of activations that are not zero (default: 1)",
    },
    measure: { type: "boolean", summary: "also time the model on this machine" },
    scenario: {
      type: "string",
      value: "NAME",
      summary: "with --measure: single-stream, multi-stream, server or offline",
    },
    percentile: {
      type: "string",
      value: "P",
      summary: "with --measure: take the samples that this percentile needs (default: 90)",
    },
    provider: {
      type: "string",
      value: "NAME",
      summary: "with --measure: execution provider (default: cpu)",
    },
    threads: { type: "string", value: "N", summary: "with --measure: threads (default: 1)" },
    batch: {
      type: "string",
      value: "LIST",
      summary: "with --measure: batch sizes for the throughput, such as 1,8,32",
    },
    seconds: {
      type: "string",
      value: "S",
      summary: "with --measure: longest time to measure for",
    },
    rate: {
      type: "string",
      value: "R",
      summary: "with --scenario server: arrivals per second (default: half of what it can serve)",
    },
    processes: {
      type: "string",
      value: "N",
      summary: "with --measure: separate processes whose samples are pooled (default: 1)",
    },
    image: {
      type: "string",
      value: "FILE",
      summary:
        "with --measure or --against: PNG or JPEG as input; decoding and preparation are timed apart, and the whole request is shown",
    },
    against: {
      type: "boolean",
      summary: "time the two models in turns, and print the ratio with its interval",
    },
    device: {
      type: "string",
      value: "NAME",
      summary: "calibrated device of the roofline (default: this machine, if calibrated)",
    },
    csv: { type: "string", value: "FILE", summary: "also write one row a node" },
    html: {
      type: "string",
      value: "FILE",
      summary: "also write a page with treemap, roofline and table",
    },
  },
  details:
    "Weights are not needed: files whose data are external or absent can be counted. 1 MAC = 2 FLOPs; nothing is rounded but for the eye.",
  examples: [
    ["frugal profile model.onnx", "every total, and a table of the modules"],
    ["frugal profile a.onnx b.onnx --dim batch=1", "two models side by side"],
    ["frugal profile text.onnx@tokens=128 text.onnx@tokens=512", "one model at two sizes"],
    ["frugal profile model.onnx --explain fvcore:deepspeed", "why two tools disagree"],
    [
      "frugal profile model.onnx --energy horowitz45:int8 --energy asic --density 0.5",
      "modelled energy, with what it takes for granted",
    ],
    ["frugal profile model.onnx --html model.html", "look at it in a browser"],
    ["frugal profile model.onnx --measure --threads 4", "counted and timed"],
    [
      "frugal profile a.onnx b.onnx --against --image cat.jpg",
      "what a smaller model saves of the whole request",
    ],
  ],
} as const satisfies CommandSpec;

export const compareCommand = {
  summary: "rank ONNX models under every indicator, and say where the indicators disagree",
  positionals: ["models..."],
  options: {
    ...bindings,
    accuracy: {
      type: "string",
      multiple: true,
      value: "MODEL=VALUE",
      summary: "accuracy of a model, as a share or in per cent (may be repeated)",
    },
    "cost-notes": {
      type: "string",
      value: "FILE",
      summary:
        "YAML or JSON with what the files do not say: accuracies with intervals, active parameters, baselines, times from other machines",
    },
    device: {
      type: "string",
      multiple: true,
      value: "NAME",
      summary:
        "calibrated device for roofline latencies (may be repeated; default: this machine, if calibrated)",
    },
    measure: {
      type: "boolean",
      summary: "also time the models on this machine, in turns; files need their weights",
    },
    provider: {
      type: "string",
      value: "NAME",
      summary: "with --measure: execution provider (default: cpu)",
    },
    threads: { type: "string", value: "N", summary: "with --measure: threads (default: 1)" },
    seconds: {
      type: "string",
      value: "S",
      summary: "with --measure: longest time for each model (default: 20)",
    },
    csv: { type: "string", value: "FILE", summary: "also write one row a model" },
  },
  examples: [
    ["frugal compare a.onnx b.onnx c.onnx", "rank correlations, winners and warnings"],
    [
      "frugal compare a.onnx b.onnx --accuracy a.onnx=0.76 --accuracy b.onnx=0.78",
      "with the frontier of each indicator",
    ],
  ],
} as const satisfies CommandSpec;
