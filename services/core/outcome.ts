// Every received message ends in named outcomes (invariant 3). One message holds one item or more:
// each report in it is an item, and a message without a report is one item.

/** How one item ended. `refused` is said before acknowledgement, the others after it. */
export const OUTCOMES = ["stored", "duplicate", "conflict", "quarantined", "refused"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What an outcome reason means and what to do; `docs/reasons.md` has a heading for each. */
interface Reason {
  title: string;
  advice: string;
}

/** Why something was put into quarantine. Its bytes are kept and can be reprocessed. */
export const QUARANTINE_REASONS = {
  empty: {
    title: "The message has no bytes",
    advice: "Nothing to do here; the sender posted an empty body.",
  },
  "no-report": {
    title: "A mail without a TLS report",
    advice: "Usually spam or a person's mail to the report address; nothing to do.",
  },
  "dmarc-report": {
    title: "A DMARC aggregate report, not a TLS report",
    advice: "Point the rua= of _dmarc to a DMARC tool, and only that of _smtp._tls to Sealwatch.",
  },
  bounce: {
    title: "A bounce or another automatic answer",
    advice: "Something sends mail in the name of the report address; nothing to do here.",
  },
  "not-json": {
    title: "The report is not JSON",
    advice: "Look at the raw bytes; tell the sender if it persists.",
  },
  "json-not-object": {
    title: "The JSON is not an object",
    advice: "RFC 8460 section 4.4 asks for an object; tell the sender if it persists.",
  },
  "json-too-deep": {
    title: "The JSON is nested too deeply",
    advice: "No real report is; treat the sender as hostile.",
  },
  "not-a-report": {
    title: "A JSON object that is not a TLS report",
    advice: "It has none of the members of RFC 8460 section 4.4; nothing to do.",
  },
  "policies-missing": {
    title: "The report has no policies",
    advice: "RFC 8460 section 4.4 asks for a policies array; without one there are no counts.",
  },
  "policy-invalid": {
    title: "A policy of the report cannot be used",
    advice: "The place names the element; tell the sender if it persists.",
  },
  "count-invalid": {
    title: "A session count is not a count",
    advice: "Counts are whole numbers of 0 and more; the place names the one that is not.",
  },
  "date-range-unusable": {
    title: "The report does not say which day it is about",
    advice: "Neither date-range nor file name holds a date; tell the sender if it persists.",
  },
  "date-range-out-of-bounds": {
    title: "The report is about a day that cannot be",
    advice: "The day is before 2016 or in the future; check the sender's clock, and ours.",
  },
  "too-many-policies": {
    title: "The report has more policies than the bound",
    advice: "See services/core/bounds.ts, policiesMax.",
  },
  "too-many-details": {
    title: "The report has more failure details than the bound",
    advice: "See services/core/bounds.ts, failureDetailsMax.",
  },
  "compressed-truncated": {
    title: "The compressed report ends too early",
    advice: "It was cut on its way or by the sender; the next day's report usually comes whole.",
  },
  "compressed-corrupt": {
    title: "The compressed report is damaged",
    advice: "Look at the raw bytes; tell the sender if it persists.",
  },
  "decoded-too-large": {
    title: "The report unfolds to more bytes than the bound",
    advice: "A decompression bomb, or see services/core/bounds.ts, reportBytesMax.",
  },
  "compression-too-deep": {
    title: "Compressed too many times over",
    advice: "No real report is; treat the sender as hostile.",
  },
  "mail-too-many-parts": {
    title: "The mail has more MIME parts than the bound",
    advice: "No real report has; treat the sender as hostile.",
  },
  "mail-too-deep": {
    title: "The mail is nested too deeply",
    advice: "No real report is; treat the sender as hostile.",
  },
  "mail-header-too-large": {
    title: "A mail header block is larger than the bound",
    advice: "No real report's is; treat the sender as hostile.",
  },
  "too-many-reports": {
    title: "The message holds more reports than the bound",
    advice: "The first ones are taken; split the file and import the rest.",
  },
  "dkim-unverified": {
    title: "The mail has no valid DKIM signature of the reporting domain",
    advice:
      "RFC 8460 section 3 has such reports ignored. Set dkim to flag to count them with a mark, then " +
      "reprocess.",
  },
  "dkim-deferred": {
    title: "The DKIM key could not be looked up yet",
    advice: "DNS did not answer; it is tried again by itself. See the option dns.servers.",
  },
  "unknown-domain": {
    title: "The report is about a domain that is not configured",
    advice: "If the domain is yours, add it to the file of domains and reprocess.",
  },
  "several-tenants": {
    title: "The report is about domains of several tenants",
    advice:
      "Nobody may see the others' part: give each tenant an rua address or URL key of its own.",
  },
  "key-required": {
    title: "Posted without the key of a domain",
    advice: "The option report.key_required asks for one: publish rua=https://.../v1/tlsrpt/<key>.",
  },
  "spool-damaged": {
    title: "A stretch of the spool was damaged on the disk",
    advice: "Messages in it cannot be told apart any more; its bytes are kept. Check the disk.",
  },
  "decode-timeout": {
    title: "Decoding took too long and was ended",
    advice: "Please send us the raw bytes: this is a case we want to know.",
  },
  "store-refused": {
    title: "The store refused the rows of this report",
    advice: "The message says why; please send us the raw bytes: this is a case we want to know.",
  },
  "decode-crashed": {
    title: "Decoding ended its worker",
    advice: "Please send us the raw bytes: this is a case we want to know.",
  },
} as const satisfies Record<string, Reason>;
export type QuarantineReason = keyof typeof QUARANTINE_REASONS;

/** Why something was refused before acknowledgement; nothing of it is kept. */
export const REFUSAL_REASONS = {
  "too-large": { title: "Larger than the bound on one message", advice: "SMTP 552, HTTP 413." },
  "spool-full": { title: "The spool is full", advice: "SMTP 452, HTTP 503: see /readyz." },
  "disk-full": { title: "The disk is nearly full", advice: "SMTP 452, HTTP 503: free some space." },
  "spool-failed": { title: "The spool cannot be written", advice: "SMTP 451, HTTP 503: see logs." },
  "too-busy": {
    title: "Too many messages are on their way in",
    advice: "SMTP 421 or 452, HTTP 503: senders by mail try again.",
  },
  "recipient-unknown": {
    title: "The recipient is not one of the configured addresses",
    advice: "SMTP 550: see the option smtp.recipients.",
  },
  "rate-limited": {
    title: "Too many messages from one address",
    advice: "SMTP 421, HTTP 429: see the options under limits.",
  },
  stopping: { title: "The server is stopping", advice: "SMTP 421, HTTP 503." },
  aborted: { title: "The sender went away, or stalled, before the end", advice: "Nothing to do." },
} as const satisfies Record<string, Reason>;
export type RefusalReason = keyof typeof REFUSAL_REASONS;
