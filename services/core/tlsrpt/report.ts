// The report as we hold it: names of our own, values normalised, everything optional made explicit.
// The names as sent are in wire.ts. Text that was absent is "", so that rows need no nulls.

/** One TLS report (RFC 8460 section 4.4). */
export interface Report {
  /** organization-name, trimmed; "" when absent. */
  organization: string;
  /** contact-info; "" when absent or null. */
  contactInfo: string;
  /** report-id; "" when absent. */
  reportId: string;
  /** Start of the reported period, epoch milliseconds, UTC. */
  startMs: number;
  /** End of the reported period as sent, epoch milliseconds; may be 23:59:59 or the next midnight. */
  endMs: number;
  policies: Policy[];
}

/** One element of `policies`. */
export interface Policy {
  /** policy-type in lower case: tlsa, sts, no-policy-found, or as sent when unknown. */
  type: string;
  /** policy-domain as A-label in lower case without trailing dot; "" when the report has none. */
  domain: string;
  /** policy-string: one policy line (sts) or one TLSA record (tlsa) per element. */
  lines: string[];
  /** mx-host: MX patterns of the policy, lower case. */
  mxPatterns: string[];
  /** mode of an sts policy as its lines say: enforce, testing, none, or "" when not said. */
  mode: string;
  /** total-successful-session-count. */
  successful: number;
  /** total-failure-session-count. */
  failed: number;
  details: FailureDetail[];
}

/** One element of `failure-details`. */
export interface FailureDetail {
  /** result-type in lower case, as sent when unknown. */
  resultType: string;
  sendingIp: string;
  receivingMx: string;
  receivingMxHelo: string;
  receivingIp: string;
  /** failed-session-count. */
  failed: number;
  additionalInformation: string;
  reasonCode: string;
}

/** What file name, subject and headers say; used only where the report is silent (section 5.6). */
export interface Hints {
  /** Policy domain by TLS-Report-Domain, Subject or file name, in this order; "" when unknown. */
  domain: string;
  /** Submitter domain by TLS-Report-Submitter, Subject or file name; "" when unknown. */
  submitter: string;
  /** Period by the file name, epoch milliseconds; null when it has none. */
  startMs: number | null;
  endMs: number | null;
}

/** What a mail's headers or a file's name say of a message, as kept for the reader. */
export interface Delivery {
  /** What the bytes turned out to be, outermost first: "mail > gzip > json", "gzip > json", ... */
  media: string;
  subject: string;
  messageId: string;
  headerFrom: string;
}
