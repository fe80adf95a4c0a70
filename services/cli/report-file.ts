// `sealwatch report`: explains report files without a server, a store or the network. It reads them like an
// import and decodes them like the writer, within the same bounds.

import { BOUNDS } from "../core/bounds.ts";
import type { Reading } from "../core/explain/reading.ts";
import { printable, printableJson } from "../core/printable.ts";
import { findFiles, readSource, type Source } from "../receive/import-sources.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { readMessage } from "./report-file-message.ts";
import { printReading } from "./report-file-text.ts";
import { styleOf } from "./style.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Runs the command: 0 when all that was given are reports, whatever they say, else 1.
 * @param options.json a line of JSON for each report instead of words
 */
export async function runReport(
  paths: readonly string[],
  options: { json: boolean },
  { terminal, wide }: { terminal: Terminal; wide: boolean },
  nowMs = Date.now(),
): Promise<ExitCode> {
  const style = styleOf(terminal);
  let read = 0;
  let wrong = 0;
  const show = (reading: Reading) => {
    if (!reading.usable) wrong += 1;
    if (options.json) terminal.out(`${printableJson(JSON.stringify(reading))}\n`);
    else terminal.out(`${read > 0 ? "\n" : ""}${printReading(reading, style, wide)}`);
    read += 1;
  };
  for await (const source of sourcesOf(paths)) {
    if (source.kind === "message") {
      for (const reading of await readMessage(source, nowMs)) show(reading);
    } else {
      terminal.err(`sealwatch: ${printable(source.place)} ${source.why}\n`);
      if (source.kind === "failed") wrong += 1;
    }
  }
  if (read === 0) terminal.err("sealwatch: there is no report to explain\n");
  return wrong > 0 || read === 0 ? EXIT.failed : EXIT.ok;
}

async function* sourcesOf(paths: readonly string[]): AsyncGenerator<Source> {
  for await (const found of findFiles(paths)) {
    if (found.kind !== "file") yield found;
    else yield* readSource(found.path, BOUNDS.messageBytesMax, process.stdin);
  }
}
