// Which client a request comes from when a proxy passes it on (X-Forwarded-For, or Forwarded of RFC 7239).
// A header says what its last writer saw, so it is read from the right, and only as far as writers are named.

import { BOUNDS } from "../bounds.ts";
import { canonicalIp } from "../tlsrpt/ip.ts";
import { contains, type Network } from "./networks.ts";

export const PROXY_HEADERS = ["x-forwarded-for", "forwarded"] as const;
export type ProxyHeader = (typeof PROXY_HEADERS)[number];

export interface ProxySettings {
  /** Peers that are believed. */
  proxies: readonly Network[];
  header: ProxyHeader;
}

/** A request as the connection has it. */
export interface Received {
  /** Address of the other side of the connection. */
  peer: string;
  /** True when the connection itself is encrypted. */
  encrypted: boolean;
  header(name: string): string | undefined;
}

export interface Client {
  /** The right-most address that is no proxy; the peer where the header is missing or malformed. */
  address: string;
  /** The client reached us, or a named proxy, by TLS. */
  secure: boolean;
}

/** Finds the client of a request; headers of peers that are no named proxies are not looked at. */
export function clientOf(received: Received, settings: ProxySettings): Client {
  const { peer, encrypted } = received;
  if (!contains(settings.proxies, peer)) return { address: peer, secure: encrypted };
  const elements = listOf(received.header(settings.header));
  const named = settings.header === "forwarded" ? elements.map(forwardedFor) : elements;
  const address = rightMost(named, settings.proxies) ?? peer;
  const proto =
    settings.header === "forwarded"
      ? parameter(elements.at(-1) ?? "", "proto")
      : listOf(received.header("x-forwarded-proto")).at(-1);
  return { address, secure: proto === undefined ? encrypted : proto.toLowerCase() === "https" };
}

/** Null when an element is met that is no address before one that is no proxy. */
function rightMost(named: readonly string[], proxies: readonly Network[]): string | null {
  let last: string | null = null;
  for (const element of named.slice(-BOUNDS.forwardedAddressesMax).reverse()) {
    const address = canonicalIp(withoutPort(element));
    if (address === "") return null;
    last = address;
    if (!contains(proxies, address)) return address;
  }
  return last;
}

function listOf(header: string | undefined): string[] {
  if (header === undefined || header.trim() === "") return [];
  return header.split(",").map((element) => element.trim());
}

function forwardedFor(element: string): string {
  return parameter(element, "for") ?? "";
}

/** One parameter of an element of Forwarded, without its quotes (RFC 7239 section 4). */
function parameter(element: string, name: string): string | undefined {
  for (const pair of element.split(";")) {
    const [key = "", value = ""] = pair.split("=", 2).map((text) => text.trim());
    if (key.toLowerCase() === name) return value.replace(/^"(.*)"$/, "$1");
  }
  return undefined;
}

/** Some proxies add the port: 192.0.2.1:4711, [2001:db8::1]:4711 (RFC 7239 section 6). */
function withoutPort(element: string): string {
  const match = /^(?:\[([^\]]*)\]|([0-9.]+))(?::[0-9]{1,5})?$/.exec(element);
  return match?.[1] ?? match?.[2] ?? element;
}
