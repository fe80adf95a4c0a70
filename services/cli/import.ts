// `sealwatch import`: puts files into the spool like any receiver, and waits until the writer tells how
// each ended. A running server drains the spool; without one, this program does it itself.

import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import { printable } from "../core/printable.ts";
import { silent } from "../observe/events.ts";
import type { Observer } from "../observe/observer.ts";
import { findFiles, readSource } from "../receive/import-sources.ts";
import { createOutcomeReader } from "../spool/outcomes.ts";
import { type Arriving, type SegmentOutcome, SpoolRefusal } from "../spool/port.ts";
import { type OpenSpoolWriter, openSpoolWriter } from "../spool/spool-writer.ts";
import { StoreError } from "../store/port.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { type DrainingHere, drainHere } from "./import-draining.ts";
import { Collecting } from "./import-outcomes.ts";
import { createPending } from "./import-pending.ts";
import { createProgress, type Progress } from "./progress.ts";
import { whenToldToStop } from "./signals.ts";

export interface ImportOptions {
  json: boolean;
}

/** What became of the sources that never reached the spool. */
interface Passed {
  skipped: number;
  failed: number;
}

/** What ends an import early; reading looks at both, waiting for the store only at `lost`. */
interface Ending {
  /** A signal came: no more files are read, what was taken is waited for. */
  interrupted: boolean;
  /** Another process took the data folder from this one. */
  lost: boolean;
}

const FULL_SPOOL_WAIT_MS = 1_000;

/**
 * Runs the command and returns its exit code.
 * @throws CommandError, StoreError, SpoolRefusal, DataFolderUnusable
 */
export async function runImport(
  config: Config,
  observer: Observer,
  paths: readonly string[],
  options: ImportOptions,
): Promise<number> {
  const files: string[] = [];
  const passed: Passed = { skipped: 0, failed: 0 };
  for await (const found of findFiles(paths)) {
    if (found.kind === "file") files.push(found.path);
    else tellPassed(found, passed);
  }
  const ending: Ending = { interrupted: false, lost: false };
  // Standard input may be silent for ever, so what ends the import ends it too.
  const endInput = () => {
    if (files.includes("-")) process.stdin.destroy();
  };
  const startDraining = () =>
    drainHere(config, observer, () => {
      ending.lost = true;
      endInput();
    });
  let draining = await startDraining().catch(explainFirst);
  // From here on: until then a signal ends the program, and nothing has been taken.
  watchSignals(ending, endInput);
  const spool = await openSpool(config, observer, draining);
  const collect = new Collecting(spool, createOutcomeReader(config.dataDir));
  const progress = createProgress({ label: "importing", total: files.length });
  try {
    await appendAll(config, files, { spool, passed, collect, progress, ending });
    await spool.close();
    await collect.wait(progress, async () => {
      if (ending.lost) throw lostFolder(config);
      // The server that drained for us may have stopped.
      draining ??= await startDraining().catch(waitForStore);
      return draining?.waiting() ? STORE_AWAY : "";
    });
  } finally {
    progress.finish();
    await spool.close();
    await draining?.stop();
  }
  return report(collect, passed, options, ending);
}

const STORE_AWAY = "the store does not answer and is waited for";

async function openSpool(
  config: Config,
  observer: Observer,
  draining: DrainingHere | null,
): Promise<OpenSpoolWriter> {
  try {
    return await openSpoolWriter({
      folder: config.dataDir,
      notify: true,
      bytesMax: config.spool.bytesMax,
      diskFreeBytesMin: config.spool.diskFreeBytesMin,
      emit: observer.emit,
    });
  } catch (error) {
    await draining?.stop();
    throw error;
  }
}

/** Before anything was read a store that is away or refuses ends the import. */
function explainFirst(error: unknown): never {
  if (!(error instanceof StoreError)) throw error;
  const exitCode = error.retryable ? EXIT.tryAgain : EXIT.failed;
  const text = `${error.message}; nothing was imported`;
  throw new CommandError(text, { cause: error, exitCode });
}

/** Later on one that is away is waited for: what was taken is in the spool. */
function waitForStore(error: unknown): null {
  if (error instanceof StoreError && error.retryable) return null;
  throw error;
}

