/** Operators without a price: every count of such a model is a lower bound. */

import { type MisnomerRule, perModel } from "../rule.js";
import { percent } from "../words.js";

export const coverage: MisnomerRule = {
  title: "operators that could not be counted",
  source: "counters that skip what they do not know report too little",
  find: perModel(({ name, gaps }) => {
    if (gaps.length === 0) return;
    const share = gaps.reduce((sum, g) => sum + g.share, 0);
    const list = gaps.map((g) => `${g.op} (${g.nodes} ${g.nodes === 1 ? "node" : "nodes"})`);
    return {
      evidence: [`${percent(share)} of the nodes of ${name} have no count: ${list.join(", ")}`],
      advice: "its counts are lower bounds: do not rank it by them",
    };
  }),
};
