// Events of readers, access, configuration and the program itself.

import type { EventKind } from "./event-kind.ts";

export const RUNNING = {
  stopping: { level: "info", message: "takes no new connections; running transactions may end" },
  stopped: { level: "info", message: "stopped" },
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
  "proxy-unnamed": {
    level: "warn",
    message:
      "a request bears X-Forwarded-For or Forwarded and came from no address of the option proxies: " +
      "its client is not known, so all that come this way share limits; name the proxy in proxies",
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
  "asn-database-loaded": {
    level: "info",
    message: "the file of networks has changed and is in use",
  },
  "asn-database-unusable": {
    level: "warn",
    message: "the file of networks cannot be used; the one before stays in use",
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
  started: { level: "info", message: "sealwatch runs" },
  "stop-failed": { level: "warn", message: "a part did not stop cleanly" },
  "stop-deadline": {
    level: "warn",
    message: "draining took too long; the rest stays in the spool for the next start",
  },
} as const satisfies Record<string, EventKind>;
