// Whether the rest of a message fits the tenant that an address, key or MX host gives. A real, signed
// report about another domain can be sent again to any address, and a domain may have anybody's MX hosts.

import type { MessageEvidence, PolicyEvidence } from "./attribute.ts";
import { type Directory, ownersOfMx } from "./directory.ts";

/** True when the message names a domain that is not the tenant's. */
export function namesAnother(
  directory: Directory,
  tenant: string,
  message: MessageEvidence,
): boolean {
  return [...namesOf(message), ...message.unsure].some(
    (name) => name !== "" && !isOf(directory, tenant, name),
  );
}

/**
 * True when message or policies name anything of the tenant, or name nothing that speaks against it. A
 * name under tlsa may be an MX host that nobody told us of, so it speaks against nobody.
 */
export function isBorneOut(
  directory: Directory,
  tenant: string,
  message: MessageEvidence,
  policies: readonly PolicyEvidence[],
): boolean {
  if (namesOf(message).some((name) => isOf(directory, tenant, name))) return true;
  const about = policies.filter(({ domain }) => domain !== "");
  const own = ({ domain, type }: PolicyEvidence) =>
    // A host below a domain may be the MX host of any other.
    type === "tlsa"
      ? directory.domains.get(domain)?.tenant === tenant
      : isDomainOf(directory, tenant, domain);
  if (about.some(own)) return true;
  if (namesAnother(directory, tenant, message)) return false;
  if (about.some(({ domain }) => ownersOfMx(directory, domain).has(tenant))) return true;
  return about.every(({ domain, type }) => type === "tlsa" && !isKnown(directory, domain));
}

/** What can be relied on as far as the mail can. */
function namesOf({ reportDomainHeader, subjectDomain, fileNameDomain }: MessageEvidence): string[] {
  return [reportDomainHeader, subjectDomain, fileNameDomain];
}

function isOf(directory: Directory, tenant: string, name: string): boolean {
  return isDomainOf(directory, tenant, name) || ownersOfMx(directory, name).has(tenant);
}

/** A domain or alias of the tenant, or one below it, as new ones are before they are configured. */
function isDomainOf(directory: Directory, tenant: string, name: string): boolean {
  for (let at = name; at !== ""; at = at.includes(".") ? at.slice(at.indexOf(".") + 1) : "") {
    const owner = directory.domains.get(at);
    if (owner !== undefined) return owner.tenant === tenant;
  }
  return false;
}

function isKnown(directory: Directory, name: string): boolean {
  return directory.domains.has(name) || ownersOfMx(directory, name).size > 0;
}
