/** Every engine meets the engine contract. */

import { interpreterEngine } from "@frugal/core/engine";
import { engineContract } from "../../core/src/engine/testing/contract.js";
import { nodeEngine } from "../src/node.js";
import { webEngine } from "../src/web.js";

engineContract("the Node engine", () => nodeEngine());
engineContract("the web engine (wasm)", () => webEngine({ provider: "wasm" }), {
  without: { profile: "the web runtime writes its profile to the console only" },
});
engineContract("the interpreter", interpreterEngine, {
  without: {
    symbolicBatch: "it runs a graph at its traced shapes",
    profile: "it keeps no times",
  },
});
