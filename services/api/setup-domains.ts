// The configured domains of a caller, as the page Set-up lists them: by name, with where their reports are
// to go. Of a key it is known that there is one, and never which.

import { BOUNDS } from "../core/bounds.ts";
import type { Directory, Owners } from "../core/directory/directory.ts";
import { normalizeDomain } from "../core/dns/name.ts";
import type { Scope } from "../query/run.ts";

/** A domain or alias, for each of which a record is to be published. */
export interface SetupDomain {
  /** In normal form. */
  name: string;
  tenant: string;
  /** The domain that it is counted on; itself unless it is an alias. */
  countedOn: string;
  /** Addresses that are its own, by name; none where it has that of everybody. */
  addresses: readonly string[];
  /** True when reports about it may be posted with a key in the URL. */
  hasKey: boolean;
}

/** A page of them. */
export interface SetupPage {
  domains: readonly SetupDomain[];
  /** How many there are that the search finds. */
  found: number;
  /** How many there are at all. */
  total: number;
  /** Places of the first one of this page and of the pages beside it; null where there is none. */
  first: number;
  before: number | null;
  next: number | null;
}

/** Sorted once for each directory, which is replaced and never changed. */
const lists = new WeakMap<Directory, readonly SetupDomain[]>();

/**
 * The domains that a caller may see.
 * @param search a part of the name; in U-labels too
 * @param from how many are before this page
 */
export function setupPage(
  directory: Directory,
  { tenants }: Scope,
  search: string,
  from: number,
): SetupPage {
  const all = listOf(directory);
  const own = tenants === "all" ? all : all.filter(({ tenant }) => tenants.includes(tenant));
  const part = normalizeDomain(search);
  const found = part === "" ? own : own.filter(({ name }) => name.includes(part));
  const size = BOUNDS.setupDomainsMax;
  const last = Math.max(found.length - 1, 0);
  const first = Math.floor(Math.min(Math.max(from, 0), last) / size) * size;
  return {
    domains: found.slice(first, first + size),
    found: found.length,
    total: own.length,
    first,
    before: first > 0 ? first - size : null,
    next: first + size < found.length ? first + size : null,
  };
}

/** The domain of that name, if the caller may see it. */
export function setupDomain(
  directory: Directory,
  { tenants }: Scope,
  name: string,
): SetupDomain | null {
  const owner = directory.domains.get(name);
  if (owner === undefined || (tenants !== "all" && !tenants.includes(owner.tenant))) return null;
  return listOf(directory).find((one) => one.name === name) ?? null;
}

function listOf(directory: Directory): readonly SetupDomain[] {
  const known = lists.get(directory);
  if (known !== undefined) return known;
  const addresses = namesByDomain(directory.addresses);
  const keys = namesByDomain(directory.keys);
  const list = [...directory.domains].map(([name, { tenant, domain }]) => {
    const key = keyOf(tenant, domain);
    const own = (addresses.get(key) ?? []).sort();
    return { name, tenant, countedOn: domain, addresses: own, hasKey: keys.has(key) };
  });
  list.sort((a, b) => (a.name < b.name ? -1 : 1));
  lists.set(directory, list);
  return list;
}

function namesByDomain(shared: ReadonlyMap<string, Owners>): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const [name, owners] of shared) {
    for (const [tenant, { domains }] of owners) {
      for (const domain of domains) {
        const key = keyOf(tenant, domain);
        const list = names.get(key);
        if (list === undefined) names.set(key, [name]);
        else list.push(name);
      }
    }
  }
  return names;
}

/** Neither a tenant nor a domain has a space. */
function keyOf(tenant: string, domain: string): string {
  return `${tenant} ${domain}`;
}
