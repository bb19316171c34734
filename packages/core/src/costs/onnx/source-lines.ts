/** The lines of Python that made a node: PyTorch's exporter writes the calls of `forward` that were open. */

import type { OnnxFileNode } from "../../formats/index.js";
import { torchScopes } from "./paths.js";

const TORCH_TRACE = "pkg.torch.onnx.stack_trace";
const FRAME = /File "([^"]*)", line (\d+), in (\S+)[ \t]*\n[ \t]*([^\n]*)/g;

/** One open call, outermost first. */
export interface Frame {
  /** The layer that is called, and the method. */
  readonly call: string;
  readonly line: number;
  /** The line that it has come to. */
  readonly text: string;
}

/** Open calls of a node; none where the file does not say. */
export function framesOf(node: OnnxFileNode): readonly Frame[] {
  const trace = node.metadata.get(TORCH_TRACE);
  if (trace === undefined) return [];
  const scopes = torchScopes(node);
  return [...trace.matchAll(FRAME)].map(([, file, line, method, text], depth) => ({
    call: `${scopes[depth] ?? "?"} ${file} ${method}`,
    line: Number(line),
    text: text!,
  }));
}

const TARGETS = /^([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)\s*(?::[^=]*)?=(?!=)/;
const AUGMENTED = /^[A-Za-z_][\w.]*\s*(?:[-+*/]|\/\/|\*\*)=(?!=)/;

/** Names that a line binds, none where it binds none: `a, b = f(x)`. */
export const boundNames = (text: string): readonly string[] =>
  TARGETS.exec(text)?.[1]
    ?.split(",")
    .map((name) => name.trim()) ?? [];

/** Whether a line writes over what its name holds: `y += x`. */
export const isAugmented = (text: string): boolean => AUGMENTED.test(text);

/** Whether a line calls something of its object that is not a layer: a method with variables of its own. */
export const callsMethod = (text: string, isLayer: (name: string) => boolean): boolean =>
  [...text.matchAll(/\bself\.(\w+)\(/g)].some(([, name]) => !isLayer(name!));
