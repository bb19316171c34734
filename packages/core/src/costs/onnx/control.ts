/**
 * Operators with bodies. The rules that decide how often a body counts:
 *
 * - If: the branch that a known condition takes; otherwise the branch with more work, and the report says so.
 * - Loop: the trip count where it is known and the condition never ends it early; a data-dependent end counts all trips
 *   that the count allows; without a count the number must be given (`trips`), or the loop is reported as unknown.
 * - Scan and SequenceMap: once for each element.
 *
 * A body whose shapes do not change from trip to trip is counted once and multiplied, otherwise it is followed trip by trip.
 */

import type { OnnxFileGraph } from "../../formats/index.js";
import { sameShape } from "../../tensor/index.js";
import type { Analyser, Body, GraphRun, Surroundings } from "./analyse.js";
import { type Info, tensorInfo } from "./info.js";
import type { NodeView } from "./node-view.js";
import { Scope } from "./scope.js";

export interface ControlResult {
  readonly infos: readonly Info[];
  readonly bodies: readonly Body[];
  readonly reason?: string;
}

interface Frame {
  readonly scope: Scope;
  readonly around: Surroundings;
}

/** Trips that are followed one by one; a longer loop is counted as if all trips were alike. */
const MOST_FOLLOWED = 1024;
/** A trip count above this means "until the condition ends it". */
const NO_LIMIT = 1 << 30;

/** Work of a body, to tell the heavier branch. */
function weigh(run: GraphRun): number {
  return run.steps.reduce((sum, s) => {
    const inner = s.bodies.reduce((n, b) => n + b.times * weigh(b.run), 0);
    return sum + 2 * (s.work.macs ?? 0) + (s.work.otherOps ?? 0) + inner;
  }, 0);
}

/** What is certain of a value that may be one or the other. */
function merge(a: Info, b: Info): Info {
  if (a.kind !== "tensor" || b.kind !== "tensor") return a;
  if (!a.shape || !b.shape || a.shape.length !== b.shape.length) {
    return tensorInfo(a.elementType, undefined);
  }
  const other = b.shape;
  const shape = a.shape.map((d, i) => (d === other[i] ? d : Number.NaN));
  return tensorInfo(a.elementType, shape);
}

/** Without knowledge of the elements, which may change from trip to trip. */
const shapeOnly = (info: Info): Info =>
  info.kind === "tensor" ? tensorInfo(info.elementType, info.shape) : info;

function alike(a: Info, b: Info): boolean {
  if (a.kind === "sequence" && b.kind === "sequence") return a.items?.length === b.items?.length;
  if (a.kind !== "tensor" || b.kind !== "tensor") return a.kind === b.kind;
  return a.shape !== undefined && b.shape !== undefined && sameShape(a.shape, b.shape);
}

const infosOf = (run: GraphRun): readonly Info[] => run.outputs.map((v) => v.info);

function runBody(
  analyser: Analyser,
  body: OnnxFileGraph,
  frame: Frame & { readonly inputs: readonly Info[] },
): GraphRun {
  const scope = new Scope(frame.scope);
  body.inputs.forEach(({ name, type }, i) => {
    const info = frame.inputs[i] ?? analyser.dimensions.info(type);
    scope.set(name, analyser.activation(info));
  });
  const around = { ...frame.around, depth: frame.around.depth + 1 };
  return analyser.runGraph(body, scope, around);
}

const bodyOf = (n: NodeView, name: string): OnnxFileGraph =>
  n.graph(name) ?? n.refuse(`its ${name} is missing`);

function runIf(analyser: Analyser, n: NodeView, frame: Frame): ControlResult {
  const known = n.known(0)?.[0];
  const run = (name: string) => runBody(analyser, bodyOf(n, name), { ...frame, inputs: [] });
  if (known !== undefined) {
    const taken = run(known ? "then_branch" : "else_branch");
    return { infos: infosOf(taken), bodies: [{ run: taken, times: 1 }] };
  }
  const [yes, no] = [run("then_branch"), run("else_branch")];
  const heavier = weigh(yes) >= weigh(no) ? yes : no;
  analyser.assumptions.add(
    `${n.where}: the ${heavier === yes ? "then" : "else"} branch is counted, which does more work`,
  );
  const infos = infosOf(yes).map((info, i) => {
    const other = no.outputs[i]?.info;
    return other ? merge(info, other) : info;
  });
  return { infos, bodies: [{ run: heavier, times: 1 }] };
}

