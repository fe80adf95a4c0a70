// The registrable domain of a name by the public suffix list. The only import of tldts.

import { getDomain } from "tldts";

/** "mail.example.co.uk" is "example.co.uk"; a name without a registrable domain stands for itself. */
export function organizationalDomain(name: string): string {
  return getDomain(name, { allowPrivateDomains: true }) ?? name;
}
