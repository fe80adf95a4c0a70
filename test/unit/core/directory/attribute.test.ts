// A table of cases, one line each: what the message says, what the policies say, whose it is and on which
// domains it is counted. The directory is in entries.ts.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  attributeMessage,
  attributeReport,
  type MessageEvidence,
  type PolicyEvidence,
  recipientsFor,
} from "../../../../services/core/directory/attribute.ts";
import { OPEN_DIRECTORY, OPERATOR_TENANT } from "../../../../services/core/directory/directory.ts";
import {
  address,
  attribute,
  type Case,
  file,
  header,
  key,
  message,
  NOTHING,
  policies,
  policy,
  subject,
} from "./attributing.ts";
import { DIRECTORY, ENTRIES } from "./entries.ts";

const TENANTS: Case[] = [
  [{}, ["sts example.com"], "red by policy-domain: example.com"],
  [{}, ["sts alias.example"], "red by policy-domain: example.com"],
  [{}, ["sts blue.example"], "blue by policy-domain: blue.example"],
  [{}, ["tlsa mx.blue.example"], "blue by mx-host: blue.example"],
  [{}, ["tlsa a.shared.example"], "red by mx-host: example.com"], // two of red: the first by name
  [{}, ["sts nobody.example"], "unknown-domain: it is about nobody.example"],
  [{}, ["sts"], "unknown-domain: it does not say what domain it is about"],
  [{}, [], "unknown-domain: it does not say what domain it is about"],
  [{}, ["sts sub.example.com"], "unknown-domain: it is about sub.example.com"], // has a record of its own
  [
    {},
    ["sts blue.example", "sts example.com"],
    "several-tenants: it is about blue.example, example.com, of several tenants",
  ],
  [
    {},
    ["tlsa host.example"],
    "several-tenants: it is about host.example, MX of domains of several tenants",
  ],
  [{}, ["tlsa host.example", "tlsa mx.blue.example"], "blue by mx-host: blue.example blue.example"],
  [{}, ["tlsa host.example", "sts example.com"], "red by policy-domain: example.com example.com"],
  // Each basis before the next one.
  [
    address("tls@blue.example"),
    ["sts blue.example", "sts example.com"],
    "blue by address: blue.example example.com",
  ],
  [
    { ...address("tls@blue.example"), ...header("blue.example") },
    ["sts example.com"],
    "blue by address: example.com",
  ],
  [
    address("x@example.net", "tls+7@blue.example"),
    ["sts blue.example"],
    "blue by address: blue.example",
  ],
  [
    { ...address("tls@blue.example"), ...header("example.com") },
    ["sts blue.example"],
    "blue by address: blue.example",
  ],
  [key("hash-of-blue"), ["sts blue.example"], "blue by key: blue.example"],
  [
    { ...key("hash-of-blue"), ...file("example.com") },
    ["sts blue.example"],
    "blue by key: blue.example",
  ],
  [
    { ...header("example.com"), ...subject("blue.example") },
    ["sts"],
    "red by report-domain-header: example.com",
  ],
  [
    { ...subject("blue.example"), ...file("example.com") },
    ["sts"],
    "blue by subject: blue.example",
  ],
  [file("alias.example"), ["sts blue.example"], "red by file-name: blue.example"],
  // What says nothing passes the question on.
  [address("tls@nobody.example"), ["sts example.com"], "red by policy-domain: example.com"],
  [key("of nobody"), ["sts example.com"], "red by policy-domain: example.com"],
  [header("nobody.example"), ["sts blue.example"], "blue by policy-domain: blue.example"],
  [
    address("tls@example.com", "tls@blue.example"),
    ["sts blue.example"],
    "blue by policy-domain: blue.example",
  ],
  [
    header("mx.example.com"),
    ["sts nobody.example"],
    "unknown-domain: it is about mx.example.com, nobody.example",
  ],
];

