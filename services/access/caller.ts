// Who asks, and what they may see and do. Every way in (token, log-in, proxy, the machine itself) ends in
// one of these, and nothing behind it asks how it came to be.

import type { AccessScope } from "../core/scopes.ts";

export { type AccessScope, SCOPES } from "../core/scopes.ts";

export interface Caller {
  /** For people and logs: the name of a token, a person's name at the provider, "this machine". */
  name: string;
  /** Tells callers of one name apart, for limits: the id of a token. */
  id?: string;
  kind: "machine" | "token" | "session" | "proxy" | "anybody";
  /** Tenants whose rows the caller sees (invariant 7). */
  tenants: readonly string[] | "all";
  scopes: readonly AccessScope[];
}

/** True when the caller may do what the scope stands for. */
export function may(caller: Caller, scope: AccessScope): boolean {
  return caller.scopes.includes("admin") || caller.scopes.includes(scope);
}
