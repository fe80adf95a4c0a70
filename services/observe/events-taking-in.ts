// Events of receivers and spool: from the wire to the disk.

import { type EventKind, SECONDS } from "./event-kind.ts";

export const TAKING_IN = {
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
  "message-limited": {
    level: "debug",
    message: "message refused: too many from its address",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_messages_refused_total",
        help: "Messages refused before acknowledgement",
        labels: ["channel", "reason"],
      },
    ],
  },
  "address-limited": {
    level: "warn",
    message: "address does more than the limits allow; told once a minute",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_addresses_limited_total",
        help: "Addresses that did more than the limits allow, each counted once a minute",
        labels: ["what"],
      },
    ],
  },
  "proxy-header-invalid": {
    level: "warn",
    message: "proxy did not begin its connection with a PROXY header",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_proxy_headers_invalid_total",
        help: "SMTP connections of named proxies without a PROXY header that can be read",
      },
    ],
  },
  listening: { level: "info", message: "listens for connections" },
  "connection-refused": {
    level: "debug",
    message: "connection refused: too many are open, or too many from its address",
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
    level: "warn",
    message: "segment ends in a record that was not finished, and so was not acknowledged",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_segments_cut_total",
        help: "Segments whose last record was not finished: their process died, or they were cut",
      },
    ],
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
} as const satisfies Record<string, EventKind>;
