// The DNS record that asks for TLS reports about a domain (RFC 8460 section 3), in the forms in which it
// is published: as a line of a zone file, and as the fields of a provider's form. Pure.

import { normalizeAddress } from "../core/directory/directory.ts";
import { isDomainName } from "../core/dns/name.ts";
import { printRecord } from "../core/tlsrpt/record.ts";
import { ruaUri } from "../core/tlsrpt/record-uri.ts";

/** A record to publish. */
export interface DnsRecord {
  /** The whole name with the root's dot. */
  owner: string;
  /** The same without that dot, as most forms of providers take it. */
  name: string;
  type: "TXT" | "MX";
  /** What the record says, without the quotes of a zone file. */
  value: string;
  ttlSeconds: number;
}

/** An hour: a mistake is mended soon, and senders ask once a day anyway. */
const TTL_SECONDS = 3_600;
const LABELS = "_smtp._tls";
/** RFC 1035 section 3.3: a character-string has 255 octets at most; readers join them without spaces. */
const STRING_CHARS_MAX = 255;

/**
 * The record for a domain; null when the name with its two labels is too long, or no name, or when nobody
 * can report to the target.
 * @param domain in normal form
 * @param target mail address or https URL
 */
export function reportRecord(domain: string, target: string): DnsRecord | null {
  const uri = ruaUri(target);
  const name = `${LABELS}.${domain}`;
  if (uri === null || !isDomainName(domain) || !isDomainName(name)) return null;
  const value = printRecord({ rua: [uri], extensions: [] });
  return { owner: `${name}.`, name, type: "TXT", value, ttlSeconds: TTL_SECONDS };
}

/**
 * The record that brings mail for an address to a host; null for what is no address.
 * @param host a name, or words in its place when it is not known
 */
export function mailRecord(address: string, host: string): DnsRecord | null {
  const name = normalizeAddress(address).split("@").at(-1) ?? "";
  if (name === "") return null;
  const value = `10 ${host}.`;
  return { owner: `${name}.`, name, type: "MX", value, ttlSeconds: TTL_SECONDS };
}

/** The record as a line of a zone file (RFC 1035 section 5.1). */
export function zoneLine({ owner, ttlSeconds, type, value }: DnsRecord): string {
  const text = type === "TXT" ? quoted(value) : value;
  return `${owner} ${ttlSeconds} IN ${type} ${text}`;
}

function quoted(value: string): string {
  const strings: string[] = [];
  for (let at = 0; at < value.length; at += STRING_CHARS_MAX) {
    strings.push(value.slice(at, at + STRING_CHARS_MAX));
  }
  return strings.map((text) => `"${text.replace(/["\\]/g, "\\$&")}"`).join(" ");
}
