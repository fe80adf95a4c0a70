// What a receiver makes durable: the bytes exactly as they came, with what is known of their arrival.

/**
 * The ways in. A new one is a new receiver and a new word here; `spool` is that of damaged stretches of
 * the spool, of which nobody can tell how they came.
 */
export const CHANNELS = ["smtp", "https", "import", "spool"] as const;
export type Channel = (typeof CHANNELS)[number];

/** What is known of how a message arrived; nothing in it comes from inside the message. */
export interface Arrival {
  /** Unique and ordered by time; see core/receipt.ts. The user is given it as the receipt. */
  receipt: string;
  /** Epoch milliseconds of our clock. */
  receivedAtMs: number;
  channel: Channel;
  /** IP address of the sending side, "" for imports. */
  peer: string;
  /** HELO or EHLO name of an SMTP client, "" otherwise. */
  helo: string;
  /** "TLSv1.3 TLS_AES_256_GCM_SHA384", or "" when it came in clear. */
  tls: string;
  mailFrom: string;
  rcptTo: string[];
  /** Content-Type of an HTTP request, "" otherwise. A label: decoding goes by the bytes. */
  contentType: string;
  /** Base name of an imported file, "" otherwise. Never used as a path. */
  fileName: string;
  /** The last part of /v1/tlsrpt/<key>, "" without one. */
  key: string;
  /** True when an operator asked to try a quarantined message again; the receipt is the old one. */
  reprocess: boolean;
}

/** One received message, durable or about to be. */
export interface Raw {
  arrival: Arrival;
  bytes: Uint8Array;
}
