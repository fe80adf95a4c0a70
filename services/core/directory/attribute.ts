// Whose report it is. In this order: the address or URL key it was sent to, TLS-Report-Domain, Subject,
// file name, policy-domain. Pure: a directory and what the message says in, a tenant out. On which
// domains its policies are counted is for counted-on.ts to say.

import { BOUNDS } from "../bounds.ts";
import { cutText } from "../text.ts";
import { isBorneOut, namesAnother } from "./borne-out.ts";
import { countedOn } from "./counted-on.ts";
import {
  type Directory,
  OPERATOR_TENANT,
  type Owner,
  type Owners,
  ownersOfAddress,
  ownersOfMx,
} from "./directory.ts";

/** What the attribution rests on; kept with the report. */
export const ATTRIBUTIONS = [
  "open",
  "address",
  "key",
  "report-domain-header",
  "subject",
  "file-name",
  "policy-domain",
  "mx-host",
] as const;
export type AttributionBasis = (typeof ATTRIBUTIONS)[number];

/** What names a domain itself; an address, key or MX host may be given to the domains of others. */
const SAYS_DOMAIN: ReadonlySet<AttributionBasis> = new Set([
  "report-domain-header",
  "subject",
  "file-name",
  "policy-domain",
]);

/** What a message says of whom it is for; "" for what it does not say. Names as parsed, lower case. */
export interface MessageEvidence {
  rcptTo: readonly string[];
  /** SHA-256 in hex of the last part of the URL that it was posted to. */
  key: string;
  reportDomainHeader: string;
  subjectDomain: string;
  fileNameDomain: string;
  /** Domains in fields that anybody may have added: they speak against a tenant and never for one. */
  unsure: readonly string[];
}

/** What a report in it says. */
export interface PolicyEvidence {
  /** policy-domain, "" when absent. */
  domain: string;
  /** policy-type in lower case. */
  type: string;
}

export type Attribution =
  | {
      known: true;
      tenant: string;
      basis: AttributionBasis;
      /** The domain that the rows of each policy are counted on, in the order of the policies. */
      domains: string[];
    }
  | { known: false; reason: "unknown-domain" | "several-tenants"; message: string };

/** What one part of a message says of its owner. */
interface Testimony {
  basis: AttributionBasis;
  /** How many tenants it names. */
  tenants: number;
  /** The one tenant, null when it names none or several. */
  tenant: string | null;
  /** The one domain, "" when it names none or several. */
  domain: string;
}

/**
 * The tenant of a report, and the domain of each of its policies. Evidence that names nobody in the
 * directory, or domains of several tenants, says nothing, and the next is asked; where it names
 * several domains of one tenant, that tenant is known. policy-domain comes last although the report is
 * authoritative on itself (RFC 8460 section 5.6): it may name a host that tenants share. An address, key
 * or MX host says nothing where all names are others'.
 */
export function attributeReport(
  directory: Directory,
  message: MessageEvidence,
  policies: readonly PolicyEvidence[],
): Attribution {
  const hint = message.reportDomainHeader || message.subjectDomain || message.fileNameDomain;
  if (directory.open) {
    const domains = policies.map(({ domain }) => domain || hint);
    return { known: true, tenant: OPERATOR_TENANT, basis: "open", domains };
  }
  const said = testimoniesOf(directory, message);
  const fits = ({ basis, tenant }: Testimony) =>
    tenant !== null && (SAYS_DOMAIN.has(basis) || isBorneOut(directory, tenant, message, policies));
  const found = said.find(fits) ?? ofPolicies(directory, policies);
  const { tenant, basis } = found;
  if (tenant === null || !fits(found)) return unattributed(found, message, policies);
  const named = namedDomain(said, tenant, namesAnother(directory, tenant, message));
  const domains = countedOn({ directory, tenant, named, hint }, policies);
  return { known: true, tenant, basis, domains };
}

/**
 * The recipients that a tenant may be shown of an envelope: its own and those that are nobody's. Another
 * tenant's address is none of its business (invariant 7).
 */
export function recipientsFor(
  directory: Directory,
  tenant: string,
  rcptTo: readonly string[],
): string[] {
  if (directory.open || tenant === OPERATOR_TENANT) return [...rcptTo];
  return rcptTo.filter((address) => {
    const owners = ownersOfAddress(directory, address);
    return owners.size === 0 || owners.has(tenant);
  });
}

