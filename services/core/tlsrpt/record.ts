// The TXT record at _smtp._tls.<domain> that asks for TLS reports (RFC 8460 section 3): parse and
// print, with a name for everything that can be wrong with one. Nothing here asks the DNS.

import { BOUNDS } from "../bounds.ts";
import { cutText } from "../text.ts";
import { RECORD_FAULTS, type RecordFault, type RecordFaultCode } from "./record-faults.ts";
import { parseRuaUri, type RuaUri } from "./record-uri.ts";

/** What a record says. */
export interface TlsrptRecord {
  /** All URIs of all rua fields, in order: one or more. */
  rua: RuaUri[];
  /** Fields that RFC 8460 does not know; they SHALL be ignored (section 3) and are kept as sent. */
  extensions: { name: string; value: string }[];
}

/** A record that senders can use, with what they may stumble over; or everything wrong with it. */
export type RecordResult =
  | { ok: true; record: TlsrptRecord; warnings: RecordFault[] }
  | { ok: false; faults: RecordFault[] };

/** The same for all TXT answers of one name; `index` is the answer that counts, -1 without one. */
export type AnswersResult = RecordResult & { index: number };

const VERSION = "v=TLSRPTv1";

/** The literal start by which senders sort TXT answers (RFC 8460 section 3). */
const DISCARD_PREFIX = "v=TLSRPTv1;";

/** The same start by the grammar, which has white space before the delimiter. */
const GRAMMAR_PREFIX = /^v=TLSRPTv1[ \t]*;/;

