/** The profile as one HTML file that needs nothing else: totals, treemaps, roofline, table of the modules. */

import { htmlPage } from "../../report/page.js";
import { escapeText } from "../../report/svg.js";
import { printable, share, short } from "../amounts.js";
import { operatorSums } from "../coverage-text.js";
import { assumptionsText } from "../energy-text.js";
import { explainedText } from "../explain-text.js";
import { measuredText } from "../measured-text.js";
import type { Subject } from "../subject.js";
import { totalGroups } from "../totals.js";
import { full, labelWithUnit, rounded } from "../totals-table.js";
import { foldAlike, type Module, moduleTree, type Row, rowsOf } from "../tree.js";
import { type Roof, roofline, rooflinePoints } from "./roofline.js";
import { indicators, treemap } from "./treemap.js";

const ownStyle = `
.treemap rect { stroke: var(--paper); stroke-width: 1 }
.treemap text { font: 11.5px system-ui, sans-serif; fill: #fff; pointer-events: none }
.treemap .l1 rect, .treemap .l3 rect { fill-opacity: .86 } .treemap .l2 rect { fill-opacity: .72 }
.treemap .cell:hover > rect { stroke: var(--ink); stroke-width: 2 }
.frame rect { fill: #4a5563 } .m0 { fill: #0b5f96 } .m1 { fill: #a84a00 } .m2 { fill: #00694f } .m3 { fill: #8d3a76 } .m4 { fill: #7a5600 } .m5 { fill: #2a6a8f } .m6 { fill: #544aa3 }
.roof { fill: none; stroke: var(--ink); stroke-width: 2 }
.layer { fill: var(--c0); fill-opacity: .35; stroke: var(--c0); stroke-width: 1 } g:hover > .layer { fill-opacity: .8 }
td.name { white-space: pre; max-width: 420px; overflow: hidden; text-overflow: ellipsis } td.left, th.left { text-align: left }
.part { display: inline-block; width: 44px; height: 8px; text-align: left; vertical-align: 1px; margin-right: 4px } .bar { display: block; height: 8px; background: var(--c0); border-radius: 2px; opacity: .7 }
.share { display: inline-block; min-width: 50px }
table.totals { width: auto } table.totals td { padding-right: 18px } table.totals th.group { padding-top: 16px; text-align: left; color: var(--ink) }
table.totals td.note { color: var(--soft); text-align: left; white-space: normal; max-width: 46ch }
h1 { overflow-wrap: anywhere } h2.model { margin-top: 64px; padding-top: 18px; border-top: 1px solid var(--rule); overflow-wrap: anywhere }
`.trim();

const cell = (text: string, attributes = ""): string => `<td${attributes}>${escapeText(text)}</td>`;

function card(figure: string, words: string): string {
  return `<div class="card"><b>${escapeText(figure)}</b><span>${escapeText(words)}</span></div>`;
}

function cards({ profile: p }: Subject): string {
  return `<div class="cards">${[
    card(short(p.macs), `MACs, ${short(p.flops)} FLOPs`),
    card(short(p.parameters), `parameters, ${short(p.weightBytes, "B")} as stored`),
    card(short(p.activations), "activations"),
    card(short(p.peakActivationBytes, "B"), `peak of activations, schedule ${p.schedule}`),
    card(short(p.bytesMoved, "B"), "moved, every operand once"),
  ].join("")}</div>`;
}

/** Tabs that need no script: one radio button for each panel. */
function tabs(
  name: string,
  list: readonly { readonly id: string; readonly title: string; readonly body: string }[],
): string {
  const id = (part: string): string => `${name}-${part}`;
  const rules = list.map((t) => `#tab-${id(t.id)}:checked ~ #panel-${id(t.id)} { display: block }`);
  const inputs = list.map(
    (t, i) =>
      `<input type="radio" name="${name}" id="tab-${id(t.id)}"${i === 0 ? " checked" : ""}><label for="tab-${id(t.id)}">${escapeText(t.title)}</label>`,
  );
  const panels = list.map((t) => `<section id="panel-${id(t.id)}">${t.body}</section>`);
  return `<style>${rules.join("\n")}</style><div class="tabs">${inputs.join("")}${panels.join("")}</div>`;
}

