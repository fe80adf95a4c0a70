// An address of every page, of things that a tenant has.

import { readDefinitions } from "../../services/api/pages/definition.ts";

/** The path of each page as registered, with an address of it. */
export function pageAddresses(of: { domain: string; report: string; receipt: string }): string[][] {
  return readDefinitions().map(({ path }) => [
    path,
    path
      .replace(":domain", of.domain)
      .replace(":problem", "0".repeat(32))
      .replace(":report", of.report)
      .replace(":receipt", of.receipt),
  ]);
}
