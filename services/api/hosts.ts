// Which names a request may ask for this server by. An API without tokens on loopback is otherwise open
// to every web page whose name its owner points at 127.0.0.1 (DNS rebinding).

import { isIPv4 } from "node:net";
import type { MiddlewareHandler } from "hono";
import { problem } from "./problem.ts";

/** Says that the process lives and nothing else, and is asked for by names of the inside. */
const EXEMPT_PATH = "/healthz";

/** True for localhost and loopback addresses, as a URL's hostname prints them. */
function isLoopbackName(name: string): boolean {
  if (name === "localhost" || name === "[::1]") return true;
  return isIPv4(name) && name.startsWith("127.");
}

/**
 * True for names that nobody can point at us from outside: addresses, and names of one label, as containers
 * have. Localhost is one of them.
 */
export function isPlainName(name: string): boolean {
  return name.startsWith("[") || isIPv4(name) || !name.replace(/\.$/, "").includes(".");
}

/** Names that requests may have as Host besides this machine's own; null lets every Host pass. */
export type Hosts = {
  /** Without port, IPv6 in brackets. */
  names: readonly string[];
  /** See isPlainName: for a listener that others reach, by addresses we do not know. */
  plain: boolean;
} | null;

/** Refuses requests whose Host is neither this machine nor one of these names, with 403. */
export function hostCheck(hosts: Hosts): MiddlewareHandler {
  const allowed = new Set(hosts?.names.map((host) => host.toLowerCase()));
  const isAllowed = (name: string) =>
    isLoopbackName(name) || allowed.has(name) || (hosts?.plain === true && isPlainName(name));
  return async (c, next) => {
    // The server makes the URL of the Host header, so that this is what was asked for.
    const { hostname } = new URL(c.req.url);
    const open = hosts === null || c.req.path === EXEMPT_PATH;
    if (open || isAllowed(hostname)) return next();
    const detail =
      `This server is not asked for as ${hostname}: ask for it as localhost, or set public.url ` +
      "to the address that it is reached at.";
    return problem(c, "foreign-host", detail);
  };
}