function totalsTable(subjects: readonly Subject[]): string {
  const single = subjects.length === 1;
  const head = single
    ? ""
    : `<thead><tr><th></th>${subjects.map((s) => `<th>${escapeText(printable(s.name))}</th>`).join("")}</tr></thead>`;
  const groups = totalGroups.flatMap(({ title, totals }) => {
    const rows = totals.flatMap((total) => {
      const values = subjects.map((s) => total.value(s));
      if (values.every((v) => v === undefined)) return [];
      const cells = values.map((v) => cell(v === undefined ? "–" : full(total.unit, v)));
      const value = values[0];
      const more = single
        ? `${cell(value === undefined ? "" : rounded[total.unit](value))}${cell(total.note?.(subjects[0]!) ?? "", ' class="note"')}`
        : "";
      return [`<tr>${cell(labelWithUnit(total))}${cells.join("")}${more}</tr>`];
    });
    const span = single ? 4 : subjects.length + 1;
    return rows.length === 0
      ? []
      : [`<tr><th class="group" colspan="${span}">${escapeText(title)}</th></tr>`, ...rows];
  });
  return `<div class="scroll"><table class="totals">${head}<tbody>${groups.join("\n")}</tbody></table></div>`;
}

const barred = (part: number, whole: number): string =>
  `<td><span class="part">${part > 0 ? `<span class="bar" style="width:${Math.max(1, Math.round((44 * part) / whole))}px"></span>` : ""}</span><span class="share">${escapeText(share(part, whole))}</span></td>`;

const amount = (value: number, unit = ""): string => (value === 0 ? "–" : short(value, unit));

/** Rows that a page still shows quickly. */
const MOST_ROWS = 1000;
/** Rows that a reader takes in at once. */
const FEW_ROWS = 40;

/** As deep as a number of rows allows. */
function moduleRows(tree: Module, most: number): readonly Row[] {
  const folded = foldAlike(tree);
  const top = rowsOf(folded, 1);
  for (let depth = 12; depth > 1; depth--) {
    const rows = rowsOf(folded, depth);
    if (rows.length <= most) return rows;
  }
  return top.slice(0, MOST_ROWS);
}

function rowsTable(rows: readonly Row[], tree: Module): string {
  const heads = [
    ...["module", "MACs", "share", "parameters", "share", "moved", "share"],
    ...["activations", "other ops"],
  ];
  const body = rows.map(({ module: m, level }) => {
    const name = `${"    ".repeat(level)}${m.name || "(model)"}${m.alike > 1 ? `  ×${m.alike}` : ""}`;
    return `<tr><td class="name" title="${escapeText(m.path)}">${escapeText(name)}</td>${cell(amount(m.macs))}${barred(m.macs, tree.macs)}${cell(amount(m.parameters))}${barred(m.parameters, tree.parameters)}${cell(amount(m.bytesMoved, "B"))}${barred(m.bytesMoved, tree.bytesMoved)}${cell(amount(m.activations))}${cell(amount(m.otherOps))}${cell(m.operators.slice(0, 2).join(" "), ' class="left"')}</tr>`;
  });
  return `<div class="scroll"><table class="modules"><thead><tr>${heads.map((h) => `<th>${h}</th>`).join("")}<th class="left">operators</th></tr></thead><tbody>
${body.join("\n")}
</tbody></table></div>`;
}

function moduleTable(tree: Module): string {
  const few = moduleRows(tree, FEW_ROWS);
  const all = moduleRows(tree, MOST_ROWS);
  const more =
    all.length > few.length
      ? `<details><summary>Every layer</summary>${rowsTable(all, tree)}</details>`
      : "";
  return rowsTable(few, tree) + more;
}

