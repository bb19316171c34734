/** frugal data: the data sets that recipes may name, and the store that holds them. */

import { UserError } from "@frugal/core/base";
import { type ExitCode, exitCodes } from "../app/exit.js";
import { formatAmount, formatTable } from "../app/format.js";
import { didYouMean } from "../app/nearest.js";
import type { Invocation } from "../app/parse.js";
import type { Terminal } from "../app/terminal.js";
import { addData } from "../data/index.js";
import { listData } from "../data/list.js";

type Call = Invocation<"data">;

const actions: Readonly<Record<string, (call: Call, terminal: Terminal) => Promise<ExitCode>>> = {
  list,
  add,
};

export async function data(call: Call, terminal: Terminal): Promise<ExitCode> {
  const name = call.words[0]!;
  const action = actions[name];
  if (!action) {
    throw new UserError("E_USAGE", `frugal data has no action ${JSON.stringify(name)}`, {
      allowed: Object.keys(actions).join(", "),
      next: didYouMean(name, Object.keys(actions)) ?? "frugal data --help shows examples",
    });
  }
  return action(call, terminal);
}

async function list(_: Call, terminal: Terminal): Promise<ExitCode> {
  const sets = await listData();
  terminal.document(sets);
  terminal.result(
    formatTable(
      [
        { title: "data set" },
        { title: "status" },
        { title: "bytes", align: "right" },
        { title: "what" },
      ],
      sets.map((s) => [s.name, s.status, s.bytes ? formatAmount(s.bytes) : "-", s.summary]),
    ),
  );
  const missing = sets.find((s) => s.status === "not stored");
  terminal.next(
    missing ? `frugal data add ${missing.name} --from DIR_OR_URL` : "frugal train digits",
  );
  return exitCodes.done;
}

async function add({ words, values }: Call, terminal: Terminal): Promise<ExitCode> {
  const name = words[1];
  const { from, variant, "accept-checksum": acceptChecksum = false } = values;
  if (name === undefined || from === undefined) {
    throw new UserError("E_USAGE", "frugal data add needs a name and where the files are", {
      allowed: "frugal data add NAME --from DIR_OR_URL",
      next: "frugal data list shows the names",
    });
  }
  const entry = await addData(name, {
    from,
    acceptChecksum,
    ...(variant === undefined ? {} : { variant }),
    onProgress: ({ url, receivedBytes, totalBytes }) =>
      terminal.progress(
        `${url}  ${formatAmount(receivedBytes)}${totalBytes ? ` of ${formatAmount(totalBytes)}` : ""} bytes`,
      ),
  });
  terminal.document(entry);
  terminal.result(
    [
      `${entry.name} is in the data store:`,
      ...entry.files.map(
        (f) =>
          `  ${f.name}  ${formatAmount(f.bytes)} bytes  ${f.verified ? "checksum known" : "checksum not known"}`,
      ),
    ].join("\n"),
  );
  terminal.next(`name it in a recipe: data: { name: ${entry.name} }`);
  return exitCodes.done;
}
