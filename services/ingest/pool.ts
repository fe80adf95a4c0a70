// The pool of decoding threads. A hostile message costs its thread, never the program: a thread that
// takes too long or dies is replaced, its messages are tried one by one, and the one at fault
// becomes an item of its own.

import { assetPath } from "../assets.ts";
import { BOUNDS } from "../core/bounds.ts";
import type { KeyAnswer } from "../core/dkim/signature.ts";
import type { Raw } from "../core/raw.ts";
import type { Emit } from "../observe/events.ts";
import { type IngestSettings, OPEN_SETTINGS } from "./context.ts";
import { failedItem } from "./ingest.ts";
import type { Item } from "./item.ts";
import { type Gone, type Job, startThread, type Thread } from "./thread.ts";

export interface DecodePool {
  /**
   * Items of each message, in the order of the messages.
   * @param keys DKIM keys of their signatures; what is not there counts as "unknown"
   * @throws Error when the pool is closed or a thread cannot start; nothing is said of the messages
   */
  decode(records: Raw[], keys?: ReadonlyMap<string, KeyAnswer>): Promise<Item[][]>;
  /** Holds for the records that are handed in from now on. */
  configure(settings: IngestSettings): void;
  /** Ends all threads; work in hand is rejected. */
  close(): Promise<void>;
}

export interface DecodePoolOptions {
  workers: number;
  emit: Emit;
  /** OPEN_SETTINGS by default. */
  settings?: IngestSettings;
  /** Compiled entry of the threads; another one in tests. */
  workerFile?: string;
  /** Milliseconds for one chunk. */
  chunkMsMax?: number;
}

const NO_KEYS: ReadonlyMap<string, KeyAnswer> = new Map();

/**
 * Starts a pool. One thread starts at once, so that there is one when file descriptors or memory run out;
 * the others start with work. None keeps the process alive.
 */
export function createDecodePool(options: DecodePoolOptions): DecodePool {
  const { emit, chunkMsMax: jobMsMax = BOUNDS.decodeMsMax } = options;
  const file = options.workerFile ?? assetPath("dist", "services", "ingest", "worker.js");
  const workers = Math.max(1, options.workers);
  const threads = new Set<Thread>();
  const waiting: Job[] = [];
  let settings = options.settings ?? OPEN_SETTINGS;
  let closed = false;

  function pump(): void {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const thread = idleThread();
      if (thread === null) {
        waiting.unshift(job);
        return;
      }
      thread.run(job);
    }
  }

  function idleThread(): Thread | null {
    for (const thread of threads) if (thread.idle()) return thread;
    return threads.size < workers ? addThread() : null;
  }

  function addThread(): Thread {
    const gone = (how: Gone) => {
      threads.delete(thread);
      if (how.job !== null) waiting.unshift(...retries(how.job, how, emit));
      pump();
    };
    const thread = startThread({ file, settings, jobMsMax, finished: pump, gone });
    threads.add(thread);
    return thread;
  }

  addThread();
  return {
    configure: (next) => {
      settings = next;
      for (const thread of threads) thread.configure(next);
    },
    decode: async (records, keys = NO_KEYS) => {
      if (closed) throw new Error("the decoding pool is closed");
      const answers = chunks(records, workers).map(
        (chunk) =>
          new Promise<Item[][]>((done, failed) => {
            waiting.push({ records: chunk, keys, done, failed });
          }),
      );
      pump();
      return (await Promise.all(answers)).flat();
    },
    close: async () => {
      closed = true;
      const jobs = await Promise.all([...threads].map((thread) => thread.end()));
      threads.clear();
      for (const job of [...jobs, ...waiting.splice(0)]) {
        job?.failed(new Error("the decoding pool was closed"));
      }
    },
  };
}

/** What is to be done again of a job whose thread is gone. */
function retries(job: Job, { ready, reason, message }: Gone, emit: Emit): Job[] {
  if (!ready) {
    job.failed(new Error(`a decoding thread cannot start: ${message}`));
    return [];
  }
  const receipts = job.records.map((record) => record.arrival.receipt);
  emit("decode-worker-ended", { reason, message, receipts });
  if (job.records.length > 1) return singly(job);
  job.done([[failedItem(reason, message)]]);
  return [];
}

/** One job for each message of a job, and its answer when all of them have answered. */
function singly(job: Job): Job[] {
  const items: Item[][] = [];
  let left = job.records.length;
  return job.records.map((record, at) => ({
    records: [record],
    keys: job.keys,
    done: ([own = []]) => {
      items[at] = own;
      left -= 1;
      if (left === 0) job.done(items);
    },
    failed: job.failed,
  }));
}

/** Cuts messages into chunks that keep all threads busy, within the bounds on one chunk. */
function chunks(records: Raw[], workers: number): Raw[][] {
  const share = Math.ceil(records.length / workers);
  const recordsMax = Math.min(share, BOUNDS.decodeChunkRecordsMax);
  const list: Raw[][] = [];
  let bytes = 0;
  for (const record of records) {
    const chunk = list.at(-1);
    bytes += record.bytes.length;
    if (chunk !== undefined && chunk.length < recordsMax && bytes <= BOUNDS.decodeChunkBytesMax) {
      chunk.push(record);
    } else {
      list.push([record]);
      bytes = record.bytes.length;
    }
  }
  return list;
}
