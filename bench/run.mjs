/**
 * The benchmarks: `npm run bench -- NAME [--peer a,b] [--rounds N] [--json]`. Each prints its command, machine, number
 * of repetitions and spread; with --json one line of JSON per case on stdout and nothing else there.
 */

import { cpus } from "node:os";
import { parseArgs } from "node:util";

const benchmarks = {
  "train-step":
    "ResNet-18 on 32x32, batch 64, width 16 and 64 (--peer pytorch; --widths 16,64; --profile [--trace FILE])",
  "eat-step":
    "price of the activation-density penalty on a step of ResNet-18, all images and a share of them (--peer pytorch; --widths; --shares 1,0.125,0.0625; --profile)",
  conv: "forward and both gradients of one convolution (--peer jax-js)",
  mlp: "a step of 784-256-10 on a batch of 256 (--peer pytorch,jax-js)",
  profile:
    "counting a ResNet-50 file and graphs of 5,000 to 40,000 nodes (--peer onnx-tool,fvcore)",
  "latency-model":
    "roofline, look-up and learned latency on random networks that none has seen (--nets N; --data FILE keeps what was measured)",
  budgets:
    "random budgets inside the reachable range on digits and Fashion-MNIST, one run each (--count N)",
  soak: "memory over 12,000 training steps in one process (--steps N)",
};

/** Says what there is and ends: 0 where that was asked for, else 2. */
function usage(complaint) {
  if (complaint) console.error(complaint);
  console.error("npm run bench -- NAME [--peer a,b] [--rounds N] [--json]");
  for (const [key, what] of Object.entries(benchmarks)) console.error(`  ${key.padEnd(15)}${what}`);
  process.exit(complaint ? 2 : 0);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        peer: { type: "string", default: "" },
        rounds: { type: "string" },
        widths: { type: "string", default: "16,64" },
        shares: { type: "string", default: "1,0.125,0.0625" },
        count: { type: "string", default: "20" },
        nets: { type: "string", default: "240" },
        data: { type: "string" },
        steps: { type: "string", default: "12000" },
        json: { type: "boolean", default: false },
        profile: { type: "boolean", default: false },
        trace: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    return usage(error.message.split(". ")[0]);
  }
}

const { values, positionals } = readArguments();
const [name] = positionals;
if (values.help) usage();
if (!Object.hasOwn(benchmarks, name ?? "")) {
  usage(name ? `no benchmark "${name}"` : "which benchmark?");
}

const options = {
  ...values,
  peers: values.peer.split(",").filter(Boolean),
  widths: values.widths.split(",").map(Number),
  shares: values.shares.split(",").map(Number),
  steps: Number(values.steps),
  nets: Number(values.nets),
  count: Number(values.count),
  rounds: values.rounds && Number(values.rounds),
  note: (text) => console.error(text),
  /** A result: as JSON, or as text for people. */
  print: (record, text) => console.log(values.json ? JSON.stringify(record) : text),
};
options.note(`${cpus().length} x ${cpus()[0].model}, Node ${process.version}`);
const { run } = await import(`./${name}.mjs`);
await run(options);
