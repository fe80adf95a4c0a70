// One decoding thread: starts it, hands it one job at a time, ends it when it takes too long, and
// tells when it is gone. What becomes of a job whose thread is gone is for pool.ts to say.

import { Worker } from "node:worker_threads";
import { BOUNDS } from "../core/bounds.ts";
import type { KeyAnswer } from "../core/dkim/signature.ts";
import type { Raw } from "../core/raw.ts";
import type { IngestSettings } from "./context.ts";
import type { Item } from "./item.ts";
import type { Answer, Chunk, Told } from "./worker.ts";

/** Messages that travel together, and where their items go. */
export interface Job {
  records: Raw[];
  keys: ReadonlyMap<string, KeyAnswer>;
  done(items: Item[][]): void;
  failed(error: Error): void;
}

/** Why a thread is gone, and the job that it had. */
export interface Gone {
  job: Job | null;
  /** False when it never came to the point of taking work: then no message is at fault. */
  ready: boolean;
  reason: "decode-timeout" | "decode-crashed";
  message: string;
}

export interface Thread {
  idle(): boolean;
  run(job: Job): void;
  /** Holds for the jobs that follow. */
  configure(settings: IngestSettings): void;
  /** Ends it; `gone` is not called. Gives back the job in hand. */
  end(): Promise<Job | null>;
}

export interface ThreadOptions {
  /** Compiled entry. */
  file: string;
  settings: IngestSettings;
  /** Milliseconds for one job. */
  jobMsMax: number;
  /** Called after each job. */
  finished(): void;
  /** Called once at most. */
  gone(gone: Gone): void;
}

/** Starts a thread. While it is idle it does not keep the process alive. */
export function startThread(options: ThreadOptions): Thread {
  const worker = new Worker(options.file, {
    resourceLimits: {
      maxOldGenerationSizeMb: BOUNDS.decodeHeapMbMax,
      maxYoungGenerationSizeMb: BOUNDS.decodeYoungHeapMbMax,
    },
    env: {},
  });
  let job: Job | null = null;
  let ready = false;
  let over = false;
  let timer: NodeJS.Timeout | undefined;

  function limit(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => leave("decode-timeout", `it took more than ${ms} ms`), ms);
  }

  function release(): Job | null {
    const had = job;
    clearTimeout(timer);
    job = null;
    worker.unref();
    return had;
  }

  function leave(reason: Gone["reason"], message: string): void {
    if (over) return;
    over = true;
    void worker.terminate();
    options.gone({ job: release(), ready, reason, message });
  }

  function send(next: Job): void {
    const chunk = pack(next);
    limit(options.jobMsMax);
    worker.postMessage(chunk, [chunk.bytes.buffer]);
  }

  function hear(answer: Answer): void {
    if (over) return;
    if (!answer.ready) {
      release()?.done(answer.items);
      options.finished();
      return;
    }
    ready = true;
    if (job !== null) send(job);
  }

  function configure(settings: IngestSettings): void {
    const told: Told = { kind: "settings", settings };
    worker.postMessage(told);
  }

  worker.unref();
  configure(options.settings);
  worker.on("message", hear);
  worker.on("error", (error) => leave("decode-crashed", error.message));
  worker.on("exit", (code) => leave("decode-crashed", `its thread ended with code ${code}`));
  return {
    idle: () => job === null,
    configure,
    run: (next) => {
      job = next;
      worker.ref();
      if (ready) send(next);
      else limit(BOUNDS.decodeStartMsMax);
    },
    end: async () => {
      over = true;
      const had = release();
      await worker.terminate();
      return had;
    },
  };
}

/**
 * Copies the bytes into one buffer to be handed over. Sending views would copy the whole buffers
 * under them, and handing those over would take them from their owner, who may try again.
 */
function pack({ records, keys }: Job): Chunk & { bytes: Uint8Array<ArrayBuffer> } {
  const lengths = records.map((record) => record.bytes.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let offset = 0;
  for (const record of records) {
    bytes.set(record.bytes, offset);
    offset += record.bytes.length;
  }
  const arrivals = records.map((one) => one.arrival);
  return { kind: "chunk", keys, nowMs: Date.now(), arrivals, lengths, bytes };
}
