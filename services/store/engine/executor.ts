// Runs statements on chDB, the ClickHouse engine as a library. Every operation has a native session
// of its own, so that no setting, parameter or USE of one call reaches another. It knows no HTTP.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { drainPending, Session } from "chdb";
import { BOUNDS } from "../../core/bounds.ts";
import { createSlots } from "./slots.ts";
import { isRead, printStatement, quote, type Statement } from "./statement.ts";

export interface Answer {
  bytes: Uint8Array;
  /** Rows read by a SELECT, or written by an INSERT of rows. */
  rows: number;
  readBytes: number;
  elapsedMs: number;
}

export interface Executor {
  version: string;
  /** Runs one statement; reads are cancelled in the engine when `signal` aborts. */
  run(statement: Statement, format: string, signal: AbortSignal): Promise<Answer>;
  /** Operations that run or wait. */
  busy(): number;
  /** To be called when nothing runs any more. */
  close(): Promise<void>;
}

const KILL_AGAIN_MS = 100;

export interface ExecutorOptions {
  folder: string;
  /** Cap of the whole engine; its caches take at most an eighth of it. */
  memoryBytesMax: number;
  /** A ClickHouse configuration file, or "". */
  configFile: string;
}

/**
 * Opens the folder and keeps it open.
 * @throws Error of chdb when the folder is locked by another process or cannot be read
 */
export async function openExecutor(options: ExecutorOptions): Promise<Executor> {
  const { folder, configFile } = options;
  const connectionArgs = caps(options.memoryBytesMax);
  if (configFile !== "") connectionArgs.push(`--config-file=${configFile}`);
  const open = () => new Session(folder, { connectionArgs });
  // The engine lives as long as one session is open.
  const held = open();
  const reads = createSlots(BOUNDS.engineReadsMax, BOUNDS.engineWaitingMax);
  const writes = createSlots(BOUNDS.engineWritesMax, BOUNDS.engineWaitingMax);

  async function query(sql: string, format: string): Promise<Answer> {
    const session = open();
    try {
      const result = await session.queryAsync(sql, { format });
      return {
        bytes: result.bytes(),
        rows: result.rowsRead,
        readBytes: result.bytesRead,
        elapsedMs: result.elapsed * 1000,
      };
    } finally {
      session.close();
    }
  }

  // The library has no handle on a running query. It is found by a mark in its settings and asked to
  // end; ASYNC, because waiting for the end (SYNC) never returns here. It may not be listed yet.
  async function killUntilEnded(mark: string, ended: { now: boolean }): Promise<void> {
    const found = `SELECT query_id FROM system.processes
      WHERE Settings['log_comment'] = ${quote(mark)}`;
    while (!ended.now) {
      await query(`KILL QUERY WHERE query_id IN (${found}) ASYNC`, "Null").catch(() => {});
      await sleep(KILL_AGAIN_MS);
    }
  }

  async function runMarked(sql: string, format: string, signal: AbortSignal): Promise<Answer> {
    const mark = randomUUID();
    const ended = { now: false };
    const abort = () => void killUntilEnded(mark, ended);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    try {
      return await query(`SET log_comment = ${quote(mark)};\n${sql}`, format);
    } finally {
      ended.now = true;
      signal.removeEventListener("abort", abort);
    }
  }

  const version = Buffer.from((await query("SELECT version()", "TabSeparatedRaw")).bytes);
  return {
    version: version.toString().trim(),
    run(statement, format, signal) {
      const sql = printStatement(statement);
      if (isRead(statement.sql)) return reads.run(signal, () => runMarked(sql, format, signal));
      return writes.run(signal, () => query(sql, format));
    },
    busy: () => reads.busy() + writes.busy(),
    async close() {
      held.close();
      await drainPending();
    },
  };
}

// The defaults of the caches are 5 GiB each, for machines with nothing else to do. Parameters are
// statements here, so that the bound on a statement has to hold theirs, quoted. By default a thread wants a
// GiB to be free, so that a small engine would read with one thread whatever the number of cores.
function caps(memoryBytesMax: number): string[] {
  const cacheBytesMax = Math.floor(memoryBytesMax / 32);
  return [
    `--max_server_memory_usage=${memoryBytesMax}`,
    `--max_query_size=${2 * BOUNDS.engineStatementBytesMax}`,
    `--mark_cache_size=${cacheBytesMax}`,
    `--index_mark_cache_size=${cacheBytesMax}`,
    `--primary_index_cache_size=${cacheBytesMax}`,
    `--query_condition_cache_size=${cacheBytesMax}`,
    `--max_threads_min_free_memory_per_thread=${cacheBytesMax}`,
  ];
}
