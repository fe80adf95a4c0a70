// Whether a signature vouches for a report in its mail. Who answers, forwards or returns a mail signs what
// anybody wrote to it, and an address that quotes is easily found, so a report that may be quoted counts as
// unsigned.

import type { NoteCode } from "../core/dkim/notes.ts";
import type { DkimVerdict } from "../core/dkim/verdict.ts";
import { isAnswer } from "../decode/classify.ts";
import type { Decoded, Found } from "../decode/decode.ts";

const NOTE: NoteCode = "forwarded";
/** Types of parts that hold mails (RFC 2046 sections 5.1.5 and 5.2); no report has one. */
const HOLDS_MAIL = /^content-?type[ \t]*:\s*(?:message\/|multipart\/digest)/im;

/**
 * The verdict on one report of a mail: as it is for a report at the top of a mail that is a report (RFC
 * 8460 section 5.3), else that of no signature, with a note. A mail with a mail anywhere in its bytes
 * counts as a forward too: few signatures cover Content-Type, and by another boundary in it whoever
 * sends the mail again would turn the parts of the inner mail into its own.
 * @param holds whether the bytes of the whole message have a mail in them, see holdsMail
 */
export function withoutForwarded(
  verdict: DkimVerdict,
  { header }: Decoded,
  found: Found,
  holds: () => boolean,
): DkimVerdict {
  const helps = verdict.result === "pass" || verdict.result === "temperror";
  if (!helps || verdict.basis === "") return verdict;
  const forwarded = found.mails > 1 || header === null || isAnswer(header) || holds();
  if (!forwarded) return verdict;
  return { ...verdict, verified: false, basis: "", notes: [...verdict.notes, NOTE] };
}

/** Looks through all bytes of a message for the header of a part that is a mail. */
export function holdsMail(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  return HOLDS_MAIL.test(text);
}
