// The way in by a proxy that asks people who they are and says so in a header. It counts from named
// proxies only: from everybody else the header is a claim that anybody can make, and is ignored.

import { BOUNDS } from "../core/bounds.ts";
import type { GroupGrant } from "../core/group-grant.ts";
import { cleanName } from "../core/person.ts";
import type { RequestFacts, Way } from "./access.ts";
import { addGrants, groupsOf, marksOf } from "./groups.ts";

export interface ProxyHeaderOptions {
  /** Header with the person's name, such as X-Forwarded-User. */
  userHeader: string;
  /** Header with their groups, separated by commas; null: nobody has groups. */
  groupsHeader: string | null;
  grants: readonly GroupGrant[];
  /** True for the address of a named proxy. */
  isProxy(address: string): boolean;
}

/** Asks the headers of a named proxy. Whoever it names without a granted group is told so, and no more. */
export function proxyHeaderWay(options: ProxyHeaderOptions): Way {
  const { userHeader, groupsHeader, grants, isProxy } = options;
  return {
    async identify(facts) {
      const user = facts.header(userHeader)?.trim() ?? "";
      if (user === "" || !isProxy(facts.socketPeer)) return null;
      const groups = groupsHeader === null ? [] : splitGroups(facts.header(groupsHeader) ?? "");
      const granted = addGrants(marksOf(groups, grants), grants);
      const name = cleanName(user);
      if (granted !== null) return { name, kind: "proxy", ...granted };
      return { kind: "ungranted", name, wanted: groupsOf(grants), has: groups.length };
    },
  };
}

/**
 * True for a request that may stand for somebody elsewhere although it comes from this machine: it comes
 * from a named proxy, which may have left the header out, or bears the header without being one.
 */
export function mayBeProxied(
  facts: RequestFacts,
  options: Pick<ProxyHeaderOptions, "isProxy"> & { userHeader: string | null },
): boolean {
  if (options.isProxy(facts.socketPeer)) return true;
  return options.userHeader !== null && facts.header(options.userHeader) !== undefined;
}

function splitGroups(header: string): string[] {
  const groups = header.split(",", BOUNDS.groupsMax).map((group) => group.trim());
  return groups.filter((group) => group !== "");
}