function coverage({ profile }: Subject): string {
  const { priced, zero, unknown, ops } = profile.coverage;
  const total = profile.ledger.total;
  const rows = operatorSums(profile).map(
    (s) =>
      `<tr>${cell(printable(s.kind))}${cell(String(s.nodes))}${cell(amount(s.macs))}${barred(s.macs, total.macs)}${cell(amount(s.otherOps))}${cell(amount(s.bytesMoved, "B"))}</tr>`,
  );
  const gaps = ops
    .filter((o) => o.status === "unknown")
    .map((o) => `${o.op}, ${o.nodes} nodes, is not in the totals: ${o.reasons.join("; ")}`);
  const warnings = [...gaps, ...profile.assumptions].map(
    (text) => `<li>${escapeText(printable(text))}</li>`,
  );
  return `<p class="soft">${priced.nodes} nodes are counted (${share(priced.nodes, priced.nodes + zero.nodes + unknown.nodes)}), ${zero.nodes} cost nothing, ${unknown.nodes} could not be counted.</p>
${warnings.length > 0 ? `<ul class="warnings">${warnings.join("")}</ul>` : ""}
<details><summary>Operators</summary><div class="scroll"><table><thead><tr><th>operator</th><th>nodes</th><th>MACs</th><th>share</th><th>other ops</th><th>moved</th></tr></thead><tbody>${rows.join("")}</tbody></table></div></details>`;
}

const times = ({ measured, profile }: Subject): string =>
  measured
    ? `<h2>Time</h2>\n<pre>${escapeText(measuredText(measured, { profile, width: 100 }))}</pre>`
    : "";

const explanation = ({ explained }: Subject): string =>
  explained
    ? `<h2>What other counters print</h2>\n<pre>${escapeText(explainedText(explained, { width: 110 }))}</pre>`
    : "";

/** What the models of energy take for granted; closed, for it is long. */
function granted(subject: Subject): string {
  const text = assumptionsText(subject, { width: 110 });
  return text === ""
    ? ""
    : `<details><summary>What the modelled energy takes for granted</summary><pre>${escapeText(text)}</pre></details>`;
}

function modelSection(
  subject: Subject,
  { index, roof, alone }: { readonly index: number; readonly roof: Roof; readonly alone: boolean },
): string {
  const tree = moduleTree(subject.profile.ledger);
  const points = rooflinePoints(tree);
  const maps = indicators.map((i) => ({ id: i.id, title: i.title, body: treemap(tree, i) }));
  const { inputs, outputs } = subject.profile;
  return `${alone ? "" : `<h2 class="model">${escapeText(printable(subject.name))}</h2>`}
<dl>${listed("input", inputs)}${listed("output", outputs)}</dl>
${cards(subject)}
<h2>Where it is</h2>
<p class="soft">The area of a module is its share. Choose what is shared out.</p>
${tabs(`map${index}`, maps)}
<h2>What bounds it</h2>
<p class="soft">Each layer that multiplies, on its arithmetic intensity, as high as the roof of the ${escapeText(roof.name)} allows: left of the bend traffic bounds it, right of it arithmetic. The area of a point is its share of the time under the roof.</p>
${points.length > 0 ? `<div class="wide">${roofline(points, roof)}</div>` : '<p class="soft">Nothing in this model multiplies.</p>'}
<h2>Modules</h2>
${moduleTable(tree)}
${alone ? `<h2>Totals</h2>\n${totalsTable([subject])}` : ""}
${granted(subject)}
${explanation(subject)}
${times(subject)}
<h2>Coverage</h2>
${coverage(subject)}`;
}

const listed = (title: string, values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(
      ([name, info], i) =>
        `<dt>${i === 0 ? title : ""}</dt><dd>${escapeText(printable(`${name}  ${info}`))}</dd>`,
    )
    .join("");

/** The whole page. */
export function profilePage(
  subjects: readonly Subject[],
  { roof }: { readonly roof: Roof },
): string {
  const alone = subjects.length === 1;
  const title = alone
    ? printable(subjects[0]!.name)
    : `${subjects.length} models: ${subjects.map((s) => printable(s.name)).join(", ")}`;
  return htmlPage({
    title,
    style: ownStyle,
    body: [
      `<p class="soft">Counts of one run at the shapes below, batch included. 1 MAC = 2 FLOPs.</p>`,
      alone ? "" : totalsTable(subjects),
      ...subjects.map((s, index) => modelSection(s, { index, roof, alone })),
    ],
  });
}