function lostFolder(config: Config): CommandError {
  const text =
    `another process took the data folder ${config.dataDir} over; what was taken so far ` +
    "is in its spool and is stored by that process or by the next one that starts";
  return new CommandError(text, { exitCode: EXIT.failed });
}

function watchSignals(ending: Ending, endInput: () => void): void {
  void whenToldToStop(silent).told.then(() => {
    ending.interrupted = true;
    const text = "interrupted: reads no more and waits for what was taken; once more ends at once";
    process.stderr.write(`sealwatch: ${text}\n`);
    endInput();
  });
}

interface Appending {
  spool: OpenSpoolWriter;
  passed: Passed;
  collect: Collecting;
  progress: Progress;
  ending: Ending;
}

async function appendAll(config: Config, files: readonly string[], to: Appending): Promise<void> {
  const { ending } = to;
  const pending = createPending();
  const over = () => ending.interrupted || ending.lost;
  for (const path of files) {
    if (over()) break;
    for await (const source of readSource(path, config.messageBytesMax, process.stdin)) {
      // What standard input says when it was ended by us is no message and no failure.
      if (over()) break;
      if (source.kind !== "message") {
        tellPassed(source, to.passed);
        continue;
      }
      const { fileName, bytes } = source;
      await pending.add(bytes.length, () => appendPatiently(to.spool, fileName, bytes, over));
    }
    to.progress.advance(1);
    await to.collect.lookNowAndThen();
  }
  await pending.end();
  if (ending.lost) throw lostFolder(config);
}

/** A full spool is waited for: files do not go away. */
async function appendPatiently(
  spool: OpenSpoolWriter,
  fileName: string,
  bytes: Uint8Array,
  over: () => boolean,
): Promise<void> {
  const arriving: Arriving = {
    channel: "import",
    peer: "",
    helo: "",
    tls: "",
    mailFrom: "",
    rcptTo: [],
    contentType: "",
    fileName,
    key: "",
    reprocess: false,
  };
  for (;;) {
    try {
      await spool.append(arriving, bytes);
      return;
    } catch (error) {
      if (!(error instanceof SpoolRefusal) || error.reason === "spool-failed") throw error;
      if (over()) return;
      await sleep(FULL_SPOOL_WAIT_MS);
    }
  }
}

function tellPassed(
  source: { kind: "skipped" | "failed"; place: string; why: string },
  passed: Passed,
): void {
  passed[source.kind] += 1;
  if (source.kind === "skipped") return;
  process.stderr.write(`sealwatch: ${printable(source.place)} ${source.why}\n`);
}

function report(
  collect: Collecting,
  passed: Passed,
  options: ImportOptions,
  ending: Ending,
): number {
  const { received, stored, duplicate, conflict, quarantined } = collect.sum;
  const counts = { received, stored, duplicate, conflict, quarantined };
  if (options.json) process.stdout.write(`${JSON.stringify(counts)}\n`);
  else process.stdout.write(readable(collect.sum, passed));
  if (ending.interrupted) {
    process.stderr.write("sealwatch: interrupted; the files that were left are not imported\n");
    return EXIT.interrupted;
  }
  return passed.failed > 0 ? EXIT.failed : EXIT.ok;
}

function readable(sum: SegmentOutcome, passed: Passed): string {
  const lines = [
    `${sum.received} received: ${sum.stored} stored, ${sum.duplicate} duplicate, ` +
      `${sum.conflict} conflict, ${sum.quarantined} quarantined`,
  ];
  for (const one of sum.examples) {
    const name = one.fileName === "" ? one.receipt : one.fileName;
    lines.push(`  ${printable(name)}: ${one.reason}: ${printable(one.message)}`);
  }
  if (passed.skipped > 0) {
    const files = passed.skipped === 1 ? "1 file" : `${passed.skipped} files`;
    lines.push(`${files} passed over: not a name of a report, mail or mbox`);
  }
  if (passed.failed > 0) lines.push(`${passed.failed} could not be read, see above`);
  return `${lines.join("\n")}\n`;
}
