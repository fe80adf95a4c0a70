// Reads the header that a proxy sends ahead of a connection to name the client: the PROXY protocol,
// version 1 (a line of text) and 2 (binary), as HAProxy's specification of it has them.

import { BOUNDS } from "../bounds.ts";
import { canonicalIp } from "../tlsrpt/ip.ts";

export type ProxyHeaderReading =
  /** More bytes are needed. */
  | { state: "more" }
  | { state: "bad"; why: string }
  /** `source` is null when the proxy speaks for itself, as in a health check. */
  | { state: "ok"; bytes: number; source: string | null };

/** CR LF CR LF NUL CR LF "QUIT" LF: what no text protocol begins with. */
const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const PREFIX = [0x50, 0x52, 0x4f, 0x58, 0x59, 0x20];
/** "PROXY TCP6" with two addresses and ports at their longest, CR LF included. */
const LINE_BYTES_MAX = 107;
const FIXED_BYTES = 16;
const CR = 0x0d;
const LF = 0x0a;

/** Reads what has come so far; never looks behind the header. */
export function readProxyHeader(bytes: Uint8Array): ProxyHeaderReading {
  if (bytes.length === 0) return { state: "more" };
  if (bytes[0] === SIGNATURE[0]) return readBinary(bytes);
  return beginsWith(bytes, PREFIX) ? readLine(bytes) : bad("no PROXY header");
}

function readLine(bytes: Uint8Array): ProxyHeaderReading {
  const end = bytes.indexOf(LF);
  if (end === -1) {
    return bytes.length >= LINE_BYTES_MAX
      ? bad("a PROXY line that is too long")
      : { state: "more" };
  }
  if (end >= LINE_BYTES_MAX) return bad("a PROXY line that is too long");
  if (bytes[end - 1] !== CR) return bad("a PROXY line without CR LF");
  const line = String.fromCharCode(...bytes.subarray(0, end - 1));
  if (/^PROXY UNKNOWN(?: |$)/.test(line)) return { state: "ok", bytes: end + 1, source: null };
  const match = /^PROXY TCP([46]) (\S+) (\S+) (\d{1,5}) (\d{1,5})$/.exec(line);
  if (match === null) return bad("a PROXY line of another form");
  const [, version, from = "", to = "", ...ports] = match;
  if (ports.some((port) => Number(port) > 65_535)) return bad("a port that is none");
  const source = canonicalIp(from);
  const written = from.includes(":") ? "6" : "4";
  if (source === "" || canonicalIp(to) === "" || written !== version) {
    return bad("an address that is none");
  }
  return { state: "ok", bytes: end + 1, source };
}

/** Version 2: signature, version and command, family, length, addresses, extras that are skipped. */
function readBinary(bytes: Uint8Array): ProxyHeaderReading {
  if (!beginsWith(bytes, SIGNATURE)) return bad("no PROXY header");
  if (bytes.length < FIXED_BYTES) return { state: "more" };
  const [version = 0, family = 0, high = 0, low = 0] = bytes.subarray(12, FIXED_BYTES);
  if (version !== 0x20 && version !== 0x21) return bad("an unknown version or command");
  const length = FIXED_BYTES + high * 256 + low;
  if (length > BOUNDS.proxyHeaderBytesMax) return bad("a PROXY header that is too long");
  if (bytes.length < length) return { state: "more" };
  const addresses = bytes.subarray(FIXED_BYTES, length);
  // LOCAL: the proxy itself asks. UNSPEC and sockets of files name no address.
  if (version === 0x20) return { state: "ok", bytes: length, source: null };
  if (family === 0x11) {
    if (addresses.length < 12) return bad("an address that is cut");
    return { state: "ok", bytes: length, source: addresses.subarray(0, 4).join(".") };
  }
  if (family === 0x21) {
    if (addresses.length < 36) return bad("an address that is cut");
    return { state: "ok", bytes: length, source: ipv6Of(addresses.subarray(0, 16)) };
  }
  return { state: "ok", bytes: length, source: null };
}

function ipv6Of(octets: Uint8Array): string {
  const groups: string[] = [];
  for (let at = 0; at < octets.length; at += 2) {
    groups.push(((octets[at] ?? 0) * 256 + (octets[at + 1] ?? 0)).toString(16));
  }
  return canonicalIp(groups.join(":"));
}

/** True while nothing contradicts, also when fewer bytes than expected are there. */
function beginsWith(bytes: Uint8Array, expected: readonly number[]): boolean {
  return expected.every((byte, at) => at >= bytes.length || bytes[at] === byte);
}

function bad(why: string): ProxyHeaderReading {
  return { state: "bad", why };
}
