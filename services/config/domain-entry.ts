// One entry of the file of domains whose form is right: names brought into their one form, and what is
// wrong with them; and what entries hold that another has already.

import { hash } from "node:crypto";
import { BOUNDS } from "../core/bounds.ts";
import {
  type DomainEntry,
  normalizeAddress,
  OPERATOR_TENANT,
  TENANT_PATTERN,
} from "../core/directory/directory.ts";
import { domainOrNone } from "../core/dns/name.ts";

/** A mistake, and the way to it: names and indices from the outside in. */
export interface EntryFault {
  path: (string | number)[];
  message: string;
  hint: string;
}

const KEY = new RegExp(`^[A-Za-z0-9._~-]{${BOUNDS.urlKeyCharsMin},${BOUNDS.urlKeyCharsMax}}$`);

/** How the values of one member are read; "" is no value. Only what is no secret is repeated. */
interface Member {
  read(text: string): string;
  what: string;
  hint: string;
  secret?: true;
}

const DOMAIN: Member = {
  read: (text) => {
    const name = domainOrNone(text);
    return name.includes(".") ? name : "";
  },
  what: "no domain name",
  hint: "write a name such as example.com",
};

const LISTS = {
  aliases: DOMAIN,
  mx: {
    read: (text) =>
      text.startsWith("*.") ? prefixed(DOMAIN.read(text.slice(2))) : DOMAIN.read(text),
    what: "no name of an MX host",
    hint: "write mx1.example.com, or *.mx.example.com for any one label before it",
  },
  addresses: {
    read: normalizeAddress,
    what: "no mail address",
    hint: "write an address such as tlsrpt@example.com; local+tag@ is the same without being listed",
  },
  keys: {
    read: (text) => (KEY.test(text) ? keyDigest(text) : ""),
    what: "no key",
    hint: `write ${BOUNDS.urlKeyCharsMin} to ${BOUNDS.urlKeyCharsMax} letters, digits and . _ ~ -, best by chance: openssl rand -hex 16`,
    secret: true,
  },
} as const satisfies Record<string, Member>;

const LIST_NAMES = ["aliases", "mx", "addresses", "keys"] as const;

function prefixed(name: string): string {
  return name === "" ? "" : `*.${name}`;
}

/** What the directory holds of a key: its SHA-256 in hex. */
export function keyDigest(key: string): string {
  return hash("sha256", key, "hex");
}

/** Reads an entry. @param given an object of the form of schemas/config/domains.schema.json */
export function readEntry(given: unknown): { entry: DomainEntry; faults: EntryFault[] } {
  const members = new Map<string, unknown>(Object.entries(Object(given)));
  const faults: EntryFault[] = [];
  const domain = readOne(members.get("domain"), DOMAIN, ["domain"], faults);
  const tenant = String(members.get("tenant") ?? OPERATOR_TENANT);
  if (!TENANT_PATTERN.test(tenant)) {
    const hint = "write 1 to 63 small letters, digits and . _ -, a letter or digit first";
    faults.push({ path: ["tenant"], message: `${tenant} is no name of a tenant`, hint });
  }
  const list = (name: (typeof LIST_NAMES)[number]): string[] => {
    const values: unknown = members.get(name);
    if (!Array.isArray(values)) return [];
    if (values.length > BOUNDS.domainNamesMax) {
      const message = `more than ${BOUNDS.domainNamesMax} ${name}`;
      faults.push({ path: [name], message, hint: "split the entry by domains" });
      return [];
    }
    return values.map((value, index) => readOne(value, LISTS[name], [name, index], faults));
  };
  const [aliases = [], mx = [], addresses = [], keys = []] = LIST_NAMES.map(list);
  return { entry: { domain, tenant, aliases, mx, addresses, keys }, faults };
}

function readOne(
  value: unknown,
  { read, what, hint, secret }: Member,
  path: EntryFault["path"],
  faults: EntryFault[],
): string {
  const text = String(value).trim();
  const found = read(text);
  if (found === "") {
    const shown = secret || text.length > BOUNDS.faultCharsMax ? "it" : JSON.stringify(text);
    faults.push({ path, message: `${shown} is ${what}`, hint });
  }
  return found;
}

/** Where a name was seen first. */
interface Seen {
  tenant: string;
  place(): string;
}

/**
 * What cannot stand twice: a domain or alias at all, an address or key in entries of several tenants,
 * since then it would not tell whose report it is.
 * @param own entries of the option `domains`
 * @param placeOf tells a place of the file
 */
export function findClashes(
  entries: readonly { entry: DomainEntry; index: number }[],
  own: readonly DomainEntry[],
  placeOf: (path: EntryFault["path"]) => string,
): EntryFault[] {
  const faults: EntryFault[] = [];
  const names = new Map<string, Seen>();
  for (const { domain, tenant } of own) names.set(domain, { tenant, place: () => "domains" });
  const secretive = { addresses: new Map<string, Seen>(), keys: new Map<string, Seen>() };
  for (const { entry, index } of entries) {
    const { tenant } = entry;
    const seenAt = (path: EntryFault["path"]): Seen => ({ tenant, place: () => placeOf(path) });
    const once = (name: string, path: EntryFault["path"]) => {
      const before = names.get(name);
      if (name === "") return;
      if (before === undefined) names.set(name, seenAt(path));
      else faults.push(repeated(name, before, tenant, path));
    };
    once(entry.domain, ["domains", index, "domain"]);
    entry.aliases.forEach((alias, at) => {
      once(alias, ["domains", index, "aliases", at]);
    });
    for (const name of ["addresses", "keys"] as const) {
      entry[name].forEach((value, at) => {
        const path = ["domains", index, name, at];
        const before = secretive[name].get(value);
        if (before === undefined && value !== "") secretive[name].set(value, seenAt(path));
        if (before === undefined || before.tenant === tenant) return;
        faults.push(shared(name === "keys" ? "this key" : value, before, path));
      });
    }
  }
  return faults;
}

function repeated(
  name: string,
  before: Seen,
  tenant: string,
  path: EntryFault["path"],
): EntryFault {
  const whose = before.tenant === tenant ? "" : ` for tenant ${before.tenant}`;
  const message = `${name} stands at ${before.place()} already${whose}`;
  return { path, message, hint: "remove one of the two: a domain has one owner" };
}

function shared(what: string, before: Seen, path: EntryFault["path"]): EntryFault {
  const message = `${what} is tenant ${before.tenant}'s at ${before.place()}`;
  return { path, message, hint: "give each tenant its own, or it does not tell whose a report is" };
}
