// The ways in that need no log-in: a token, the machine itself, and everybody where that was said out
// loud. Log-in and the headers of a proxy have files of their own.

import type { RequestFacts, Way } from "./access.ts";
import { type Caller, SCOPES } from "./caller.ts";
import type { Tokens } from "./token-file.ts";
import { bearerOf } from "./tokens.ts";

/** Whoever sits at this machine: sees and does everything. */
export const MACHINE: Caller = {
  name: "this machine",
  kind: "machine",
  tenants: "all",
  scopes: SCOPES,
};

/** Whoever asks, with --insecure-no-auth. */
export const ANYBODY: Caller = { name: "anybody", kind: "anybody", tenants: "all", scopes: SCOPES };

/** `Authorization: Bearer`; a token that is no good is refused, whatever way would come next. */
export function tokenWay(tokens: Pick<Tokens, "check">): Way {
  return {
    async identify(facts) {
      const text = bearerOf(facts.header("authorization"));
      if (text === null) return null;
      const known = await tokens.check(text);
      return known?.caller ?? "refused";
    },
  };
}

/** Lets everything in as one caller: a command on its own store, --insecure-no-auth. */
export function everybodyWay(caller: Caller): Way {
  return { identify: async () => caller };
}

// What proxies add. A request with one of these was sent on for somebody else, and whoever that is, it
// is not this machine (RFC 7239; RFC 9110 section 7.6.3 for Via).
const FORWARDED_HEADERS = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-forwarded-server",
  "x-forwarded-user",
  "x-original-host",
  "x-real-ip",
  "x-client-ip",
  "cf-connecting-ip",
  "true-client-ip",
] as const;

/**
 * A program on this machine that asks without a token: the connection comes from a loopback address,
 * by a name of this machine, and nothing says that a proxy sent it on. To be used on a loopback
 * listener only.
 * @param mayBeProxied true for a request that a proxy on this machine may have sent on all the same
 */
export function machineWay(mayBeProxied: (facts: RequestFacts) => boolean = () => false): Way {
  return {
    async identify(facts) {
      if (!isLoopbackAddress(facts.socketPeer) || !isLoopbackAddress(facts.peer)) return null;
      if (!isLoopbackHost(facts.header("host"))) return null;
      if (FORWARDED_HEADERS.some((name) => facts.header(name) !== undefined)) return null;
      return mayBeProxied(facts) ? null : MACHINE;
    },
  };
}

/** True for 127.0.0.0/8 and ::1, as a connection's other side is printed. */
export function isLoopbackAddress(address: string): boolean {
  return address === "::1" || /^(?:::ffff:)?127(?:\.[0-9]{1,3}){3}$/i.test(address);
}

/** True for a Host that names this machine to itself; the port does not matter. */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = (host ?? "").toLowerCase().replace(/:[0-9]{1,5}$/, "");
  return name === "localhost" || name === "[::1]" || /^127(?:\.[0-9]{1,3}){3}$/.test(name);
}