/** Trip count and start of a Loop. */
interface LoopPlan {
  readonly body: OnnxFileGraph;
  readonly start: readonly Info[];
  /** NaN: nothing limits it. */
  readonly limit: number;
  readonly given: number | undefined;
}

/** Follows a loop trip by trip while it is known whether it goes on; undefined if that is lost. */
function follow(analyser: Analyser, plan: LoopPlan, frame: Frame): ControlResult | undefined {
  const { body, start } = plan;
  const limit = plan.given ?? plan.limit;
  const runs: GraphRun[] = [];
  let carried = start;
  for (let trip = 0; !(trip >= limit); trip++) {
    if (trip >= MOST_FOLLOWED) return undefined;
    const inputs = [tensorInfo("int64", [], [trip]), tensorInfo("bool", [], [1]), ...carried];
    const run = runBody(analyser, body, { ...frame, inputs });
    runs.push(run);
    const infos = infosOf(run);
    carried = infos.slice(1, 1 + start.length);
    const goesOn = infos[0]?.kind === "tensor" ? infos[0].values?.[0] : undefined;
    if (goesOn === 0 && plan.given === undefined) break;
    if (goesOn === undefined && plan.given === undefined) return undefined;
  }
  const stacked = body.outputs.slice(1 + start.length).map((declared, i): Info => {
    const parts = runs.map((run) => run.outputs[1 + start.length + i]?.info);
    const first = parts[0] ?? analyser.dimensions.info(declared.type);
    if (first.kind !== "tensor") return first;
    const shape = first.shape && [runs.length, ...first.shape];
    return tensorInfo(first.elementType, shape);
  });
  return { infos: [...carried, ...stacked], bodies: runs.map((run) => ({ run, times: 1 })) };
}

function runLoop(analyser: Analyser, n: NodeView, frame: Frame): ControlResult {
  const body = bodyOf(n, "body");
  const start = n.inputs.slice(2).map((_, i) => n.value(i + 2).info);
  const count = n.has(0) ? (n.known(0)?.[0] ?? Number.NaN) : Number.NaN;
  const limit = count > NO_LIMIT ? Number.NaN : count;
  const { trips = {} } = analyser.options;
  const given = trips[n.node.name] ?? trips[n.node.outputs[0] ?? ""];
  const plan = { body, start, limit, given };
  if (n.known(1)?.[0] === 0) {
    return follow(analyser, { ...plan, limit: 0 }, frame)!;
  }
  // All trips alike: one look is enough.
  const anyTrip = [tensorInfo("int64", []), tensorInfo("bool", [], [1]), ...start.map(shapeOnly)];
  const once = runBody(analyser, body, { ...frame, inputs: anyTrip });
  const infos = infosOf(once);
  const carried = infos.slice(1, 1 + start.length);
  const steady = carried.every((info, i) => alike(info, start[i]!));
  const goesOn = infos[0]?.kind === "tensor" ? infos[0].values?.[0] : undefined;
  const complete = once.steps.every((s) => s.status !== "unknown");
  if (!steady || !complete || goesOn !== 1) {
    const followed = follow(analyser, plan, frame);
    if (followed) return followed;
  }
  const times = given ?? limit;
  if (goesOn !== 1 && given === undefined && !Number.isNaN(limit)) {
    analyser.assumptions.add(`${n.where}: its end depends on data, all ${limit} trips are counted`);
  }
  const final = carried.map((info, i) =>
    alike(info, start[i]!) ? shapeOnly(info) : merge(shapeOnly(info), start[i]!),
  );
  const stacked = infos
    .slice(1 + start.length)
    .map((info) =>
      info.kind === "tensor" && info.shape
        ? tensorInfo(info.elementType, [times, ...info.shape])
        : info,
    );
  const key = n.node.name || n.node.outputs[0];
  return {
    infos: [...final, ...stacked],
    bodies: [{ run: once, times: Number.isNaN(times) ? 0 : times }],
    ...(Number.isNaN(times)
      ? { reason: `the number of trips depends on data: give it as trips "${key}"` }
      : {}),
  };
}