/** The tenant that sees what is no report; the operator's where the message does not say. */
export function attributeMessage(directory: Directory, message: MessageEvidence): string {
  for (const { basis, tenant } of testimoniesOf(directory, message)) {
    // A file that is no report may be called anything.
    if (tenant !== null && basis !== "file-name") return tenant;
  }
  return OPERATOR_TENANT;
}

/** What each part of the message says, in the order in which it is believed. */
function testimoniesOf(directory: Directory, message: MessageEvidence): Testimony[] {
  const addresses = message.rcptTo.map((address) => ownersOfAddress(directory, address));
  const key = directory.keys.get(message.key);
  const owner = (name: string) => [directory.domains.get(name) ?? []].flat();
  return [
    testimony("address", addresses),
    testimony("key", key === undefined ? [] : [key]),
    named("report-domain-header", owner(message.reportDomainHeader)),
    named("subject", owner(message.subjectDomain)),
    named("file-name", owner(message.fileNameDomain)),
  ];
}

/** Of names that may be shared. */
function testimony(basis: AttributionBasis, names: readonly Owners[]): Testimony {
  const tenants = new Set(names.flatMap((owners) => [...owners.keys()]));
  const sharings = names.flatMap((owners) => [...owners.values()]);
  const domains = new Set(sharings.map(({ first }) => first));
  const single = domains.size === 1 && sharings.every((one) => one.domains.size === 1);
  return conclude(basis, tenants, single ? domains : new Set());
}

/** Of domains. */
function named(basis: AttributionBasis, owners: readonly Owner[]): Testimony {
  const tenants = new Set(owners.map(({ tenant }) => tenant));
  return conclude(basis, tenants, new Set(owners.map(({ domain }) => domain)));
}

function conclude(
  basis: AttributionBasis,
  tenants: ReadonlySet<string>,
  domains: ReadonlySet<string>,
): Testimony {
  const [tenant = null] = tenants.size === 1 ? tenants : [];
  const [domain = ""] = domains.size === 1 ? domains : [];
  return { basis, tenants: tenants.size, tenant, domain };
}

/**
 * The domain of the tenant that the message is about, "" when it does not say. Header, Subject and file
 * name name a domain; an address or key may serve several that nobody told us of, so it comes last, and says
 * nothing of a message that names another.
 */
function namedDomain(said: readonly Testimony[], tenant: string, another: boolean): string {
  const direct = (one: Testimony) => SAYS_DOMAIN.has(one.basis);
  const shared = another ? [] : said.filter((one) => !direct(one));
  const ordered = [...said.filter(direct), ...shared];
  return ordered.find((one) => one.tenant === tenant && one.domain !== "")?.domain ?? "";
}

/**
 * What the policies say. Only where none names a configured domain do MX hosts count, which DANE
 * reports have as policy-domain (RFC 8460 section 4.4): a host that domains of several tenants share
 * says nothing while another one does.
 */
function ofPolicies(directory: Directory, policies: readonly PolicyEvidence[]): Testimony {
  const owners = policies.flatMap(({ domain }) => directory.domains.get(domain) ?? []);
  if (owners.length > 0) return named("policy-domain", owners);
  const hosts = new Set(policies.map(({ domain }) => ownersOfMx(directory, domain)));
  const telling = [...hosts].filter(({ size }) => size === 1);
  return testimony("mx-host", telling.length > 0 ? telling : [...hosts]);
}

function unattributed(
  { tenants, basis }: Testimony,
  message: MessageEvidence,
  policies: readonly PolicyEvidence[],
): Attribution {
  const domains = policies.map(({ domain }) => domain);
  if (tenants > 1) {
    const whose = basis === "mx-host" ? "MX of domains of several tenants" : "of several tenants";
    const about = `it is about ${listed(domains)}, ${whose}`;
    return { known: false, reason: "several-tenants", message: about };
  }
  const { reportDomainHeader, subjectDomain, fileNameDomain } = message;
  const names = listed([...domains, reportDomainHeader, subjectDomain, fileNameDomain]);
  const about = names === "" ? "it does not say what domain it is about" : `it is about ${names}`;
  return { known: false, reason: "unknown-domain", message: about };
}

/** Different names, in an order of their own and not of the policies. */
function listed(names: readonly string[]): string {
  const all = [...new Set(names)].filter((name) => name !== "").sort();
  const shown = all.slice(0, BOUNDS.domainsNamedMax).join(", ");
  const more = all.length - BOUNDS.domainsNamedMax;
  return cutText(more > 0 ? `${shown} and ${more} more` : shown, BOUNDS.textCharsMax);
}
