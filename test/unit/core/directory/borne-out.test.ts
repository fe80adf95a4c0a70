// Messages that come to an address, a key or an MX host of a tenant and are about somebody else.

import fc from "fast-check";
import { expect, test } from "vitest";
import { attributeReport } from "../../../../services/core/directory/attribute.ts";
import {
  address,
  attribute,
  type Case,
  file,
  header,
  key,
  message,
  policy,
  subject,
  unsure,
} from "./attributing.ts";
import { DIRECTORY } from "./entries.ts";

const CASES: Case[] = [
  // An address or key says nothing where all names are others'.
  [address("tls@blue.example"), ["sts example.com"], "red by policy-domain: example.com"],
  [address("tls@blue.example"), ["tlsa mx.example.com"], "red by mx-host: example.com"],
  [key("hash-of-blue"), ["sts example.com"], "red by policy-domain: example.com"],
  [
    { ...address("tls@blue.example"), ...header("example.com") },
    ["sts"],
    "red by report-domain-header: example.com",
  ],
  [{ ...key("hash-of-blue"), ...file("example.com") }, ["sts"], "red by file-name: example.com"],
  // A real report about another domain, sent again: by its policies, its header, its Subject.
  [
    address("tls@blue.example"),
    ["sts attacker.example"],
    "unknown-domain: it is about attacker.example",
  ],
  [key("hash-of-blue"), ["sts attacker.example"], "unknown-domain: it is about attacker.example"],
  ...[header, subject, file].map(
    (named): Case => [
      { ...address("tls@blue.example"), ...named("attacker.example") },
      ["tlsa mx.attacker.example"],
      "unknown-domain: it is about attacker.example, mx.attacker.example",
    ],
  ),
  [
    { ...address("tls@blue.example"), ...unsure("attacker.example") },
    ["tlsa mx.attacker.example"],
    "unknown-domain: it is about mx.attacker.example",
  ],
  // Its domain may even have an MX host of the tenant's.
  [
    { ...address("tls@blue.example"), ...subject("attacker.example") },
    ["tlsa mx.blue.example"],
    "unknown-domain: it is about attacker.example, mx.blue.example",
  ],
  [
    subject("attacker.example"),
    ["tlsa mx.blue.example"],
    "unknown-domain: it is about attacker.example, mx.blue.example",
  ],
  // What anybody may have added never speaks for a tenant.
  [
    { ...address("tls@blue.example"), ...unsure("blue.example") },
    ["sts attacker.example"],
    "unknown-domain: it is about attacker.example",
  ],
  [unsure("blue.example"), ["sts example.com"], "red by policy-domain: example.com"],
  [
    { ...address("tls@blue.example"), ...unsure("blue.example") },
    ["tlsa unheard.of.example"],
    "blue by address: blue.example",
  ],
];

test.each(CASES)("%j %j: %s", (said, texts, expected) => {
  expect(attribute(said, ...texts)).toBe(expected);
});

test("a tenant by address or key alone has no foreign name anywhere", () => {
  fc.assert(
    fc.property(message, fc.array(policy, { maxLength: 6 }), (said, list) => {
      const foreign = { ...said, reportDomainHeader: "", subjectDomain: "nobody.example" };
      const about = [...list, { domain: "nobody.example", type: "sts" }];
      const configured = [...DIRECTORY.domains.keys()];
      const own = about.filter(({ domain }) =>
        configured.some((name) => `.${domain}`.endsWith(`.${name}`)),
      );
      const result = attributeReport(DIRECTORY, { ...foreign, fileNameDomain: "" }, about);
      if (result.known) expect(own).not.toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