const DOMAINS: Case[] = [
  // Microsoft: each session under tlsa by MX host and under sts by domain. Both on one domain.
  [{}, ["tlsa mx.example.com", "sts example.com"], "red by policy-domain: example.com example.com"],
  [
    {},
    ["tlsa unheard.of.example", "sts example.com"],
    "red by policy-domain: example.com example.com",
  ],
  [
    {},
    ["tlsa a.shared.example", "sts second.example"],
    "red by policy-domain: second.example second.example",
  ],
  [
    {},
    ["tlsa both.red.example", "sts second.example", "no-policy-found second.example"],
    "red by policy-domain: second.example second.example second.example",
  ],
  [
    header("first.example"),
    ["tlsa both.red.example"],
    "red by report-domain-header: first.example",
  ],
  [
    header("second.example"),
    ["tlsa both.red.example"],
    "red by report-domain-header: second.example",
  ],
  [address("all@red.example"), ["tlsa both.red.example"], "red by address: first.example"],
  [
    { ...address("all@red.example"), ...subject("second.example") },
    ["tlsa both.red.example"],
    "red by address: second.example",
  ],
  // The configuration says that the host is another domain's.
  [
    {},
    ["tlsa both.red.example", "sts example.com"],
    "red by policy-domain: first.example example.com",
  ],
  // Several domains in one report: of those that have the host the one that is there.
  [
    {},
    ["tlsa both.red.example", "sts example.com", "sts second.example"],
    "red by policy-domain: second.example example.com second.example",
  ],
  [
    {},
    ["tlsa unheard.of.example", "sts example.com", "sts second.example"],
    "red by policy-domain: unheard.of.example example.com second.example",
  ],
  [
    header("second.example"),
    ["tlsa unheard.of.example", "sts example.com", "sts second.example"],
    "red by report-domain-header: second.example example.com second.example",
  ],
  // Unknown names: a host goes to the domain that is named, all else stays as sent.
  [header("example.com"), ["tlsa unheard.of.example"], "red by report-domain-header: example.com"],
  [address("tls@example.com"), ["tlsa unheard.of.example"], "red by address: example.com"],
  [address("all@red.example"), ["tlsa unheard.of.example"], "red by address: unheard.of.example"],
  [header("example.com"), ["sts sub.example.com"], "red by report-domain-header: sub.example.com"],
  [
    { ...address("tls@example.com"), ...header("example.com") },
    ["tlsa mx.new.example", "sts new.example"],
    "red by address: new.example new.example",
  ],
  [address("tls@example.com"), ["sts sub.example.com"], "red by address: sub.example.com"],
  // Where the message names another domain, an address moves nothing onto its own.
  [
    { ...address("tls@example.com"), ...header("new.example") },
    ["tlsa unheard.of.example", "sts example.com", "sts second.example"],
    "red by address: unheard.of.example example.com second.example",
  ],
  // A domain that is its own MX host.
  [{}, ["tlsa example.com", "sts example.com"], "red by policy-domain: example.com example.com"],
  [{}, ["tlsa example.com"], "red by policy-domain: example.com"],
  // A foreign name beside one of its own stays that name.
  [
    address("tls@example.com"),
    ["sts blue.example", "sts example.com"],
    "red by address: blue.example example.com",
  ],
  [
    address("tls@example.com"),
    ["tlsa blue.example", "sts example.com"],
    "red by address: blue.example example.com",
  ],
  // No policy-domain at all.
  [
    header("second.example"),
    ["sts", "tlsa"],
    "red by report-domain-header: second.example second.example",
  ],
  [
    { ...address("all@red.example"), ...header("new.example") },
    ["sts", "sts example.com"],
    "red by address: example.com example.com",
  ],
  [address("tls@example.com"), ["sts"], "red by address: example.com"],
  [
    { ...address("all@red.example"), ...header("new.example") },
    ["sts"],
    "unknown-domain: it is about new.example",
  ],
  [{}, ["sts example.com", "no-policy-found"], "red by policy-domain: example.com example.com"],
  [{}, ["sts mx.example.com"], "red by mx-host: example.com"],
];

describe("whose it is", () => {
  test.each(TENANTS)("%j %j: %s", (message, texts, expected) => {
    expect(attribute(message, ...texts)).toBe(expected);
  });
});

describe("on which domain each policy is counted", () => {
  test.each(DOMAINS)("%j %j: %s", (message, texts, expected) => {
    expect(attribute(message, ...texts)).toBe(expected);
  });
});

test("what is no report is the tenant's whose address, key, header or Subject it has", () => {
  const tenant = (message: Partial<MessageEvidence>) =>
    attributeMessage(DIRECTORY, { ...NOTHING, ...message });
  expect(tenant(address("tls@blue.example"))).toBe("blue");
  expect(tenant(key("hash-of-red"))).toBe("red");
  expect(tenant(header("blue.example"))).toBe("blue");
  expect(tenant(subject("example.com"))).toBe("red");
  expect(tenant(file("example.com"))).toBe("default"); // anything may be called so
  expect(tenant(address("tls@blue.example", "tls@example.com"))).toBe("default");
  expect(tenant({})).toBe("default");
});

