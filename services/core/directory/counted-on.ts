// On which domain the rows of a policy are counted, once the tenant of its report is known. A sender may
// list one session under tlsa by the MX host and under sts by the domain, and only rows of one domain
// are known not to be added up (RFC 8460 section 4): so both must be counted on one domain.

import type { PolicyEvidence } from "./attribute.ts";
import { type Directory, ownersOfMx } from "./directory.ts";

/** What is known of the report as a whole. */
export interface ReportOwner {
  directory: Directory;
  tenant: string;
  /** The domain of the tenant that the message names, "" for none. */
  named: string;
  /** The domain that the message names, of whomever, "" for none. */
  hint: string;
}

/**
 * The domain of each policy, in the order of the policies; their order makes no difference.
 * - A configured domain or alias of the tenant: the domain.
 * - An MX host of domains of the tenant: of these the one that the other policies name, else the one
 *   that the message names, else the first by name.
 * - Another name under tlsa, which is an MX host that nobody told us of: the domain that the other
 *   policies name, if they name one; else the one that the message names.
 * - Every other name as sent, also a domain of another tenant: what is sent to an address of one tenant
 *   is that tenant's to see.
 */
export function countedOn(of: ReportOwner, policies: readonly PolicyEvidence[]): string[] {
  const others = new Set(
    policies
      .filter(({ domain, type }) => domain !== "" && type !== "tlsa")
      .map(({ domain }) => plainDomain(of, domain)),
  );
  const [only = ""] = others;
  const named = others.size === 1 ? only : of.named;
  return policies.map(({ domain, type }) => {
    if (domain === "") return named || of.hint;
    return type === "tlsa" ? hostDomain(of, domain, named, others) : plainDomain(of, domain);
  });
}

function plainDomain(of: ReportOwner, name: string): string {
  const owner = of.directory.domains.get(name);
  if (owner !== undefined) return owner.tenant === of.tenant ? owner.domain : name;
  const sharing = ownersOfMx(of.directory, name).get(of.tenant);
  if (sharing === undefined) return name;
  return sharing.domains.has(of.named) ? of.named : sharing.first;
}

/** A domain may be its own MX host, or that of another domain. */
function hostDomain(
  of: ReportOwner,
  host: string,
  named: string,
  others: ReadonlySet<string>,
): string {
  const owner = of.directory.domains.get(host);
  const own = owner?.tenant === of.tenant ? owner.domain : "";
  const sharing = ownersOfMx(of.directory, host).get(of.tenant);
  const has = (domain: string) => domain === own || sharing?.domains.has(domain) === true;
  if (named !== "" && has(named)) return named;
  const [among] = [...others].filter(has).sort();
  const known = among ?? (own || sharing?.first);
  if (known !== undefined) return known;
  return owner === undefined && named !== "" ? named : host;
}
