// Types, domain names and addresses inside a report, each brought into its one form. What cannot be
// brought there is kept as it is, with a deviation.

import type { DeviationCode } from "../deviation.ts";
import { isDomainName, isPlainName, normalizeDomain } from "../dns/name.ts";
import { type Cursor, type JsonObject, note, readText } from "./cursor.ts";
import { canonicalIp } from "./ip.ts";
import type { Names } from "./wire.ts";

/**
 * policy-type or result-type in lower case; unknown ones are kept (section 4.3: a registry).
 * @param known true for types in lower case only
 */
export function readType(
  cursor: Cursor,
  object: JsonObject,
  names: Names,
  parent: string,
  known: (type: string) => boolean,
  codes: { missing: DeviationCode; unknown: DeviationCode },
): string {
  const sent = object[names[0]];
  if (typeof sent === "string" && known(sent)) return sent;
  const text = readText(cursor, object, names, parent, codes.missing);
  const type = text.toLowerCase();
  if (type === "") return "";
  const rest = `${parent}/${names[0]}`;
  if (type !== text) note(cursor, "type-form", rest, text);
  if (!known(type)) note(cursor, codes.unknown, rest, text);
  return type;
}

/** A domain name in normal form, "" for "". @param rest JSON pointer from the cursor */
export function readDomain(cursor: Cursor, text: string, rest: string): string {
  if (text === "" || isPlainName(text)) return text;
  const name = normalizeDomain(text);
  if (name !== text && name !== text.toLowerCase()) note(cursor, "name-form", rest, text);
  if (!isDomainName(name)) note(cursor, "name-invalid", rest, text);
  return name;
}

/** "mx: mx.example.com": Stalwart sends the policy's line in place of its pattern. */
const MX_PREFIX = /^mx\s*:\s*/i;

/** One element of mx-host in normal form: a name, or a name under `*.` (RFC 8461 section 4.1). */
export function readMxPattern(cursor: Cursor, text: string, rest: string): string {
  const bare = text.replace(MX_PREFIX, "");
  if (bare !== text) note(cursor, "mx-host-prefixed", rest, text);
  if (!bare.startsWith("*.")) return readDomain(cursor, bare, rest);
  return `*.${readDomain(cursor, bare.slice(2), rest)}`;
}

/** "[192.0.2.1]", "[IPv6:2001:db8::1]", "IPv6:2001:db8::1" (RFC 5321 section 4.1.3). */
const LITERAL = /^\[?(?:IPv6:)?([0-9a-f:.]+)\]?$/i;

/** An IP address in canonical form; text that is no address is kept. */
export function readIp(cursor: Cursor, object: JsonObject, names: Names): string {
  const sent = object[names[0]];
  const plain = typeof sent === "string" ? canonicalIp(sent) : "";
  if (plain !== "") return plain;
  const text = readText(cursor, object, names, "");
  if (text === "") return "";
  const address = canonicalIp(text);
  if (address !== "") return address;
  const inside = canonicalIp(LITERAL.exec(text)?.[1] ?? "");
  note(cursor, inside === "" ? "ip-invalid" : "ip-form", `/${names[0]}`, text);
  return inside === "" ? text : inside;
}