function runScan(analyser: Analyser, n: NodeView, frame: Frame): ControlResult {
  const body = bodyOf(n, "body");
  const scanned = n.int("num_scan_inputs") ?? n.refuse("num_scan_inputs is missing");
  // Version 8 had batches and an input for the lengths of sequences in front.
  const batched = n.version < 9 ? 1 : 0;
  const all = n.inputs.slice(batched).map((_, i) => n.value(i + batched).info);
  const states = all.slice(0, all.length - scanned);
  const axes = n.list("scan_input_axes");
  let length = Number.NaN;
  const withoutBatch = (info: Info): Info =>
    batched && info.kind === "tensor" && info.shape
      ? tensorInfo(info.elementType, info.shape.slice(1))
      : shapeOnly(info);
  const slices = all.slice(states.length).map((info, i): Info => {
    const inner = withoutBatch(info);
    if (inner.kind !== "tensor" || !inner.shape) return inner;
    const axis = n.axis(axes?.[i] ?? 0, inner.shape.length);
    const own = inner.shape[axis]!;
    if (!Number.isNaN(own + length) && own !== length)
      n.refuse(`it scans ${length} and ${own} steps`);
    if (!Number.isNaN(own)) length = own;
    return tensorInfo(
      inner.elementType,
      inner.shape.filter((_, k) => k !== axis),
    );
  });
  const inputs = [...states.map(withoutBatch), ...slices];
  const run = runBody(analyser, body, { ...frame, inputs });
  const first = all[0];
  const batch = batched && first?.kind === "tensor" ? (first.shape?.[0] ?? Number.NaN) : 1;
  const outAxes = n.list("scan_output_axes");
  const infos = infosOf(run).map((info, i): Info => {
    if (info.kind !== "tensor" || !info.shape) return info;
    const shape = [...info.shape];
    if (i >= states.length) {
      const axis = n.axis(outAxes?.[i - states.length] ?? 0, shape.length + 1);
      shape.splice(axis, 0, length);
    }
    return tensorInfo(info.elementType, batched ? [batch, ...shape] : shape);
  });
  const times = length * batch;
  return {
    infos,
    bodies: [{ run, times: Number.isNaN(times) ? 0 : times }],
    ...(Number.isNaN(times) ? { reason: "the number of steps depends on data" } : {}),
  };
}

function runSequenceMap(analyser: Analyser, n: NodeView, frame: Frame): ControlResult {
  const body = bodyOf(n, "body");
  const lists = n.inputs.map((_, i) => n.value(i).info);
  const first = lists[0];
  const items = first?.kind === "sequence" ? first.items : undefined;
  const memberOf = (info: Info, index: number): Info =>
    info.kind === "sequence"
      ? (info.items?.[index] ?? info.of ?? tensorInfo("undefined", undefined))
      : info;
  const open: ControlResult = {
    infos: body.outputs.map((o) => ({ kind: "sequence", of: analyser.dimensions.info(o.type) })),
    bodies: [],
    reason: "the length of the sequence depends on data",
  };
  if (!items || items.length > MOST_FOLLOWED) return open;
  const runs = items.map((_, index) =>
    runBody(analyser, body, { ...frame, inputs: lists.map((info) => memberOf(info, index)) }),
  );
  return {
    infos: body.outputs.map((_, k): Info => {
      const made = runs.flatMap((run) => (run.outputs[k] ? [run.outputs[k].info] : []));
      return { kind: "sequence", of: made[0], items: made };
    }),
    bodies: runs.map((run) => ({ run, times: 1 })),
  };
}

const runners: Readonly<
  Record<string, (analyser: Analyser, n: NodeView, frame: Frame) => ControlResult>
> = { If: runIf, Loop: runLoop, Scan: runScan, SequenceMap: runSequenceMap };

/** Runs the bodies of a control operator. */
export function runControl(analyser: Analyser, n: NodeView, frame: Frame): ControlResult {
  const run = runners[n.node.opType] ?? n.refuse("it has no body that Frugal knows");
  return run(analyser, n, frame);
}
