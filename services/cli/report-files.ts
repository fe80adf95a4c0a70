// Report files that somebody hands in on a page: explained in a thread of their own, or taken apart into
// messages like an import takes them.

import { Worker } from "node:worker_threads";
import type { ReportFiles } from "../api/options.ts";
import { assetPath } from "../assets.ts";
import { BOUNDS } from "../core/bounds.ts";
import type { FileReading } from "../core/explain/reading.ts";
import { readBytes } from "../receive/import-sources.ts";
import type { FileToExplain } from "./report-files-thread.ts";

export interface ReportFilesOptions {
  messageBytesMax: number;
  /** Compiled entry of the thread; another one in tests. */
  threadFile?: string;
  /** Milliseconds for one file. */
  explainMsMax?: number;
}

/** What the pages know of files. Nothing in a file ends the process or holds it up. */
export function reportFiles(options: ReportFilesOptions): ReportFiles {
  const { messageBytesMax } = options;
  const explain = explainer(options);
  return {
    explain: ({ name, bytes }) => explain({ name, bytes, messageBytesMax, nowMs: Date.now() }),
    messages: async function* ({ name, bytes }) {
      const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for await (const source of readBytes(whole, name, name, messageBytesMax)) {
        if (source.kind === "message") yield { name: source.fileName, bytes: source.bytes };
        else yield { place: source.place, why: source.why };
      }
    },
  };
}

/** Keeps the last thread that came through its file well, since one takes long to start. */
function explainer({ threadFile, explainMsMax: ms = BOUNDS.explainMsMax }: ReportFilesOptions) {
  const entry = threadFile ?? assetPath("dist", "services", "cli", "report-files-thread.js");
  let kept: Worker | null = null;
  const release = (worker: Worker) => {
    if (kept !== null) {
      discard(worker);
      return;
    }
    kept = worker;
    worker.unref();
    const forget = () => {
      if (kept === worker) kept = null;
    };
    deafen(worker).on("error", forget).on("exit", forget);
  };
  return (file: FileToExplain): Promise<FileReading> => {
    const worker = kept ?? start(entry);
    kept = null;
    deafen(worker).ref();
    return new Promise((resolve) => {
      const fail = (why: string) => {
        clearTimeout(timer);
        discard(worker);
        resolve({ readings: [], unread: [{ place: file.name, why }], more: false });
      };
      const timer = setTimeout(() => fail(`took more than ${ms / 1000} s to read`), ms);
      worker.on("error", (error) => fail(`could not be read: ${error.message}`));
      worker.on("exit", () => fail("could not be read: its thread ended"));
      worker.once("message", (reading: FileReading) => {
        clearTimeout(timer);
        release(worker);
        resolve(reading);
      });
      worker.postMessage(file);
    });
  };
}

function deafen(worker: Worker): Worker {
  for (const event of ["message", "error", "exit"]) worker.removeAllListeners(event);
  return worker;
}

/** What it still says of its end is of no interest; an error that nobody hears would end the process. */
function discard(worker: Worker): void {
  deafen(worker).on("error", () => {});
  void worker.terminate();
}

function start(entry: string): Worker {
  const resourceLimits = {
    maxOldGenerationSizeMb: BOUNDS.decodeHeapMbMax,
    maxYoungGenerationSizeMb: BOUNDS.decodeYoungHeapMbMax,
  };
  return new Worker(entry, { resourceLimits, env: {} });
}
