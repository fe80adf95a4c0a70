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
  listening: { level: "info", message: "listens for connections" },
  stopping: { level: "info", message: "takes no new connections; running transactions may end" },
  stopped: { level: "info", message: "stopped" },
  "connection-refused": {
    level: "debug",
    message: "connection refused: too many are open",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_connections_refused_total",
        help: "Connections refused because too many were open",
        labels: ["channel"],
      },
    ],
  },
  "connection-failed": {
    level: "debug",
    message: "connection ended with an error",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_connections_failed_total",
        help: "Connections of senders that ended with an error",
        labels: ["channel"],
      },
    ],
  },
  "receiver-failed": {
    level: "error",
    message: "receiver met an error that it does not know",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_receiver_failures_total",
        help: "Errors that a receiver did not know",
        labels: ["channel"],
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
  "spool-refusing": {
    level: "error",
    message: "spool refuses messages until the cause is gone",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_spool_refusing_total",
        help: "Times that the spool began to refuse messages",
        labels: ["reason"],
      },
    ],
  },
  "spool-recovered": { level: "info", message: "spool takes messages again" },
  "spool-scan-failed": {
    level: "warn",
    message: "size of the spool or free space cannot be looked up",
  },
  "segment-seal-failed": {
    level: "warn",
    message: "segment cannot be handed to the writer yet; tried again each second",
  },
  "segment-taken-over": {
    level: "warn",
    message: "segment of a process that is gone is taken over",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_segments_taken_over_total",
        help: "Open segments of processes that are gone",
      },
    ],
  },
  "segment-lost": {
    level: "warn",
    message: "segment was taken over while in use; its last records are written again",
  },
  "segment-cut": {
    level: "info",
    message: "segment ends in a record that was not finished and never acknowledged",
  },
  "segment-damaged": {
    level: "error",
    message: "segment is damaged; the stretch is set aside, all other records are used",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_segments_damaged_total",
        help: "Damaged stretches of bytes found in the spool",
      },
    ],
  },
  "lock-waiting": {
    level: "warn",
    message: "data folder is locked by a process that cannot be seen; waits for a sign of life",
  },
  "lock-heartbeat-failed": {
    level: "warn",
    message: "lock file of the data folder cannot be touched",
  },
  "lock-lost": {
    level: "error",
    message: "data folder is held by another process now; this one ends before both write",
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
  "decode-worker-ended": {
    level: "error",
    message: "a decoding worker was ended or died; its records are tried one by one",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_decode_worker_ends_total",
        help: "Decoding workers that took too long or died",
        labels: ["reason"],
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
  "writer-failed": {
    level: "error",
    message: "writer could not take a batch off the spool; it tries again",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_writer_failures_total",
        help: "Batches that could not be taken off the spool",
      },
    ],
  },
  "store-available": { level: "info", message: "store answers again" },
  "engine-started": { level: "info", message: "embedded engine is ready" },
  "engine-died": {
    level: "error",
    message: "embedded engine ended by itself and is started again; reports wait in the spool",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_engine_deaths_total",
        help: "Times that the embedded engine ended by itself or did not start",
      },
    ],
  },
  "api-failed": {
    level: "error",
    message: "request of the API could not be answered",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_api_failures_total",
        help: "Requests of the API that ended in a problem of ours or of the store",
        labels: ["problem"],
      },
    ],
  },
  started: { level: "info", message: "sealwatch runs" },
  "stop-failed": { level: "warn", message: "a part did not stop cleanly" },
  "stop-deadline": {
    level: "warn",
    message: "draining took too long; the rest stays in the spool for the next start",
  },
} as const satisfies Record<string, EventKind>;

export type EventName = keyof typeof EVENTS;
export type EventFields = Record<string, unknown>;

/** Tells of one event; the two writers behind it are log.ts and metrics.ts. */
export type Emit = (event: EventName, fields?: EventFields) => void;

/** For tests and for programs that have nothing to tell. */
export const silent: Emit = () => {};
