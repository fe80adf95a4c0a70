// Sessions that can be added up (invariant 5). RFC 8460 section 4 lets one session appear under
// several policies, and Microsoft lists each under tlsa and sts. So per domain the counts are added
// within a policy type, and of the types the largest is taken. The same goes for those under protection.

import type { Policy } from "./report.ts";

export interface Sessions {
  successful: number;
  failed: number;
  /** Those of both that stood under a policy that senders must hold, see isProtecting. */
  protected: number;
}

/** What a policy without sessions of its own has. */
export const NO_SESSIONS: Sessions = { successful: 0, failed: 0, protected: 0 };

/** True where TLS is demanded: DANE (RFC 7672 section 2.2), MTA-STS in mode enforce (RFC 8461 section 5). */
function isProtecting({ type, mode }: Policy): boolean {
  return type === "tlsa" || (type === "sts" && mode === "enforce");
}

/**
 * The additive sessions of each policy, in the order of the policies: those of a domain stand on its
 * first policy, the others have none.
 * @param domains effective domain of each policy
 */
export function additiveSessions(
  policies: readonly Policy[],
  domains: readonly string[],
): Sessions[] {
  const byDomain = new Map<string, { first: number; types: Map<string, Sessions> }>();
  for (const [i, policy] of policies.entries()) {
    const domain = domains[i] ?? "";
    const found = byDomain.get(domain) ?? { first: i, types: new Map<string, Sessions>() };
    byDomain.set(domain, found);
    const sum = found.types.get(policy.type) ?? NO_SESSIONS;
    const held = isProtecting(policy) ? policy.successful + policy.failed : 0;
    found.types.set(policy.type, {
      successful: sum.successful + policy.successful,
      failed: sum.failed + policy.failed,
      protected: sum.protected + held,
    });
  }
  const sessions = policies.map(() => NO_SESSIONS);
  for (const { first, types } of byDomain.values()) sessions[first] = largest(types);
  return sessions;
}

/**
 * The additive failed sessions of each failure detail, in the order of the policies and their details.
 * A session that is listed under two policy types counts once: of the types that a report lists an MX
 * and a result type under, the one with the most failed sessions counts, the earlier one of equals.
 * Summed over a report they are what its details say, at whatever grain they are added up.
 * @param domains effective domain of each policy
 */
export function countedDetails(
  policies: readonly { type: string; details: readonly CountedDetail[] }[],
  domains: readonly string[],
): number[][] {
  const types = new Set(policies.map(({ type }) => type));
  if (types.size < 2) return policies.map(({ details }) => details.map(({ failed }) => failed));
  const sums = new Map<string, Map<string, number>>();
  const keyOf = (i: number, { resultType, receivingMx }: CountedDetail) =>
    JSON.stringify([domains[i] ?? "", resultType, receivingMx]);
  for (const [i, { type, details }] of policies.entries()) {
    for (const detail of details) {
      const key = keyOf(i, detail);
      const byType = sums.get(key) ?? new Map<string, number>();
      sums.set(key, byType.set(type, (byType.get(type) ?? 0) + detail.failed));
    }
  }
  const counting = new Map([...sums].map(([key, byType]) => [key, typeOfMost(byType)]));
  return policies.map(({ type, details }, i) =>
    details.map((detail) => (counting.get(keyOf(i, detail)) === type ? detail.failed : 0)),
  );
}

interface CountedDetail {
  resultType: string;
  receivingMx: string;
  failed: number;
}

function typeOfMost(byType: ReadonlyMap<string, number>): string {
  let most: [string, number] = ["", -1];
  for (const entry of byType) if (entry[1] > most[1]) most = entry;
  return most[0];
}

/** The largest total, failures and protected; what of the total did not fail succeeded. */
function largest(types: Map<string, Sessions>): Sessions {
  let total = 0;
  let failed = 0;
  let held = 0;
  for (const sum of types.values()) {
    total = Math.max(total, sum.successful + sum.failed);
    failed = Math.max(failed, sum.failed);
    held = Math.max(held, sum.protected);
  }
  return { successful: total - failed, failed, protected: held };
}
