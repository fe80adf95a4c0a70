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

/** One counter for all the ways in which the store fails. */
const STORE_FAILURES = {
  kind: "counter",
  name: "sealwatch_store_failures_total",
  help: "Calls of the store that failed, and how",
  labels: ["fault"],
} as const satisfies EventMetric;

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
  stopping: { level: "info", message: "takes no new connections; running transactions may end" },
  stopped: { level: "info", message: "stopped" },
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
  "access-refused": {
    level: "debug",
    message: "request refused: nobody that we know, or not allowed to do this",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_access_refused_total",
        help: "Requests of callers that are not known (401) or not allowed (403)",
        labels: ["status"],
      },
    ],
  },
  "token-file-unusable": {
    level: "error",
    message: "file of tokens cannot be used; every token is refused until it can",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_token_file_failures_total",
        help: "Times that the file of tokens was found to be unusable",
      },
    ],
  },
  "insecure-no-auth": {
    level: "warn",
    message: "everybody who reaches http.listen can read and do everything (insecure_no_auth)",
  },
  "loopback-open": {
    level: "warn",
    message:
      "programs of this machine need no token, and public.url names an address of another host: " +
      "where a proxy passes requests on, set auth.loopback_open to no",
  },
  "login-succeeded": {
    level: "info",
    message: "somebody logged in",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_logins_total",
        help: "Sessions that were begun, by how people showed who they are",
        labels: ["way"],
      },
    ],
  },
  "login-refused": {
    level: "info",
    message: "log-in refused",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_logins_refused_total",
        help: "Attempts to log in that were refused, and why",
        labels: ["way", "reason"],
      },
    ],
  },
  "session-ended": { level: "info", message: "somebody logged out; the session is over for good" },
  "provider-unavailable": {
    level: "warn",
    message: "identity provider cannot be used; it is asked again when somebody logs in",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_provider_failures_total",
        help: "Times that the identity provider could not be looked up",
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
  "certificate-loaded": {
    level: "info",
    message: "certificate is in use for new connections",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_certificate_loads_total",
        help: "Times that a changed certificate was taken into use",
      },
    ],
  },
  "certificate-unusable": {
    level: "warn",
    message: "files of the certificate cannot be used; the one before stays in use",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_certificate_failures_total",
        help: "Times that the files of the certificate changed into something unusable",
      },
    ],
  },
  "configuration-reloaded": { level: "info", message: "configuration is applied" },
  "configuration-kept": {
    level: "error",
    message: "configuration has mistakes; everything stays as it was",
    metrics: [
      {
        kind: "counter",
        name: "sealwatch_reload_failures_total",
        help: "Times that the configuration could not be loaded again",
      },
    ],
  },
  "restart-needed": {
    level: "warn",
    message: "options changed that are applied by a restart only",
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
