/** What the runtime timed, found again in the file: it fuses nodes and gives the result a name of its own. */

import type { LedgerEntry, Profile } from "@frugal/core/costs";
import { layerPathOf } from "@frugal/core/costs";
import type { LayerTime } from "@frugal/core/evaluation";
import type { OnnxFile, OnnxFileNode } from "@frugal/core/formats";

/** What the runtime appends to the name of a node that it made of several. */
const FUSED_SUFFIX = /\/(MatMulAddFusion|GemmFusion|MatmulTransposeFusion|ReluQuantFusion)$/;

/** Nodes that the runtime adds to change the order in memory. */
const MOVES = /^Reorder(In|Out)put/;

/** Finds things by a name, where only one of them has it. */
function uniquely<T>(list: readonly (readonly [string, T])[]): (name: string) => T | undefined {
  const found = new Map<string, T | undefined>();
  for (const [name, thing] of list) found.set(name, found.has(name) ? undefined : thing);
  return (name) => (name === "" ? undefined : found.get(name));
}

/** The node that a name of the runtime's stands for; undefined where that cannot be told. */
function nodeFinder({ graph }: OnnxFile): (name: string) => OnnxFileNode | undefined {
  const byName = uniquely(graph.nodes.map((n) => [n.name, n]));
  const byOutput = uniquely(graph.nodes.flatMap((n) => n.outputs.map((o) => [o, n] as const)));
  // Nodes without a name are called after their operator and place; constants have none, they become weights.
  const placed = graph.nodes.filter((n) => n.opType !== "Constant");
  const byPlace = (name: string): OnnxFileNode | undefined => {
    const [, op, place] = /^(\w+)_(\d+)$/.exec(name) ?? [];
    const node = placed[Number(place)];
    return node?.name === "" && node.opType === op ? node : undefined;
  };
  return (name) => {
    const plain = name.replace(FUSED_SUFFIX, "");
    return byName(plain) ?? byOutput(plain) ?? byPlace(plain);
  };
}

/** MACs of single nodes; undefined where a layer has several of the kind that differ. */
function macsFinder({ ledger }: Profile): (node: OnnxFileNode) => number | undefined {
  const key = (path: string, kind: string): string => `${kind} ${path}`;
  const groups = new Map<string, LedgerEntry[]>();
  for (const e of ledger.entries) {
    const group = groups.get(key(e.path, e.kind));
    if (group) group.push(e);
    else groups.set(key(e.path, e.kind), [e]);
  }
  return (node) => {
    const [first, ...others] = groups.get(key(layerPathOf(node), node.opType)) ?? [];
    return first && others.every((e) => e.macs === first.macs) ? first.macs : undefined;
  };
}

/**
 * Layers with the MACs of the nodes in them, where the names tell which those are. A fused node is called after its last
 * one: those before it that have no time of their own, and that nobody else reads, are in it.
 */
export function locateLayers(
  layers: readonly LayerTime[],
  { file, profile }: { readonly file: OnnxFile; readonly profile: Profile },
): readonly LayerTime[] {
  const { nodes, outputs } = file.graph;
  const nodeOf = nodeFinder(file);
  const macsOf = macsFinder(profile);
  const maker = new Map(nodes.flatMap((n) => n.outputs.map((o) => [o, n] as const)));
  const readers = new Map<string, number>();
  for (const name of [...nodes.flatMap((n) => n.inputs), ...outputs.map((v) => v.name)]) {
    readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const timed = new Set(layers.flatMap((l) => nodeOf(l.path) ?? []));
  const isLayer = new Map<string, number>();
  for (const e of profile.ledger.entries) {
    isLayer.set(e.path, (isLayer.get(e.path) ?? 0) + e.macs);
  }
  // Nodes that went into a layer nobody can name would be found again in the layer after it.
  const someAreLost = layers.some(
    ({ path }) => !nodeOf(path) && !isLayer.has(path) && !MOVES.test(path),
  );
  const inside = (last: OnnxFileNode, name: string): readonly OnnxFileNode[] => {
    const found = [last];
    if (someAreLost && (last.name === "" || name === last.name)) return found;
    for (const node of found) {
      for (const name of node.inputs) {
        const before = maker.get(name);
        if (before && !timed.has(before) && readers.get(name) === 1 && !found.includes(before)) {
          found.push(before);
        }
      }
    }
    return found;
  };
  return layers.map((layer) => {
    const node = nodeOf(layer.path);
    if (!node) {
      // Files of our own: the runtime's names hold the layer's path.
      const macs = isLayer.get(layer.path);
      return macs === undefined ? layer : { ...layer, layer: layer.path, macs };
    }
    const counts = inside(node, layer.path).map(macsOf);
    const place = { ...layer, layer: layerPathOf(node) };
    if (counts.includes(undefined)) return place;
    return { ...place, macs: counts.reduce<number>((sum, c) => sum + c!, 0) };
  });
}
