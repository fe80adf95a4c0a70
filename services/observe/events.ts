// Everything worth telling an operator, as one table: log level, message, and the metric that moves
// with it. Business code says `emit("report-stored", {...})` and nothing else. Adding an event is
// one entry here; log line, metric and docs follow.

/** A Prometheus metric that an event moves; label values are taken from the fields of that name. */
export interface EventMetric {
  kind: "counter" | "histogram" | "gauge";
  name: string;
  help: string;
  labels?: readonly string[];
  /** Field that holds the amount; a counter without one moves by 1. */
  value?: string;
  buckets?: readonly number[];
}

export interface EventKind {
  level: "debug" | "info" | "warn" | "error";
  message: string;
  metrics?: readonly EventMetric[];
}

const SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60] as const;

export const EVENTS = {
  "message-accepted": {
    level: "debug",
    message: "message is durable and acknowledged",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_messages_accepted_total",
        help: "Messages made durable and acknowledged",
        labels: ["channel"],
      },
      {
        kind: "counter",
        name: "sealwatch_message_bytes_accepted_total",
        help: "Bytes of the messages that were made durable and acknowledged",
        labels: ["channel"],
        value: "bytes",
      },
    ],
  },
  "message-refused": {
    level: "info",
    message: "message refused before acknowledgement",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_messages_refused_total",
        help: "Messages refused before acknowledgement",
        labels: ["channel", "reason"],
      },
    ],
  },
  "spool-committed": {
    level: "debug",
    message: "records share one fsync",
    metrics: [
      {
        kind: "histogram",
        name: "sealwatch_spool_commit_seconds",
        help: "Time of one write and fsync of the spool",
        value: "seconds",
        buckets: SECONDS,
      },
    ],
  },
  "batch-stored": {
    level: "info",
    message: "batch is in the store",
    metrics: [
      {
        kind: "histogram",
        name: "sealwatch_batch_seconds",
        help: "Time from reading a batch off the spool to the end of its inserts",
        value: "seconds",
        buckets: SECONDS,
      },
    ],
  },
  "items-ended": {
    level: "debug",
    message: "items of received messages ended in an outcome",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_items_total",
        help: "Items of received messages by outcome (invariant: they add up to what was received)",
        labels: ["channel", "outcome", "reason"],
        value: "count",
      },
    ],
  },
  "store-unavailable": {
    level: "warn",
    message: "store does not answer; reports wait in the spool",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_store_failures_total",
        help: "Calls of the store that failed",
      },
    ],
  },
  "store-available": { level: "info", message: "store answers again" },
} as const satisfies Record<string, EventKind>;

export type EventName = keyof typeof EVENTS;
export type EventFields = Record<string, unknown>;

/** Tells of one event; the two writers behind it are log.ts and metrics.ts. */
export type Emit = (event: EventName, fields?: EventFields) => void;

/** For tests and for programs that have nothing to tell. */
export const silent: Emit = () => {};
