/** The four ways to load a model, as MLPerf names them. */

export type ScenarioName = "single-stream" | "multi-stream" | "server" | "offline";

export interface Scenario {
  readonly name: ScenarioName;
  readonly title: string;
  /** One sentence: what a sample of time is. */
  readonly measures: string;
  /** Samples that arrive together in one query. */
  readonly samplesPerQuery: number;
  /** The percentile that the scenario is judged by; null: by throughput alone. */
  readonly percentile: number | null;
  /** What starts a query: the end of the one before, or a schedule that does not wait. */
  readonly arrivals: "closed" | "open";
}

/**
 * Every scenario by its name (MLPerf Inference rules, LoadGen: SingleStream p90, MultiStream 8 samples p99, Server Poisson
 * arrivals p99, Offline throughput).
 *
 * @example
 * scenarios["multi-stream"].samplesPerQuery // 8
 */
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  "single-stream": {
    name: "single-stream",
    title: "one query after the other",
    measures: "one call, started when the one before has ended: not the latency of a service",
    samplesPerQuery: 1,
    percentile: 0.9,
    arrivals: "closed",
  },
  "multi-stream": {
    name: "multi-stream",
    title: "eight samples at a time",
    measures: "one query of eight samples, started when the one before has ended",
    samplesPerQuery: 8,
    percentile: 0.99,
    arrivals: "closed",
  },
  server: {
    name: "server",
    title: "Poisson arrivals and a queue",
    measures: "one query from its scheduled arrival to its end, waiting included",
    samplesPerQuery: 1,
    percentile: 0.99,
    arrivals: "open",
  },
  offline: {
    name: "offline",
    title: "all samples at hand",
    measures: "one call of a batch; the result is the throughput",
    samplesPerQuery: 1,
    percentile: null,
    arrivals: "closed",
  },
};
