// A mail as its leaf parts with decoded bytes, through mailparser and nothing else. The event-based
// parser is used, with every leaf taken as bytes: a report in a text part must not be re-coded, and
// nothing here needs HTML or text conversions.

import { type AttachmentStream, type Headers, MailParser, type MessageText } from "mailparser";
import { BOUNDS } from "../core/bounds.ts";
import { cutText } from "../core/text.ts";
import { type Failure, tooLarge } from "./inflate.ts";
import { checkMailBounds } from "./mail-bounds.ts";
import { mailStart } from "./media.ts";

/** What the header of a mail says, as text; "" where it says nothing. */
export interface MailHeader {
  subject: string;
  messageId: string;
  from: string;
  autoSubmitted: string;
  /** TLS-Report-Domain and TLS-Report-Submitter (RFC 8460 section 5.3). */
  reportDomain: string;
  submitter: string;
  /** Content-Type without parameters, lower case. */
  contentType: string;
  /** Parameter report-type of multipart/report (RFC 6522), lower case. */
  reportType: string;
}

/** One leaf of the MIME tree. */
export interface MailPart {
  /** IMAP part number, "" when the whole mail is one leaf. */
  number: string;
  /** Declared Content-Type without parameters, lower case; "" when there is none. */
  contentType: string;
  /** Declared name, RFC 2231 and RFC 2047 resolved; "" without one. A label, never a path. */
  fileName: string;
  /** Declared Content-Transfer-Encoding, lower case. */
  transferEncoding: string;
  bytes: Buffer;
}

/** `misnamed` when a header of it or of its parts says "ContentType:" for "Content-Type:". */
export type Mail = { ok: true; header: MailHeader; parts: MailPart[]; misnamed: boolean } | Failure;

// mailsplit under mailparser takes these; they hold where mail-bounds.ts was outwitted.
const OPTIONS = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  keepDeliveryStatus: true,
  checksumAlgo: "md5",
  ignoreEmbedded: true,
  maxHeadSize: BOUNDS.mailHeaderBytesMax,
  maxChildNodes: BOUNDS.mailPartsMax + 1,
};

/**
 * Reads one mail. Parts of type message/rfc822 are leaves, to be read as mails of their own.
 * @param bytesMax most decoded bytes of all parts together; more is "decoded-too-large"
 */
export async function readMail(source: Buffer, bytesMax: number): Promise<Mail> {
  const bytes = source.subarray(mailStart(source) ?? 0);
  const bounds = checkMailBounds(bytes);
  if (!bounds.ok) return bounds;
  try {
    const { headerEnd, misnamed } = bounds;
    const body = renameContentType(bytes, headerEnd, misnamed);
    const needed = Buffer.concat([neededHeader(bytes.subarray(0, headerEnd)), ...body]);
    const mail = await parse(needed, bytesMax);
    return mail.ok ? { ...mail, misnamed: misnamed.length > 0 } : mail;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/header size/.test(message)) return { ok: false, reason: "mail-header-too-large", message };
    if (/child nodes/.test(message)) return { ok: false, reason: "mail-too-many-parts", message };
    throw error;
  }
}

const NEEDED =
  /^(?:content-?[a-z-]+|mime-version|subject|from|message-id|auto-submitted|tls-report-[a-z-]+)[ \t]*:/i;

/**
 * The fields of a header block that we look at. mailparser would work through every address and
 * signature of the others, which is most of its time, and each is one more way in for an attacker.
 */
function neededHeader(block: Buffer): Buffer {
  let needed = false;
  const kept: string[] = [];
  for (const line of block.toString("latin1").split("\n")) {
    if (!line.startsWith(" ") && !line.startsWith("\t")) needed = NEEDED.test(line);
    if (needed) kept.push(line.replace(MISNAMED, "Content-Type:"));
  }
  return Buffer.from(kept.map((line) => `${line}\n`).join(""), "latin1");
}

/** Trustwave's gateway writes "ContentType:" for "Content-Type:"; no MIME parser knows it. */
const MISNAMED = /^ContentType[ \t]*:/i;

/** The bytes after the mail's own header, with the hyphens put in where they lack. */
function renameContentType(bytes: Buffer, headerEnd: number, offsets: number[]): Buffer[] {
  const pieces: Buffer[] = [];
  const hyphen = Buffer.from("-");
  let from = headerEnd;
  for (const offset of offsets) {
    if (offset < headerEnd) continue;
    pieces.push(bytes.subarray(from, offset + "Content".length), hyphen);
    from = offset + "Content".length;
  }
  return [...pieces, bytes.subarray(from)];
}

type Parsed = { ok: true; header: MailHeader; parts: MailPart[] } | Failure;

function parse(bytes: Buffer, bytesMax: number): Promise<Parsed> {
  return new Promise((resolve, reject) => {
    const parser = new MailParser(OPTIONS);
    // mailparser turns the types of this list into text; a test fails when it no longer reads it.
    Object.assign(parser, { textTypes: [] });
    const parts: MailPart[] = [];
    let header = headerOf(new Map());
    let left = bytesMax;
    parser.on("headers", (headers: Headers) => {
      header = headerOf(headers);
    });
    parser.on("data", (part: AttachmentStream | MessageText) => {
      if (part.type !== "attachment") return;
      const pieces: Buffer[] = [];
      part.content.on("data", (piece: Buffer) => {
        left -= piece.length;
        if (left >= 0) return pieces.push(piece);
        resolve(tooLarge(bytesMax));
        return parser.destroy();
      });
      part.content.on("error", reject);
      part.content.on("end", () => {
        parts.push(partOf(part, Buffer.concat(pieces)));
        part.release();
      });
    });
    parser.on("error", reject);
    parser.on("end", () => resolve({ ok: true, header, parts }));
    parser.end(bytes);
  });
}

function headerOf(headers: Headers): MailHeader {
  return {
    subject: text(headers, "subject"),
    messageId: text(headers, "message-id"),
    from: text(headers, "from"),
    autoSubmitted: text(headers, "auto-submitted").toLowerCase(),
    reportDomain: text(headers, "tls-report-domain"),
    submitter: text(headers, "tls-report-submitter"),
    contentType: text(headers, "content-type").toLowerCase(),
    reportType: parameter(headers, "content-type", "report-type").toLowerCase(),
  };
}

function partOf(part: AttachmentStream, bytes: Buffer): MailPart {
  return {
    number: part.partId ?? "",
    contentType: text(part.headers, "content-type").toLowerCase(),
    fileName: cut(part.filename ?? ""),
    transferEncoding: text(part.headers, "content-transfer-encoding").toLowerCase(),
    bytes,
  };
}

/** A header as text: mailparser gives text, a structure with `value` or `text`, or a list of them. */
function text(headers: Headers, name: string): string {
  const all: unknown = headers.get(name);
  const first: unknown = Array.isArray(all) ? all[0] : all;
  if (typeof first === "string") return cut(first.trim());
  if (typeof first !== "object" || first === null) return "";
  const value = "text" in first ? first.text : "value" in first ? first.value : "";
  return typeof value === "string" ? cut(value.trim()) : "";
}

function parameter(headers: Headers, name: string, key: string): string {
  const header: unknown = headers.get(name);
  if (typeof header !== "object" || header === null || !("params" in header)) return "";
  const value: unknown = Object.entries(header.params ?? {}).find(([has]) => has === key)?.[1];
  return typeof value === "string" ? cut(value) : "";
}

function cut(value: string): string {
  return cutText(value, BOUNDS.textCharsMax);
}
