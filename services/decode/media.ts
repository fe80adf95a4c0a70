// What bytes are, told by the bytes themselves and never by a label: senders name types and files
// wrongly in many ways (RFC 8460 section 5.4 gives two media types; a dozen are seen).

import { BOUNDS } from "../core/bounds.ts";

export type Media = "empty" | "gzip" | "zip" | "json" | "xml" | "mail" | "other";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** RFC 5322 section 2.2, narrowed to what header names look like, so that prose is not a mail. */
const HEADER_LINE = /^[A-Za-z][A-Za-z0-9_-]*[ \t]*:/;
/** The separator line of an mbox, quoted or not (RFC 4155). */
const MBOX_LINE = /^>?From [^\r\n]*\r?\n/;
/** A Buffer over the same memory. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Names what the bytes are; "json" is what begins like an object or array.
 * @param mayBeMail false for text parts of a mail, where "Note: ..." is prose and not a header
 */
export function sniff(bytes: Uint8Array, mayBeMail: boolean): Media {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return "gzip";
  if (isZip(bytes)) return "zip";
  const start = textStart(bytes);
  const first = bytes[start];
  if (first === undefined) return "empty";
  if (first === 0x7b || first === 0x5b) return "json";
  if (first === 0x3c) return "xml";
  return mayBeMail && mailStart(bytes) !== null ? "mail" : "other";
}

/** True for a local file header or the end record of an empty archive. */
function isZip(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return false;
  return (bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6);
}

/** Offset of the first byte after a byte order mark and white space. */
function textStart(bytes: Uint8Array): number {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

/**
 * Offset at which a mail's header begins, after blank lines and an mbox separator; null when the
 * bytes do not look like a mail.
 */
export function mailStart(bytes: Uint8Array): number | null {
  let at = 0;
  while (bytes[at] === LINE_FEED || bytes[at] === CARRIAGE_RETURN) at++;
  const head = bufferOf(bytes).toString(
    "latin1",
    at,
    Math.min(bytes.length, at + BOUNDS.textHeadBytesMax),
  );
  const separator = MBOX_LINE.exec(head)?.[0].length ?? 0;
  return HEADER_LINE.test(head.slice(separator)) ? at + separator : null;
}

/** True for the XML of a DMARC aggregate report (RFC 7489 appendix C). */
export function isDmarcXml(bytes: Uint8Array): boolean {
  const head = bufferOf(bytes).toString("latin1", 0, BOUNDS.textHeadBytesMax);
  return /<(?:[A-Za-z0-9]+:)?feedback[\s>]/.test(head);
}

/** 1 for each byte of the base64 alphabet (RFC 4648 section 4). */
const BASE64_BYTES = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9+/]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** Whether bytes are base64 with white space anywhere and padding at its end; it looks once. */
function isBase64(bytes: Uint8Array): boolean {
  let end = bytes.length;
  while (end > 0 && isSpace(bytes[end - 1])) end--;
  for (let padding = 0; padding < 2 && bytes[end - 1] === 0x3d; padding++) end--;
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (BASE64_BYTES[byte] === 0 && !isSpace(byte)) return false;
  }
  return end > 0;
}

/**
 * Bytes behind base64 text that lacks its Content-Transfer-Encoding, or null when the bytes are
 * not base64 or hide nothing that could be a report.
 */
export function unlabelledBase64(bytes: Uint8Array): Buffer | null {
  const head = bufferOf(bytes).toString("latin1", 0, BOUNDS.textHeadBytesMax).trimStart();
  // How gzip, zip, "{" and a byte order mark begin in base64.
  if (!/^(?:H4sI|UEsD|e[w-z0-9+/]|77u\/)/.test(head)) return null;
  if (!isBase64(bytes)) return null;
  const decoded = Buffer.from(bufferOf(bytes).toString("latin1"), "base64");
  const media = sniff(decoded, false);
  return media === "gzip" || media === "zip" || media === "json" ? decoded : null;
}
