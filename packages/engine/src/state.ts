/** The state of an executable: two buffers for every tensor, packed as the kernels want it, swapped after every run. */

import type { StateBinding } from "@frugal/core/engine";
import type { Layout } from "@frugal/core/graph";
import { packHost, unpackHost } from "@frugal/core/lowering";
import {
  allocate,
  bytesPerElement,
  elementCount,
  elementsIn,
  type HostTensor,
  type Shape,
  tensor,
} from "@frugal/core/tensor";
import type { Tensor } from "onnxruntime-common";

/** Layouts in which state is kept, by input name; the others are plain. */
export interface StateLayouts {
  readonly blockSize: number;
  readonly inputs: Readonly<Record<string, Layout>>;
  /** Shapes of outputs that differ from those of the inputs that they become, by output name. */
  readonly outputShapes: Readonly<Record<string, Shape>>;
}

export interface StateStore {
  /** Adds the current state to the feeds, and the buffers for the next one to the fetches. */
  attach(feeds: Record<string, Tensor>, fetches: Record<string, Tensor | null>): void;
  /** The run is done: what was fetched is now current. */
  swap(): void;
  read(): Record<string, HostTensor>;
  write(input: string, value: HostTensor): void;
}

/** One buffer, as the input and as the output that it is in turn: their shapes may differ. */
interface Buffer {
  readonly host: HostTensor;
  readonly fed: Tensor;
  readonly fetched: Tensor;
}

interface Slot {
  readonly binding: StateBinding;
  readonly layout: Layout;
  current: Buffer;
  spare: Buffer | undefined;
}

const ALIGNMENT = 64;
const PAGE = 65536;
/**
 * Buffers that begin on a cache line. Ordinary array buffers begin 16 bytes after one, which costs the convolution
 * kernels a fifth of their speed; the memory of a WebAssembly instance begins on a page.
 */
function alignedArena(
  sizes: readonly number[],
): (dtype: HostTensor["dtype"], length: number) => HostTensor["data"] {
  const padded = sizes.map((bytes) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
  const pages = Math.ceil(padded.reduce((sum, bytes) => sum + bytes, 0) / PAGE);
  // 65,536 pages are all that a 32-bit memory can have; beyond that, speed gives way.
  const memory =
    pages > 0 && pages <= PAGE ? new WebAssembly.Memory({ initial: pages }) : undefined;
  let offset = 0;
  return (dtype, length) => {
    if (!memory) return allocate(dtype, length);
    const data = elementsIn(dtype, memory.buffer, { byteOffset: offset, length });
    offset += Math.ceil((length * bytesPerElement(dtype)) / ALIGNMENT) * ALIGNMENT;
    return data;
  };
}

/** A store for the state that the graph really reads. `toTensor` wraps memory without copying it. */
export function createStateStore(
  bindings: readonly StateBinding[],
  layouts: StateLayouts,
  toTensor: (t: HostTensor) => Tensor,
): StateStore {
  const bytes = (b: StateBinding) =>
    elementCount(b.initial.shape) * bytesPerElement(b.initial.dtype);
  const place = alignedArena(
    bindings.flatMap((b) => (b.output ? [bytes(b), bytes(b)] : [bytes(b)])),
  );
  const layoutOf = (input: string): Layout => layouts.inputs[input] ?? "plain";
  const packed = (input: string, value: HostTensor) =>
    layoutOf(input) === "plain" ? value : packHost(value, layoutOf(input), layouts.blockSize);

  const slots = new Map<string, Slot>();
  for (const binding of bindings) {
    const { initial, input, output } = binding;
    const makeBuffer = (): Buffer => {
      const { dtype, shape } = initial;
      const data = place(dtype, initial.data.length) as Float32Array;
      const host = tensor(dtype, shape, data);
      const fetchedShape = (output && layouts.outputShapes[output]) || shape;
      return { host, fed: toTensor(host), fetched: toTensor(tensor(dtype, fetchedShape, data)) };
    };
    const current = makeBuffer();
    (current.host.data as Float32Array).set(packed(input, initial).data as Float32Array);
    const spare = output ? makeBuffer() : undefined;
    slots.set(input, { binding, layout: layoutOf(input), current, spare });
  }

  return {
    attach(feeds, fetches) {
      for (const { binding, current, spare } of slots.values()) {
        feeds[binding.input] = current.fed;
        if (binding.output) fetches[binding.output] = spare!.fetched;
      }
    },
    swap() {
      for (const slot of slots.values()) {
        if (slot.spare) [slot.current, slot.spare] = [slot.spare, slot.current];
      }
    },
    read: () =>
      Object.fromEntries(
        [...slots.values()].map(({ binding, layout, current: { host } }) => [
          binding.input,
          layout === "plain"
            ? tensor(host.dtype, host.shape, host.data.slice() as Float32Array)
            : unpackHost(host, layout, layouts.blockSize),
        ]),
      ),
    write(input, value) {
      const slot = slots.get(input);
      if (!slot) return;
      const target = slot.current.host.data as Float32Array;
      target.set(packed(input, value).data as Float32Array);
    },
  };
}
