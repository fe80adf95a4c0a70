// Sessions that can be added up (invariant 5). RFC 8460 section 4 lets one session appear under
// several policies, and Microsoft lists each under tlsa and sts. So per domain the counts are added
// within a policy type, and of the types the largest is taken.

import type { Policy } from "./report.ts";

export interface Sessions {
  successful: number;
  failed: number;
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
    const sum = found.types.get(policy.type) ?? { successful: 0, failed: 0 };
    found.types.set(policy.type, {
      successful: sum.successful + policy.successful,
      failed: sum.failed + policy.failed,
    });
  }
  const sessions = policies.map(() => ({ successful: 0, failed: 0 }));
  for (const { first, types } of byDomain.values()) sessions[first] = largest(types);
  return sessions;
}

/** The largest total and the largest number of failures; what is left of the total succeeded. */
function largest(types: Map<string, Sessions>): Sessions {
  let total = 0;
  let failed = 0;
  for (const sum of types.values()) {
    total = Math.max(total, sum.successful + sum.failed);
    failed = Math.max(failed, sum.failed);
  }
  return { successful: total - failed, failed };
}
