// A directory of two tenants for the tests of attribution.

import { buildDirectory, type DomainEntry } from "../../../../services/core/directory/directory.ts";

/** An entry with nothing but what is given. */
export function entry(given: Partial<DomainEntry> & { domain: string }): DomainEntry {
  return { tenant: "default", aliases: [], mx: [], addresses: [], keys: [], ...given };
}

export const ENTRIES = [
  entry({
    domain: "example.com",
    tenant: "red",
    aliases: ["alias.example"],
    mx: ["mx.example.com", "*.shared.example", "host.example"],
    addresses: ["tls@example.com", "all@red.example"],
    keys: ["hash-of-red"],
  }),
  entry({
    domain: "second.example",
    tenant: "red",
    mx: ["*.shared.example", "both.red.example"],
    addresses: ["all@red.example"],
    keys: ["hash-of-red"],
  }),
  entry({ domain: "first.example", tenant: "red", mx: ["both.red.example"] }),
  entry({
    domain: "blue.example",
    tenant: "blue",
    mx: ["mx.blue.example", "host.example"],
    addresses: ["tls@blue.example"],
    keys: ["hash-of-blue"],
  }),
];

export const DIRECTORY = buildDirectory(ENTRIES);
