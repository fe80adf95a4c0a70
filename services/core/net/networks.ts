// IP networks as an operator names them (192.0.2.0/24, 2001:db8::/32, one address), and whether an address
// is in one of them. Every address is eight groups of 16 bits, IPv4 as IPv4-mapped IPv6.

import { canonicalIp, ipv6Groups, isIpv4 } from "../tlsrpt/ip.ts";

/** One network. */
export interface Network {
  /** As the program prints it: canonical address (RFC 5952), and the prefix where it is not one address. */
  text: string;
  groups: readonly number[];
  /** Bits of the eight groups that count: those of an IPv4 prefix and 96. */
  bits: number;
}

const BITS = 128;
const GROUP_BITS = 16;
/** Bits in front of an IPv4 address in its mapped form (RFC 4291 section 2.5.5.2). */
const MAPPED_BITS = 96;
/** A customer's whole network; single addresses in it cost nothing (RFC 6177). */
const IPV6_LIMIT_BITS = 64;
/** What one site has at most (RFC 6177 section 2): 65,536 such networks. */
const IPV6_SITE_BITS = 48;

/** Reads an address or CIDR (RFC 4632); bits behind the prefix do not count. Null when it is neither. */
export function parseNetwork(text: string): Network | null {
  const match = /^([^/]+)(?:\/([0-9]{1,3}))?$/.exec(text);
  const address = match?.[1] ?? "";
  const groups = groupsOf(address);
  if (groups === null) return null;
  const ahead = address.includes(":") ? 0 : MAPPED_BITS;
  const prefix = match?.[2];
  const bits = prefix === undefined ? BITS : Number(prefix) + ahead;
  if (bits > BITS) return null;
  const kept = groups.map((group, at) => group & maskOf(bits, at));
  const first = printGroups(kept);
  const mapped = bits >= MAPPED_BITS && !first.includes(":");
  const shown = mapped ? bits - MAPPED_BITS : bits;
  return { text: bits === BITS ? first : `${first}/${shown}`, groups: kept, bits };
}

/**
 * Reads networks that the configuration has checked before.
 * @throws RangeError when one is no network
 */
export function parseNetworks(list: readonly string[]): Network[] {
  return list.map((text) => {
    const network = parseNetwork(text);
    if (network === null) throw new RangeError(`${text} is neither an IP address nor a network`);
    return network;
  });
}

/** True when the address is in one of the networks; what is no address is in none. */
export function contains(networks: readonly Network[], ip: string): boolean {
  if (networks.length === 0) return false;
  const groups = groupsOf(ip);
  if (groups === null) return false;
  return networks.some((network) =>
    network.groups.every((group, at) => group === ((groups[at] ?? 0) & maskOf(network.bits, at))),
  );
}

/**
 * What a limit on an address counts by: an IPv4 address as it is, the /64 of an IPv6 address, and the
 * text itself where it is no address.
 */
export function limitKey(ip: string): string {
  return prefixOf(ip, IPV6_LIMIT_BITS) ?? plainKey(ip);
}

/** The /48 of an IPv6 address, which holds many limitKeys; null for everything else. */
export function siteKey(ip: string): string | null {
  return prefixOf(ip, IPV6_SITE_BITS);
}

/** A network that an IPv6 address is in, as text; null for IPv4, mapped or not, and for no address. */
function prefixOf(ip: string, bits: number): string | null {
  const groups = ip.includes(":") ? groupsOf(ip) : null;
  if (groups === null || !printGroups(groups).includes(":")) return null;
  const kept = groups.map((group, at) => group & maskOf(bits, at));
  return `${printGroups(kept)}/${bits}`;
}

function plainKey(ip: string): string {
  const groups = ip.includes(":") ? groupsOf(ip) : null;
  return groups === null ? ip : printGroups(groups);
}

/** The eight groups of an address; a zone (RFC 4007 section 11) names an interface and is left out. */
function groupsOf(ip: string): number[] | null {
  const text = ip.replace(/%[^%/]*$/, "");
  return ipv6Groups(isIpv4(text) ? `::ffff:${text}` : text);
}

/** The bits of one group that a prefix covers. */
function maskOf(bits: number, at: number): number {
  const covered = Math.min(GROUP_BITS, Math.max(0, bits - at * GROUP_BITS));
  return (0xffff << (GROUP_BITS - covered)) & 0xffff;
}

function printGroups(groups: readonly number[]): string {
  return canonicalIp(groups.map((group) => group.toString(16)).join(":"));
}
