// The pool of decoding threads. A hostile message costs its thread, never the program: a thread that
// takes too long or dies is replaced, its messages are tried one by one, and the one at fault
// becomes an item of its own.

import { Worker } from "node:worker_threads";
import { assetPath } from "../assets.ts";
import { BOUNDS } from "../core/bounds.ts";
import type { Raw } from "../core/raw.ts";
import type { Emit } from "../observe/events.ts";
import { failedItem } from "./ingest.ts";
import type { Item } from "./item.ts";
import { DEFAULT_TENANT } from "./lines.ts";
import type { Chunk, ChunkItems } from "./worker.ts";

export interface DecodePool {
  /** Items of each message, in the order of the messages. Rejects only when the pool is closed. */
  decode(records: Raw[]): Promise<Item[][]>;
  /** Ends all threads; work in hand is rejected. */
  close(): Promise<void>;
}

export interface DecodePoolOptions {
  workers: number;
  emit: Emit;
  /** Compiled entry of the threads; another one in tests. */
  workerFile?: string;
  /** Milliseconds for one chunk. */
  chunkMsMax?: number;
}

/** Messages that travel together, and where their items go. */
interface Job {
  records: Raw[];
  done(items: Item[][]): void;
  failed(error: Error): void;
}

/** One thread; `job` is what it works on. */
interface Thread {
  worker: Worker;
  job: Job | null;
  timer: NodeJS.Timeout | undefined;
}

type End = "decode-timeout" | "decode-crashed";

/** Starts a pool; its threads start with the first work and do not keep the process alive. */
export function createDecodePool(options: DecodePoolOptions): DecodePool {
  const { emit, chunkMsMax = BOUNDS.decodeMsMax } = options;
  const workerFile = options.workerFile ?? assetPath("dist", "services", "ingest", "worker.js");
  const threads = new Set<Thread>();
  const waiting: Job[] = [];
  let closed = false;

  function pump(): void {
    while (waiting.length > 0) {
      const thread = idleThread();
      const job = thread === null ? undefined : waiting.shift();
      if (thread === null || job === undefined) return;
      start(thread, job);
    }
  }

  function idleThread(): Thread | null {
    for (const thread of threads) if (thread.job === null) return thread;
    return threads.size < Math.max(1, options.workers) ? spawn() : null;
  }

  function spawn(): Thread {
    const worker = new Worker(workerFile, {
      resourceLimits: { maxOldGenerationSizeMb: BOUNDS.decodeHeapMbMax },
      env: {},
    });
    const thread: Thread = { worker, job: null, timer: undefined };
    worker.unref();
    worker.on("message", (answer: ChunkItems) => finish(thread, answer.items));
    worker.on("error", (error) => end(thread, "decode-crashed", error.message));
    worker.on("exit", (code) => end(thread, "decode-crashed", `the thread ended with ${code}`));
    threads.add(thread);
    return thread;
  }

  function start(thread: Thread, job: Job): void {
    const chunk = pack(job.records);
    thread.job = job;
    thread.timer = setTimeout(() => {
      end(thread, "decode-timeout", `decoding took more than ${chunkMsMax} ms`);
    }, chunkMsMax);
    thread.worker.ref();
    thread.worker.postMessage(chunk, [chunk.bytes.buffer]);
  }

  function release(thread: Thread): Job | null {
    const { job } = thread;
    clearTimeout(thread.timer);
    thread.job = null;
    thread.worker.unref();
    return job;
  }

  function finish(thread: Thread, items: Item[][]): void {
    release(thread)?.done(items);
    pump();
  }

  /** A thread is gone, or is sent away; said once for each. */
  function end(thread: Thread, reason: End, message: string): void {
    if (!threads.delete(thread)) return;
    const job = release(thread);
    void thread.worker.terminate();
    if (job === null) return;
    const receipts = job.records.map((record) => record.arrival.receipt);
    emit("decode-worker-ended", { reason, message, receipts });
    if (job.records.length === 1) job.done([[failedItem(DEFAULT_TENANT, reason, message)]]);
    else waiting.unshift(...split(job));
    pump();
  }

  function submit(records: Raw[]): Promise<Item[][]> {
    return new Promise((done, failed) => {
      waiting.push({ records, done, failed });
    });
  }

  return {
    decode: async (records) => {
      if (closed) throw new Error("the decoding pool is closed");
      const jobs = chunks(records, options.workers).map(submit);
      pump();
      return (await Promise.all(jobs)).flat();
    },
    close: async () => {
      closed = true;
      const gone = [...threads];
      threads.clear();
      const jobs = [...gone.map(release), ...waiting.splice(0)];
      for (const job of jobs) job?.failed(new Error("the decoding pool was closed"));
      await Promise.all(gone.map((thread) => thread.worker.terminate()));
    },
  };
}

/** One job for each message of a job, and its answer when all of them have answered. */
function split(job: Job): Job[] {
  const items: Item[][] = [];
  let left = job.records.length;
  return job.records.map((record, at) => ({
    records: [record],
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
  const share = Math.ceil(records.length / Math.max(1, workers));
  const recordsMax = Math.min(share, BOUNDS.decodeChunkRecordsMax);
  const list: Raw[][] = [];
  let chunk: Raw[] = [];
  let bytes = 0;
  for (const record of records) {
    const full = chunk.length >= recordsMax || bytes + record.bytes.length > CHUNK_BYTES_MAX;
    if (full && chunk.length > 0) {
      list.push(chunk);
      chunk = [];
      bytes = 0;
    }
    chunk.push(record);
    bytes += record.bytes.length;
  }
  if (chunk.length > 0) list.push(chunk);
  return list;
}

const CHUNK_BYTES_MAX = BOUNDS.decodeChunkBytesMax;

/**
 * Copies the bytes into one buffer to be handed over. Sending views would copy the whole buffers
 * under them, and handing those over would take them from their owner, who may try again.
 */
function pack(records: Raw[]): Chunk & { bytes: Uint8Array<ArrayBuffer> } {
  const lengths = records.map((record) => record.bytes.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let offset = 0;
  for (const record of records) {
    bytes.set(record.bytes, offset);
    offset += record.bytes.length;
  }
  return { tenant: DEFAULT_TENANT, arrivals: records.map((one) => one.arrival), lengths, bytes };
}