test("a message about many domains names a few", () => {
  const many = Array.from(
    { length: 1_000 },
    (_, i) => `sts d${String(i).padStart(4, "0")}.example`,
  );
  expect(attribute({}, ...many)).toBe(
    "unknown-domain: it is about d0000.example, d0001.example, d0002.example, d0003.example, " +
      "d0004.example and 995 more",
  );
});

test("an open directory takes all, and names what the report does not by the message", () => {
  const message = { ...NOTHING, ...subject("example.net") };
  expect(attributeReport(OPEN_DIRECTORY, message, policies("sts example.com", "sts"))).toEqual({
    known: true,
    tenant: "default",
    basis: "open",
    domains: ["example.com", "example.net"],
  });
});

test("a tenant is shown its own recipients and those that are nobody's", () => {
  const mine = ENTRIES.find(({ addresses }) => addresses.length > 0);
  const foreign = ENTRIES.find(
    ({ addresses, tenant }) => addresses.length > 0 && tenant !== mine?.tenant,
  );
  if (mine === undefined || foreign === undefined) throw new Error("no two tenants");
  const [own = ""] = mine.addresses;
  const [other = ""] = foreign.addresses;
  const all = [own, other, "somebody@nobody.example"];
  expect(recipientsFor(DIRECTORY, mine.tenant, all)).toEqual([own, "somebody@nobody.example"]);
  expect(recipientsFor(DIRECTORY, OPERATOR_TENANT, all)).toEqual(all);
  expect(recipientsFor(OPEN_DIRECTORY, mine.tenant, all)).toEqual(all);
});

describe("properties", () => {
  test("the order of the policies makes no difference", () => {
    fc.assert(
      fc.property(message, fc.array(policy, { maxLength: 6 }), fc.nat(), (said, list, turn) => {
        const at = list.length === 0 ? 0 : turn % list.length;
        const turned = [...list.slice(at), ...list.slice(0, at)].reverse();
        const one = attributeReport(DIRECTORY, said, list);
        const other = attributeReport(DIRECTORY, said, turned);
        if (!one.known || !other.known) {
          expect(other).toEqual(one);
          return;
        }
        const pairs = (domains: string[], of: PolicyEvidence[]) =>
          of.map(({ domain, type }, i) => `${type} ${domain} ${domains[i]}`).sort();
        expect([other.tenant, other.basis]).toEqual([one.tenant, one.basis]);
        expect(pairs(other.domains, turned)).toEqual(pairs(one.domains, list));
      }),
      { numRuns: 2_000 },
    );
  });

  test("no tenant that is not configured, and no name that nobody said", () => {
    const tenants = new Set(ENTRIES.map(({ tenant }) => tenant));
    fc.assert(
      fc.property(message, fc.array(policy, { maxLength: 6 }), (said, list) => {
        const result = attributeReport(DIRECTORY, said, list);
        expect([...tenants, "default"]).toContain(attributeMessage(DIRECTORY, said));
        if (!result.known) return;
        expect(tenants).toContain(result.tenant);
        expect(result.domains).toHaveLength(list.length);
        const mine = ENTRIES.filter(({ tenant }) => tenant === result.tenant).map((e) => e.domain);
        const { reportDomainHeader, subjectDomain, fileNameDomain } = said;
        const hints = [reportDomainHeader, subjectDomain, fileNameDomain];
        const allowed = new Set([...mine, ...list.map(({ domain }) => domain), ...hints]);
        for (const domain of result.domains) expect(allowed).toContain(domain);
      }),
      { numRuns: 2_000 },
    );
  });

  test("policies of one domain and its own MX hosts are counted on one domain", () => {
    const own = fc.constantFrom("mx.example.com", "a.shared.example", "unheard.of.example");
    fc.assert(
      fc.property(message, fc.array(own, { maxLength: 4 }), (said, hosts) => {
        const list = policies("sts example.com", ...hosts.map((host) => `tlsa ${host}`));
        const result = attributeReport(DIRECTORY, { ...said, rcptTo: [], key: "" }, list);
        if (result.known && result.tenant === "red") {
          expect(new Set(result.domains)).toEqual(new Set(["example.com"]));
        }
      }),
    );
  });
});
