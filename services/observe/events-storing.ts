// Events of the writer and the store: from the disk to rows, with DNS and the directory in between.

import { type EventKind, type EventMetric, SECONDS } from "./event-kind.ts";

/** One counter for all the ways in which the store fails. */
const STORE_FAILURES = {
  kind: "counter",
  name: "sealwatch_store_failures_total",
  help: "Calls of the store that failed, and how",
  labels: ["fault"],
} as const satisfies EventMetric;

export const STORING = {
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
    metrics: [STORE_FAILURES],
  },
  "store-slow": {
    level: "warn",
    message: "store does not answer in time; reports wait in the spool",
    metrics: [STORE_FAILURES],
  },
  "store-denied": {
    level: "error",
    message: "store does not let us in; reports wait in the spool",
    metrics: [STORE_FAILURES],
  },
  "store-refusing": {
    level: "error",
    message: "store answers with an error; reports wait in the spool",
    metrics: [STORE_FAILURES],
  },
  "spool-unreadable": {
    level: "error",
    message: "spool cannot be drained: a segment cannot be read or removed; tried again",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_spool_drain_failures_total",
        help: "Times that the spool could not be listed, read or emptied",
      },
    ],
  },
  "writer-recovered": { level: "info", message: "writer drains the spool again" },
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
  "dns-silent": {
    level: "warn",
    message: "DNS does not answer; reports whose DKIM key is not known are tried again later",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_dns_silences_total",
        help: "Times that DNS stopped answering the questions for DKIM keys",
      },
    ],
  },
  "dns-answers": { level: "info", message: "DNS answers again" },
  "dkim-key-looked-up": {
    level: "debug",
    message: "DKIM key looked up",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_dkim_key_lookups_total",
        help: "Questions to DNS for DKIM keys: found, absent, unknown",
        labels: ["answer"],
      },
    ],
  },
  "dkim-retried": {
    level: "info",
    message: "reports that wait for a DKIM key are tried again",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_dkim_retries_total",
        help: "Messages that were tried again because their DKIM key had not been found",
        value: "messages",
      },
    ],
  },
  "dkim-retry-failed": {
    level: "warn",
    message: "reports that wait for a DKIM key could not be tried again; it is done later",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_dkim_retry_failures_total",
        help: "Rounds in which waiting messages could not be tried again",
      },
    ],
  },
  "clock-set-back": {
    level: "warn",
    message: "the system's clock was set back; nothing is lost, but days and ages may be wrong",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_clock_set_back_total",
        help: "Times that the system's clock was found set back",
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
  "directory-open": {
    level: "warn",
    message: "no domains are configured: reports for every domain are taken, see docs/domains.md",
  },
  "directory-loaded": { level: "info", message: "takes reports for the configured domains" },
  "mx-looked-up": { level: "info", message: "MX hosts of the configured domains are looked up" },
  "mx-lookup-failed": {
    level: "warn",
    message: "DNS gave no MX hosts of some domains; what was known stays and they are asked again",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_mx_lookup_failures_total",
        help: "Domains whose MX hosts could not be looked up, once for each attempt",
        value: "domains",
      },
    ],
  },
} as const satisfies Record<string, EventKind>;
