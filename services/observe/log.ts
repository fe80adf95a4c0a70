// The log: one line per event, as JSON or as text for a terminal. Outside text cannot break a line,
// move a cursor or colour a screen (invariant 6), and secrets do not get in.

import pino from "pino";
import { BOUNDS } from "../core/bounds.ts";
import { printableJson } from "../core/printable.ts";
import type { EventFields } from "./events.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ["json", "text"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface LogOptions {
  level: LogLevel;
  format: LogFormat;
  /** A file descriptor, or a function that takes whole lines; standard error by default. */
  destination?: number | ((line: string) => void);
}

export interface Log {
  /** False when nothing of this level would be written; callers then build nothing. */
  enabled(level: LogLevel): boolean;
  /** What is less severe is not written from now on. */
  setLevel(level: LogLevel): void;
  write(level: Exclude<LogLevel, "silent">, event: string, msg: string, fields?: EventFields): void;
  /** Writes what waits; for the end of the program. */
  flush(): void;
}

/** Makes a log writer. Writing never throws and never waits for a slow reader. */
export function createLog(options: LogOptions): Log {
  const sink = openSink(options.destination ?? 2);
  const print = options.format === "text" ? printText : printableJson;
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => sink.write(print(line)) },
  );
  return {
    enabled: (level) => logger.isLevelEnabled(level),
    setLevel: (level) => {
      logger.level = level;
    },
    write: (level, event, msg, fields) => logger[level](tidyFields(event, fields), msg),
    flush: sink.flush,
  };
}

function openSink(destination: number | ((line: string) => void)): {
  write: (line: string) => void;
  flush: () => void;
} {
  if (typeof destination === "function") return { write: destination, flush: () => {} };
  const maxLength = BOUNDS.logBufferBytesMax;
  const stream = pino.destination({ dest: destination, sync: false, maxLength });
  // A log that cannot be written (a closed pipe, a full disk) must not stop the program.
  stream.on("error", () => {});
  const flush = () => {
    try {
      stream.flushSync();
    } catch {
      // It was not ready yet or is closed already: there is nothing to flush or nowhere to.
    }
  };
  return { write: (line) => void stream.write(line), flush };
}

/** Prints `2026-11-22T10:00:00.000Z INFO  listening listens for connections address=...`. */
function printText(line: string): string {
  const { time, level, event, msg, ...fields } = JSON.parse(line);
  const pairs = Object.entries(fields).map(
    ([name, value]) => ` ${printValue(name)}=${printValue(value)}`,
  );
  const head = `${time} ${String(level).toUpperCase().padEnd(5)} ${event}: ${msg}`;
  return `${printableJson(head + pairs.join(""))}\n`;
}

function printValue(value: unknown): string {
  const text = JSON.stringify(value);
  return typeof value === "string" && /^[\w.:@/+-]+$/.test(value) ? value : text;
}

const SECRET_NAME = /pass(word|phrase)?$|secret|token|authorization|cookie|credential|private/i;
/** The key of a domain in the URL that its reports are posted to. */
const URL_KEY = /(\/v1\/tlsrpt\/)[^\s/?#"'&]+/gi;
/** An API token that got where it does not belong, such as an address. */
const TOKEN = /\bswt_[\w-]+/gi;
const URL_USER = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/?#@\s]+@/gi;

function tidyFields(event: string, fields: EventFields | undefined): EventFields {
  const tidy: EventFields = { event };
  if (fields === undefined) return tidy;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    tidy[RESERVED.has(name) ? `${name}_` : name] = tidyValue(name, value, 0);
  }
  return tidy;
}

const RESERVED = new Set(["time", "level", "event", "msg"]);

function tidyValue(name: string, value: unknown, depth: number): unknown {
  if (SECRET_NAME.test(name)) return "[hidden]";
  if (typeof value === "string") return tidyText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (depth >= BOUNDS.logDepthMax) return "[…]";
  if (value instanceof Error) return tidyError(value, depth);
  if (value instanceof Date) return value.toJSON();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item) => tidyValue("", item, depth + 1));
  const tidy: EventFields = {};
  for (const [key, item] of Object.entries(value)) tidy[key] = tidyValue(key, item, depth + 1);
  return tidy;
}

function tidyError(error: Error, depth: number): EventFields {
  const tidy: EventFields = { type: error.name, message: tidyText(error.message) };
  if ("code" in error) tidy["code"] = tidyValue("", error.code, depth + 1);
  if (error.stack !== undefined) tidy["stack"] = tidyText(error.stack);
  if (error.cause !== undefined) tidy["cause"] = tidyValue("", error.cause, depth + 1);
  return tidy;
}

function tidyText(text: string): string {
  const max = BOUNDS.logTextCharsMax;
  const cut = text.length > max ? `${text.slice(0, max - 1)}…` : text;
  const keyless = cut.includes("/v1/") ? cut.replace(URL_KEY, "$1***") : cut;
  const tokenless = /swt_/i.test(keyless) ? keyless.replace(TOKEN, "swt_***") : keyless;
  return tokenless.includes("@") ? tokenless.replace(URL_USER, "$1***@") : tokenless;
}
