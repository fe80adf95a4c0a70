// `sealwatch import`: puts files into the spool like any receiver, and waits until the writer tells how
// each ended. A running server drains the spool; without one, this program does it itself.

import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import type { Observer } from "../observe/observer.ts";
import { findFiles, readSource } from "../receive/import-sources.ts";
import { acquireLock, DataFolderInUse } from "../spool/lock.ts";
import { createOutcomeReader } from "../spool/outcomes.ts";
import { type SegmentOutcome, SpoolRefusal } from "../spool/port.ts";
import { type OpenSpoolWriter, openSpoolWriter } from "../spool/spool-writer.ts";
import { migrating, openConfiguredStore, startDraining } from "./draining.ts";
import { EXIT } from "./exit-codes.ts";
import { Collecting } from "./import-outcomes.ts";
import { createProgress, type Progress } from "./progress.ts";
import { printable } from "./terminal.ts";

export interface ImportOptions {
  json: boolean;
}

/** What became of the sources that never reached the spool. */
interface Passed {
  skipped: number;
  failed: number;
}

/** Appends on their way at a time; they share fsyncs. */
const APPENDS_MAX = 128;
const FULL_SPOOL_WAIT_MS = 1_000;

/** Runs the command and returns its exit code. */
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
  let draining = await drainHere(config, observer);
  const spool = await openSpoolWriter({
    folder: config.dataDir,
    notify: true,
    bytesMax: config.spool.bytesMax,
    diskFreeBytesMin: config.spool.diskFreeBytesMin,
    emit: observer.emit,
  });
  const outcomes = createOutcomeReader(config.dataDir);
  const collect = new Collecting(spool, outcomes);
  const progress = createProgress({ label: "importing", total: files.length });
  try {
    await appendAll(config, files, { spool, passed, collect, progress });
    await spool.close();
    await collect.wait(progress, async () => {
      // The server that drained for us may have stopped.
      draining ??= await drainHere(config, observer);
    });
  } finally {
    progress.finish();
    await draining?.stop();
  }
  return report(collect, passed, options);
}

async function appendAll(
  config: Config,
  files: readonly string[],
  to: { spool: OpenSpoolWriter; passed: Passed; collect: Collecting; progress: Progress },
): Promise<void> {
  const pending = new Set<Promise<void>>();
  for (const path of files) {
    for await (const source of readSource(path, config.messageBytesMax, process.stdin)) {
      if (source.kind !== "message") {
        tellPassed(source, to.passed);
        continue;
      }
      const append = appendPatiently(to.spool, source.fileName, source.bytes);
      const settled = append.then(() => void pending.delete(settled));
      pending.add(settled);
      if (pending.size >= APPENDS_MAX) await Promise.race(pending);
    }
    to.progress.advance(1);
    await to.collect.lookNowAndThen();
  }
  await Promise.all(pending);
}

/** A full spool is waited for: files do not go away. */
async function appendPatiently(
  spool: OpenSpoolWriter,
  fileName: string,
  bytes: Uint8Array,
): Promise<void> {
  for (;;) {
    try {
      await spool.append(
        {
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
        },
        bytes,
      );
      return;
    } catch (error) {
      if (!(error instanceof SpoolRefusal) || error.reason === "spool-failed") throw error;
      await sleep(FULL_SPOOL_WAIT_MS);
    }
  }
}

/** Starts store and writer in this program; null when another one drains the data folder. */
async function drainHere(
  config: Config,
  observer: Observer,
): Promise<{ stop(): Promise<void> } | null> {
  const lock = await acquireLock(config.dataDir, { role: "import", api: null }).catch(heldByOther);
  if (lock === null) return null;
  try {
    const opened = await openConfiguredStore(config, observer.emit);
    const draining = await startDraining(
      config,
      migrating(opened.store, config, observer.emit),
      observer.emit,
    );
    return {
      stop: async () => {
        await draining.stop();
        await opened.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function heldByOther(error: unknown): null {
  if (error instanceof DataFolderInUse) return null;
  throw error;
}

function tellPassed(
  source: { kind: "skipped" | "failed"; place: string; why: string },
  passed: Passed,
): void {
  passed[source.kind] += 1;
  if (source.kind === "skipped") return;
  process.stderr.write(`sealwatch: ${printable(source.place)} ${source.why}\n`);
}

function report(collect: Collecting, passed: Passed, options: ImportOptions): number {
  const { received, stored, duplicate, conflict, quarantined } = collect.sum;
  const counts = { received, stored, duplicate, conflict, quarantined };
  if (options.json) process.stdout.write(`${JSON.stringify(counts)}\n`);
  else process.stdout.write(readable(collect.sum, passed));
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
