// Evidence in few words, and any evidence, for the tests of attribution.

import fc from "fast-check";
import {
  attributeReport,
  type MessageEvidence,
  type PolicyEvidence,
} from "../../../../services/core/directory/attribute.ts";
import { DIRECTORY, ENTRIES } from "./entries.ts";

export const NOTHING: MessageEvidence = {
  rcptTo: [],
  key: "",
  reportDomainHeader: "",
  subjectDomain: "",
  fileNameDomain: "",
  unsure: [],
};

export const address = (...rcptTo: string[]) => ({ rcptTo });
export const key = (hash: string) => ({ key: hash });
export const header = (domain: string) => ({ reportDomainHeader: domain });
export const subject = (domain: string) => ({ subjectDomain: domain });
export const unsure = (domain: string) => ({ unsure: [domain] });
export const file = (domain: string) => ({ fileNameDomain: domain });

/** "sts example.com" or "tlsa mx.example.com"; "sts" alone has no policy-domain. */
export function policies(...texts: string[]): PolicyEvidence[] {
  return texts.map((text) => {
    const [type = "", domain = ""] = text.split(" ");
    return { type, domain };
  });
}

export function attribute(message: Partial<MessageEvidence>, ...texts: string[]): string {
  const result = attributeReport(DIRECTORY, { ...NOTHING, ...message }, policies(...texts));
  if (!result.known) return `${result.reason}: ${result.message}`;
  return `${result.tenant} by ${result.basis}: ${result.domains.join(" ")}`;
}

export type Case = [message: Partial<MessageEvidence>, policies: string[], expected: string];

const names = [
  ...ENTRIES.flatMap(({ domain, aliases, mx }) => [domain, ...aliases, ...mx]),
  "nobody.example",
  "a.shared.example",
  "",
];
const name = fc.constantFrom(...names);
export const policy = fc.record({
  domain: name,
  type: fc.constantFrom("sts", "tlsa", "no-policy-found"),
});
export const message = fc.record({
  rcptTo: fc.array(
    fc.constantFrom("tls@example.com", "all@red.example", "tls@blue.example", "x@example.net"),
    { maxLength: 2 },
  ),
  key: fc.constantFrom("", "hash-of-red", "hash-of-blue", "of nobody"),
  reportDomainHeader: name,
  subjectDomain: name,
  fileNameDomain: name,
  unsure: fc.array(name, { maxLength: 2 }),
});