/** Text that was meant to be a TLSRPT record, whatever is wrong with it. */
const MEANT = /^[\s"']*v\s*=\s*tls-?rpt/i;

/** tlsrpt-ext-name and tlsrpt-ext-value of RFC 8460 section 3. */
const EXTENSION_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/;
const EXTENSION_VALUE = /^[\x21-\x3a\x3c\x3e-\x7e]+$/;

/**
 * Judges all TXT answers at `_smtp._tls.<domain>` together. Answers that do not begin with
 * `v=TLSRPTv1;` are discarded, and exactly one must be left (RFC 8460 section 3). The grammar
 * of the same section allows white space before that `;`: such a record is used here when no other
 * is left, with a warning, since a sender may go by either reading.
 * @param texts the answers, the character-strings of each already joined without spaces (section 3)
 */
export function parseRecord(texts: string[]): AnswersResult {
  const literal = indexesOf(texts, (text) => text.startsWith(DISCARD_PREFIX));
  const left = literal.length > 0 ? literal : indexesOf(texts, (text) => GRAMMAR_PREFIX.test(text));
  const index = left[0];
  if (index === undefined) return noRecord(texts);
  if (left.length > 1) {
    const faults = left.slice(1).map((at) => fault("record-repeated", 0, texts[at] ?? ""));
    return { ok: false, faults, index };
  }
  return { ...parseTlsrptRecord(texts[index] ?? ""), index };
}

/**
 * Parses the text of one record. Every fault has the offset at which it was found, in UTF-16 units.
 * A record that extends the grammar by unknown fields is valid (RFC 8460 section 3).
 */
export function parseTlsrptRecord(text: string): RecordResult {
  if (text.length > BOUNDS.recordCharsMax) {
    return { ok: false, faults: [fault("record-too-long", BOUNDS.recordCharsMax, "")] };
  }
  if (!text.startsWith(VERSION)) return { ok: false, faults: [fault("version-wrong", 0, text)] };
  const rest = text.slice(VERSION.length);
  if (rest !== "" && !/^[ \t]*;/.test(rest)) {
    return { ok: false, faults: [fault("version-wrong", 0, text)] };
  }
  const found: RecordFault[] = [];
  const record: TlsrptRecord = { rua: [], extensions: [] };
  if (/^[ \t]/.test(rest)) found.push(fault("space-after-version", VERSION.length, rest));
  readFields(text, record, found);
  const faults = found.filter((one) => RECORD_FAULTS[one.code].severity === "error");
  return faults.length > 0 ? { ok: false, faults: found } : { ok: true, record, warnings: found };
}

/**
 * Prints a record in the form that every sender reads: one rua field, first, no optional space but
 * one after each delimiter. `parseTlsrptRecord` gives the same record back.
 */
export function printRecord(record: TlsrptRecord): string {
  const rua = `rua=${record.rua.map((one) => one.uri).join(",")}`;
  const extensions = record.extensions.map((one) => `${one.name}=${one.value}`);
  return [VERSION, rua, ...extensions].join("; ");
}

/** Reads `1*(field-delim tlsrpt-field) [field-delim]`; the version has been read. */
function readFields(text: string, record: TlsrptRecord, found: RecordFault[]): void {
  const pieces = text.split(";");
  let offset = (pieces[0] ?? "").length + 1;
  let ruaFields = 0;
  for (let i = 1; i < pieces.length; i++) {
    const piece = pieces[i] ?? "";
    const last = i === pieces.length - 1;
    const field = piece.replace(/^[ \t]+/, "");
    const at = offset + piece.length - field.length;
    offset += piece.length + 1;
    if (last && field === "") break; // the delimiter at the end, and white space of it
    if (last && /[ \t]$/.test(field)) found.push(fault("space-at-end", text.length - 1, ""));
    const trimmed = field.replace(/[ \t]+$/, "");
    if (isRua(trimmed)) ruaFields += 1;
    readField(trimmed, at, record, found);
  }
  if (ruaFields > 1) found.push(fault("rua-repeated", text.lastIndexOf("rua="), ""));
  if (ruaFields === 0) found.push(fault("rua-missing", text.length, ""));
}

/** `rua=` is case-sensitive (%s in the grammar), and so is everything before the colon of a URI. */
function isRua(field: string): boolean {
  return /^rua[ \t]*=/.test(field);
}

function readField(field: string, at: number, record: TlsrptRecord, found: RecordFault[]): void {
  const equals = field.indexOf("=");
  if (field === "") found.push(fault("field-empty", at, ""));
  else if (equals < 0) found.push(fault("field-malformed", at, field));
  else if (/[ \t]$/.test(field.slice(0, equals)) || /^[ \t]/.test(field.slice(equals + 1))) {
    found.push(fault("space-around-equals", at + equals, field));
  } else if (isRua(field)) readUris(field.slice(equals + 1), at + equals + 1, record, found);
  else readExtension(field, equals, at, record, found);
}

/** tlsrpt-rua: URIs separated by a comma with optional white space around it. */
function readUris(list: string, at: number, record: TlsrptRecord, found: RecordFault[]): void {
  let offset = at;
  for (const piece of list.split(",")) {
    const lead = piece.length - piece.replace(/^[ \t]+/, "").length;
    const result = parseRuaUri(piece.replace(/^[ \t]+|[ \t]+$/g, ""));
    if (result.uri !== null) record.rua.push(result.uri);
    for (const one of result.faults) found.push({ ...one, offset: one.offset + offset + lead });
    offset += piece.length + 1;
  }
}

function readExtension(
  field: string,
  equals: number,
  at: number,
  record: TlsrptRecord,
  found: RecordFault[],
): void {
  const name = field.slice(0, equals);
  const value = field.slice(equals + 1);
  if (!EXTENSION_NAME.test(name)) found.push(fault("field-malformed", at, field));
  else if (!EXTENSION_VALUE.test(value)) {
    found.push(fault("field-malformed", at + equals + 1, field));
  } else {
    // RUA= is grammatical, as an extension that everybody ignores: surely not what was meant.
    if (name.toLowerCase() === "rua") found.push(fault("rua-case", at, name));
    record.extensions.push({ name, value });
  }
}

function noRecord(texts: string[]): AnswersResult {
  const index = texts.findIndex((text) => MEANT.test(text));
  if (index < 0) return { ok: false, faults: [fault("record-missing", 0, "")], index };
  const result = parseTlsrptRecord(texts[index] ?? "");
  const faults = result.ok ? [fault("version-wrong", 0, texts[index] ?? "")] : result.faults;
  return { ok: false, faults, index };
}

function indexesOf(texts: string[], test: (text: string) => boolean): number[] {
  return texts.flatMap((text, index) => (test(text) ? [index] : []));
}

function fault(code: RecordFaultCode, offset: number, value: string): RecordFault {
  return { code, offset, value: cutText(value, BOUNDS.faultCharsMax) };
}
