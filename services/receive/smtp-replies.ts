// What an SMTP client is told for each reason of a refusal. Replies of 4yz make senders try again,
// replies of 5yz make them give up (RFC 5321 section 4.2.1), with enhanced codes of RFC 3463.

import type { RefusalReason } from "../core/outcome.ts";

export interface SmtpReply {
  code: 421 | 451 | 452 | 550 | 552;
  /** Enhanced status code and text for a person who reads a bounce or a log. */
  text: string;
}

export const SMTP_REPLIES = {
  "too-large": { code: 552, text: "5.3.4 Message is larger than this server takes" },
  "spool-full": { code: 452, text: "4.3.1 Too much mail is waiting here; try again later" },
  "disk-full": { code: 452, text: "4.3.1 The disk is nearly full here; try again later" },
  "spool-failed": { code: 451, text: "4.3.0 The message could not be stored; try again later" },
  "too-busy": { code: 452, text: "4.3.2 Too many messages at once; try again later" },
  "recipient-unknown": { code: 550, text: "5.1.1 No TLS reports are taken for this address" },
  "rate-limited": { code: 421, text: "4.7.1 Too many messages from your address; try again later" },
  stopping: { code: 421, text: "4.3.2 The server is stopping; try again later" },
  aborted: { code: 421, text: "4.4.2 The connection ended before the message did" },
} as const satisfies Record<RefusalReason, SmtpReply>;

/** Text of ours that begins with an enhanced status code; smtp-server must not add another. */
export const OWN_STATUS = /^[245]\.\d{1,3}\.\d{1,3} /;
