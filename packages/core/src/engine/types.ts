/** What an engine is: something that compiles a graph and runs it. One interface for every provider. */

import type { Graph } from "../graph/index.js";
import type { HostTensor } from "../tensor/index.js";

/** One input of the graph that is kept by the engine, and the output that becomes it after a run. */
export interface StateBinding {
  readonly input: string;
  /** Absent: the input stays as it is until `writeState` (weights of an evaluation graph). */
  readonly output?: string;
  readonly initial: HostTensor;
}

export interface CompileOptions {
  /** Inputs that live in the engine between runs, double-buffered. */
  readonly state?: readonly StateBinding[];
  /**
   * Inputs that never change again, such as the weights of a finished model. They are built into the session, which
   * the runtime can then optimise further: the form to measure latency with.
   */
  readonly frozen?: Feeds;
  /** These inputs, and these outputs, may be given any first dimension at run time. */
  readonly symbolicBatch?: {
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
  };
  /** Measure alternative lowerings where there are several. Default true; false takes the recommended one untimed. */
  readonly tune?: boolean;
  /** Collect per-node times; read them with `profile()`. */
  readonly profile?: boolean;
}

export type Feeds = Readonly<Record<string, HostTensor>>;

/** Time of one node of the lowered graph in one or more runs. */
export interface NodeTime {
  readonly phase: string;
  readonly path: string;
  /** Kind of the op it was lowered from. */
  readonly op: string;
  /** The engine's own name of what ran. */
  readonly kernel: string;
  readonly startUs: number;
  readonly durationUs: number;
}

export interface Executable {
  /** Computes every output that is not state. Feeds: every input that is not state. */
  run(feeds: Feeds): Promise<Record<string, HostTensor>>;
  /** A copy of the current state, by input name. */
  readState(): Promise<Record<string, HostTensor>>;
  /** Replaces state, by input name; what is not named stays. */
  writeState(state: Feeds): Promise<void>;
  /** Ends profiling and returns what ran, in order. Only with `profile: true`. */
  profile(): Promise<NodeTime[]>;
  dispose(): Promise<void>;
}

export interface Engine {
  /** As in `onnxruntime-node 1.30.0, cpu, 2 threads`: goes into run records and reports. */
  readonly description: string;
  compile(graph: Graph, options?: CompileOptions): Promise<Executable>;
}
