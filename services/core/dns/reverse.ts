// The name under which DNS has the names of an IP address. Nothing here asks the DNS.

import { ipv6Groups, isIpv4 } from "../tlsrpt/ip.ts";

/**
 * The owner of the PTR records of an address: RFC 1035 section 3.5 for IPv4, RFC 3596 section 2.5 for
 * IPv6; "" for text that is no address.
 */
export function reverseName(address: string): string {
  if (isIpv4(address)) return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
  const groups = ipv6Groups(address);
  if (groups === null) return "";
  const digits = groups.map((group) => group.toString(16).padStart(4, "0")).join("");
  return `${[...digits].reverse().join(".")}.ip6.arpa`;
}
