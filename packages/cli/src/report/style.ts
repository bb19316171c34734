/** The style sheet of the report: light and dark, colours that the colour-blind can tell apart (Okabe and Ito). */

export const styleSheet = `
:root {
  --paper: #fff; --ink: #1c2430; --soft: #5b6675; --rule: #e2e6ec; --card: #f6f8fa; --warn: #8a4b00; --warn-paper: #fff4e2;
  --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #b8569a; --c4: #c98a00; --c5: #3a9bd9; --c6: #6b5fc7;
  --t0: #cfe3f2; --t1: #9cc6e3; --t2: #5fa2cf; --t3: #2c7bb1; --t4: #0b5388;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --ink: #e6eaf0; --soft: #9aa6b5; --rule: #2a323d; --card: #1a2029; --warn: #ffc37a; --warn-paper: #33260f;
    --c0: #56b4e9; --c1: #ff8c42; --c2: #2cc79c; --c3: #e08fc4; --c4: #f0c04a; --c5: #8fd0f5; --c6: #a79cf0;
    --t0: #cfe3f2; --t1: #9cc6e3; --t2: #5fa2cf; --t3: #2c7bb1; --t4: #0b5388;
  }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 72px }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -.015em }
h2 { font-size: 20px; margin: 52px 0 6px; letter-spacing: -.01em }
p { margin: 6px 0 14px; max-width: 76ch }
.soft, figcaption, .note { color: var(--soft) }
.note { font-size: 13.5px }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 14px; margin: 26px 0 8px }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 14px 16px }
.card b { display: block; font-size: 25px; letter-spacing: -.02em; font-variant-numeric: tabular-nums }
.card span { color: var(--soft); font-size: 13.5px; display: block; line-height: 1.4 }
.chart { width: 100%; height: auto; display: block; overflow: visible }
.grid { stroke: var(--rule); stroke-width: 1 } .axis { stroke: var(--soft); stroke-width: 1 }
.tick, .label { font: 12px system-ui, sans-serif; fill: var(--soft) } .label { font-size: 13px; fill: var(--ink) }
.line { fill: none; stroke: var(--c); stroke-width: 1.75; stroke-linejoin: round } .faint { stroke-width: 1; opacity: .45 }
.whisker { fill: none; stroke: var(--c); stroke-width: 1.25; opacity: .75 }
.marker { fill: var(--c); stroke: var(--paper); stroke-width: 1 } .hollow { fill: var(--paper); stroke: var(--c); stroke-width: 1.5 }
g:hover > .marker { stroke: var(--ink); stroke-width: 2 }
.c0 { --c: var(--c0) } .c1 { --c: var(--c1) } .c2 { --c: var(--c2) } .c3 { --c: var(--c3) } .c4 { --c: var(--c4) } .c5 { --c: var(--c5) } .c6 { --c: var(--c6) }
.c-plain { --c: var(--ink) } .c-muted { --c: var(--soft) } .c-front { --c: var(--ink); opacity: .3 } path.c-front { stroke-width: 7; stroke-linecap: round; opacity: .13 }
.tone0 { fill: var(--t0) } .tone1 { fill: var(--t1) } .tone2 { fill: var(--t2) } .tone3 { fill: var(--t3) } .tone4 { fill: var(--t4) }
.on0, .on1, .on2 { fill: #10243a } .on3, .on4 { fill: #fff } [class^=on] { font: 12px system-ui, sans-serif }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; margin: 10px 0; font-size: 13.5px }
.legend li { display: flex; align-items: center; gap: 6px } .legend svg { flex: none }
.tabs { margin-top: 16px } .tabs > input { position: absolute; opacity: 0; pointer-events: none }
.tabs > label { display: inline-block; padding: 5px 12px; margin: 0 4px 10px 0; border: 1px solid var(--rule); border-radius: 999px; cursor: pointer; font-size: 13.5px; color: var(--soft) }
.tabs > input:checked + label { background: var(--ink); color: var(--paper); border-color: var(--ink) }
.tabs > input:focus-visible + label { outline: 2px solid var(--c0); outline-offset: 2px }
.tabs > section { display: none }
.small { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(380px, 100%), 1fr)); gap: 22px 26px; margin-top: 12px }
figure { margin: 0 } figcaption { font-size: 13.5px; margin-bottom: 4px }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 13px; margin: 10px 0 }
th { text-align: right; font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--rule); padding: 6px 4px; white-space: nowrap }
td { text-align: right; padding: 5px 4px; border-bottom: 1px solid var(--rule); white-space: nowrap }
th:first-child, td:first-child { text-align: left } tr.chosen td { background: var(--card); font-weight: 600 }
.warnings { list-style: none; padding: 0; margin: 12px 0 } .warnings li { background: var(--warn-paper); color: var(--ink); border-left: 3px solid var(--warn); padding: 8px 12px; margin: 6px 0; border-radius: 4px; font-size: 14px }
.warnings code { color: var(--warn) }
details { margin: 10px 0 } summary { cursor: pointer; color: var(--soft) }
pre { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 14px 16px; overflow-x: auto; font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; font-size: 14px } dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
@media (max-width: 640px) { main { padding: 24px 16px 48px } .tabs > section, .wide { overflow-x: auto } .tabs .chart, .wide > .chart { min-width: 620px } }
@media print { .tabs > section { display: block !important } .tabs > label { display: none } }
`.trim();
