// Whose domains are whose: what the configuration says of domains and tenants, as the pipeline looks it
// up. Plain data, so that it can be handed to a thread.

import { isDomainName, normalizeDomain } from "../dns/name.ts";

/**
 * The tenant of the operator: everything belongs to it while no domains are configured, and afterwards
 * what belongs to nobody. An MSP gives its customers tenants of their own.
 */
export const OPERATOR_TENANT = "default";

/** What a tenant may be called: it goes into statements as a literal. */
export const TENANT_PATTERN = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** One domain as configured. Names are lower case A-labels, addresses lower case. */
export interface DomainEntry {
  domain: string;
  tenant: string;
  /** Other policy domains that are counted on this one. */
  aliases: readonly string[];
  /** MX hosts, exact or "*.example.com": DANE reports name them for the domain. */
  mx: readonly string[];
  /** Addresses of rua=mailto: that are this domain's, see normalizeAddress. */
  addresses: readonly string[];
  /** SHA-256 in hex of the keys of rua=https://.../v1/tlsrpt/<key> that are this domain's. */
  keys: readonly string[];
}

/** A configured domain by one of its names. */
export interface Owner {
  tenant: string;
  domain: string;
}

/** The domains of one tenant that share a name; thousands may share an MX host or an address. */
export interface Sharing {
  domains: ReadonlySet<string>;
  /** Of these the first by name. */
  first: string;
}

/** Who has a name that may be shared, by tenant. */
export type Owners = ReadonlyMap<string, Sharing>;

/** Owners by name. Names are in normal form. */
export interface Directory {
  /** True while no domain is configured: then everything is taken, for OPERATOR_TENANT. */
  open: boolean;
  /** By domain and by alias. */
  domains: ReadonlyMap<string, Owner>;
  /** By host, or by "*." and the name below which any one label stands for. */
  mx: ReadonlyMap<string, Owners>;
  addresses: ReadonlyMap<string, Owners>;
  /** By SHA-256 in hex, so that no copy of the directory holds a secret. */
  keys: ReadonlyMap<string, Owners>;
}

/** The directory without any domain. */
export const OPEN_DIRECTORY: Directory = {
  open: true,
  domains: new Map(),
  mx: new Map(),
  addresses: new Map(),
  keys: new Map(),
};

type MutableOwners = Map<string, Map<string, { domains: Set<string>; first: string }>>;

/** Makes the look-up of some domains; open without any. A domain that is there twice: the first. */
export function buildDirectory(entries: readonly DomainEntry[]): Directory {
  if (entries.length === 0) return OPEN_DIRECTORY;
  const domains = new Map<string, Owner>();
  const mx: MutableOwners = new Map();
  const addresses: MutableOwners = new Map();
  const keys: MutableOwners = new Map();
  for (const entry of entries) {
    const owner = { tenant: entry.tenant, domain: entry.domain };
    for (const name of [entry.domain, ...entry.aliases]) {
      if (!domains.has(name)) domains.set(name, owner);
    }
    for (const host of entry.mx) share(mx, host, owner);
    for (const address of entry.addresses) share(addresses, address, owner);
    for (const key of entry.keys) share(keys, key, owner);
  }
  return { open: false, domains, mx, addresses, keys };
}

function share(map: MutableOwners, name: string, { tenant, domain }: Owner): void {
  const owners = map.get(name);
  const sharing = owners?.get(tenant);
  if (sharing !== undefined) {
    sharing.domains.add(domain);
    if (domain < sharing.first) sharing.first = domain;
    return;
  }
  const alone = { domains: new Set([domain]), first: domain };
  if (owners === undefined) map.set(name, new Map([[tenant, alone]]));
  else owners.set(tenant, alone);
}

/**
 * The directory with the MX hosts that DNS gave besides the configured ones.
 * @param hosts MX hosts in normal form, by domain or alias
 */
export function withMxHosts(
  directory: Directory,
  hosts: ReadonlyMap<string, readonly string[]>,
): Directory {
  const mx: MutableOwners = new Map();
  for (const [host, owners] of directory.mx) {
    for (const [tenant, { domains }] of owners) {
      for (const domain of domains) share(mx, host, { tenant, domain });
    }
  }
  for (const [domain, names] of hosts) {
    const owner = directory.domains.get(domain);
    if (owner === undefined) continue;
    for (const name of names) share(mx, name, owner);
  }
  return { ...directory, mx };
}

const NOBODY: Owners = new Map();

/**
 * Who has this MX host. "*" stands for exactly one label, the leftmost, as in the mx lines of RFC 8461
 * section 4.1; a host that is named in full belongs to those who name it in full.
 */
export function ownersOfMx(directory: Directory, host: string): Owners {
  const dot = host.indexOf(".");
  const wildcard = dot < 0 ? "" : `*${host.slice(dot)}`;
  return directory.mx.get(host) ?? directory.mx.get(wildcard) ?? NOBODY;
}

/** Who has this address; local+tag@domain is local@domain's unless it is configured itself. */
export function ownersOfAddress(directory: Directory, address: string): Owners {
  if (directory.addresses.size === 0) return NOBODY;
  const normal = normalizeAddress(address);
  const exact = directory.addresses.get(normal);
  if (exact !== undefined) return exact;
  return directory.addresses.get(normal.replace(/\+[^@]*(?=@)/, "")) ?? NOBODY;
}

/**
 * An address in lower case with its domain as A-labels, "" for what is none. The local part is case
 * sensitive by the letter of RFC 5321 section 2.4, and never in practice.
 */
export function normalizeAddress(text: string): string {
  const address = text.trim();
  const at = address.lastIndexOf("@");
  const domain = normalizeDomain(address.slice(at + 1));
  const local = address.slice(0, Math.max(at, 0)).toLowerCase();
  return local !== "" && !/\s/.test(local) && isDomainName(domain) ? `${local}@${domain}` : "";
}
