// One URI of the rua field (RFC 8460 section 3): mailto (RFC 6068) or https, with commas,
// exclamation marks and semicolons percent-encoded.

import { BOUNDS } from "../bounds.ts";
import { isDomainName, normalizeDomain } from "../dns/name.ts";
import { cutText } from "../text.ts";
import type { RecordFault, RecordFaultCode } from "./record-faults.ts";

export interface RuaUri {
  scheme: "mailto" | "https";
  /** As in the record. */
  uri: string;
  /** The mail address, percent-decoded, its domain in normal form; or the https URL. */
  target: string;
}

/** A URI or null, and what is wrong with it; offsets count from its first character. */
export interface RuaUriResult {
  uri: RuaUri | null;
  faults: RecordFault[];
}

/** RFC 3986 section 2: unreserved, reserved without "!", ",", ";" (RFC 8460), percent-encoded. */
const URI_TEXT = /^(?:[A-Za-z0-9._~:/?#[\]@$&'()*+=-]|%[0-9A-Fa-f]{2})*/;

/** RFC 5321 section 4.1.2: Dot-string (without the characters of RFC 6531) or Quoted-string. */
const DOT_STRING = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const QUOTED_STRING = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"$/;

/**
 * Parses one URI of the list. Only mailto and https are known (RFC 8460 section 3); the scheme's
 * letters may be of any size (RFC 3986 section 3.1), which is warned of.
 */
export function parseRuaUri(text: string): RuaUriResult {
  if (text === "") return refused("uri-empty", 0, "");
  const colon = text.indexOf(":");
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  if (scheme !== "mailto" && scheme !== "https") return refused("uri-scheme", 0, text);
  const matched = (URI_TEXT.exec(text)?.[0] ?? "").length;
  if (matched < text.length) {
    const code = text[matched] === "!" ? "uri-exclamation" : "uri-malformed";
    return refused(code, matched, text);
  }
  const faults = text.startsWith(scheme) ? [] : [fault("uri-scheme-case", 0, text)];
  const rest = text.slice(colon + 1);
  return scheme === "mailto" ? mailto(text, rest, faults) : https(text, faults);
}

/**
 * The rua URI for a mail address or an https URL, encoded as RFC 8460 section 3 asks; null when the
 * text is neither.
 */
export function ruaUri(target: string): RuaUri | null {
  const isUrl = /^https:\/\//i.test(target);
  const text = isUrl ? target : `mailto:${encodeAddress(target)}`;
  return parseRuaUri(text.replace(/[!,;]/g, encode)).uri;
}

function mailto(text: string, rest: string, faults: RecordFault[]): RuaUriResult {
  const end = rest.search(/[?#]/);
  const encoded = end < 0 ? rest : rest.slice(0, end);
  const address = decodeAddress(encoded);
  if (address === "") return refused("address-malformed", "mailto:".length, encoded);
  if (end >= 0) faults.push(fault("mailto-fields", "mailto:".length + end, rest.slice(end)));
  return { uri: { scheme: "mailto", uri: text, target: address }, faults };
}

function https(text: string, faults: RecordFault[]): RuaUriResult {
  const authority = /^https:\/\/([^/?#]+)/i.exec(text)?.[1] ?? "";
  if (authority === "" || !URL.canParse(text)) {
    return refused("url-malformed", "https:".length, text);
  }
  return { uri: { scheme: "https", uri: text, target: text }, faults };
}

/** The addr-spec with its domain in normal form, "" when it is none. */
function decodeAddress(encoded: string): string {
  const address = decodePercent(encoded);
  const at = address.lastIndexOf("@");
  const local = address.slice(0, Math.max(at, 0));
  const domain = normalizeDomain(address.slice(at + 1));
  if (!DOT_STRING.test(local) && !QUOTED_STRING.test(local)) return "";
  return isDomainName(domain) ? `${local}@${domain}` : "";
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return ""; // percent-encoded bytes that are not UTF-8
  }
}

/** RFC 6068 section 2: everything but unreserved characters and the "@" is encoded. */
function encodeAddress(address: string): string {
  if (/\p{Surrogate}/u.test(address)) return ""; // half a character cannot be encoded
  return encodeURIComponent(address)
    .replace(/%40/g, "@")
    .replace(/[!'()*]/g, encode);
}

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function refused(code: RecordFaultCode, offset: number, value: string): RuaUriResult {
  return { uri: null, faults: [fault(code, offset, value)] };
}

function fault(code: RecordFaultCode, offset: number, value: string): RecordFault {
  return { code, offset, value: cutText(value, BOUNDS.faultCharsMax) };
}
