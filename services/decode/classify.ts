// Which name a mail gets that holds no report, so that a person need not open it to know.

import type { QuarantineReason } from "../core/outcome.ts";
import type { MailHeader } from "./mail.ts";

/** True for a delivery status notification (RFC 3464); the mail that it returns is not searched. */
export function isDeliveryStatus(header: MailHeader): boolean {
  return header.contentType === "multipart/report" && header.reportType === "delivery-status";
}

/** True for a mail that answers, returns or tells of another one: an automatic answer, a receipt. */
export function isAnswer(header: MailHeader): boolean {
  const returns = header.contentType === "multipart/report" && header.reportType !== "";
  return isAutomaticAnswer(header) || (returns && header.reportType !== "tlsrpt");
}

/** RFC 3834 section 5: auto-generated is no answer to anything, and newsletters carry it too. */
function isAutomaticAnswer({ autoSubmitted }: MailHeader): boolean {
  return /^auto-(?:replied|notified)/.test(autoSubmitted);
}

/**
 * Names a mail without a report.
 * @param nullSender true when it came by SMTP with an empty envelope sender (RFC 5321 section 4.5.5)
 */
export function classifyMail(
  header: MailHeader,
  nullSender: boolean,
): { reason: QuarantineReason; message: string } {
  const sign = automaticSign(header, nullSender);
  if (sign === null) {
    return { reason: "no-report", message: "no part of the mail is or claims to be a TLS report" };
  }
  return { reason: "bounce", message: `no TLS report, and ${sign}` };
}

function automaticSign(header: MailHeader, nullSender: boolean): string | null {
  if (isDeliveryStatus(header)) return "its type is multipart/report of delivery-status";
  if (nullSender) return "its envelope sender is empty";
  if (isAutomaticAnswer(header)) {
    return `its Auto-Submitted header says ${header.autoSubmitted}`;
  }
  return /\b(?:mailer-daemon|postmaster)@|<mailer-daemon>|^mailer-daemon$/i.test(header.from)
    ? "it is from a mail system"
    : null;
}
