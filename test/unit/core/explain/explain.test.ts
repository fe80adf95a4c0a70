// The catalogue of explanations: it has an answer for everything, a right one for what is known, and nothing
// from outside gets into a command.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  entryOf,
  POLICY_FILE_ENTRIES,
  SESSION_ENTRIES,
  TYPE_ENTRIES,
} from "../../../../services/core/explain/catalogue.ts";
import { UNKNOWN } from "../../../../services/core/explain/catalogue-sts.ts";
import { explain } from "../../../../services/core/explain/explain.ts";
import type { FailureKind } from "../../../../services/core/explain/explanation.ts";
import { normalizeReason } from "../../../../services/core/explain/reason.ts";
import { REASONS } from "../../../../services/core/explain/reason-codes.ts";
import { RESULT_TYPES } from "../../../../services/core/tlsrpt/result-types.ts";
import { problemsPage } from "./page.ts";

const TYPES = Object.keys(RESULT_TYPES);
const MODES = ["enforce", "testing", "none", ""];

function kind(resultType: string, reason = "", policyType = "sts", policyMode = ""): FailureKind {
  return { resultType, reason, policyType, policyMode };
}

describe("every kind of failure", () => {
  const reasons = ["", ...REASONS, "handshake-alert-70", "http-status-404", "own words"];
  const policies = [
    ...MODES.map((mode) => ["sts", mode] as const),
    ...["tlsa", "no-policy-found", "something-new"].map((type) => [type, ""] as const),
  ];
  const kinds = [...TYPES, "quantum-flux"].flatMap((type) =>
    reasons.flatMap((reason) => policies.map((policy) => kind(type, reason, ...policy))),
  );

  it("has all parts, as sentences of bounded length or commands", () => {
    const faults = kinds.flatMap((one) => {
      const { title, meaning, causes, fix, verify, reference } = explain(one);
      const texts = [...causes, ...fix, ...verify];
      return [
        /^[A-Z].{3,48}[^.]$/.test(title) ? [] : [title],
        /^[A-Z].{20,500}\.$/.test(meaning) ? [] : [meaning],
        /^RFC \d{4} section/.test(reference) ? [] : [reference],
        Math.min(causes.length, fix.length, verify.length) > 0 && fix.length <= 8 ? [] : [one],
        texts.filter((text) => !/^\$ \w.{3,250}[^.]$|^["\w].{8,250}\.$/.test(text)),
      ].flat();
    });
    expect(kinds.length).toBeGreaterThan(1_000);
    expect(faults).toEqual([]);
  });

  it("is known where its type or its reason is", () => {
    for (const type of TYPES) expect(explain(kind(type, "own words")).known).toBe(true);
    expect(explain(kind("quantum-flux", "self-signed")).known).toBe(true);
    expect(explain(kind("quantum-flux", "own words"))).toMatchObject({
      known: false,
      title: UNKNOWN.title,
      actor: "unknown",
    });
    expect(explain(kind("__proto__", "constructor")).known).toBe(false);
    expect(explain(kind("", "")).known).toBe(false);
  });

  it("asks to read what the sender says in its own words", () => {
    for (const type of TYPES) {
      const [first, ...others] = explain(kind(type, "own words")).fix;
      expect(first).toMatch(/^Read the reason/);
      expect(others).not.toContain(first);
    }
    expect(explain(kind("certificate-expired", "timeout")).fix[0]).not.toMatch(/^Read the reason/);
  });

  it("says who must act as the registry of result types does", () => {
    for (const [type, { actor }] of Object.entries(RESULT_TYPES)) {
      expect(explain(kind(type)).actor).toBe(actor);
    }
  });
});

describe("every canonical reason", () => {
  it("has an entry of its own or is a result type", () => {
    const without = [...REASONS].filter(
      (reason) =>
        !(reason in SESSION_ENTRIES) &&
        !(reason in POLICY_FILE_ENTRIES) &&
        !(reason in TYPE_ENTRIES),
    );
    expect(without).toEqual([]);
  });

  it("and every entry can be reached by a reason", () => {
    const numbered = [
      "handshake-alert",
      "handshake-alert-by-sender",
      "dnssec-error",
      "http-status",
    ];
    const names = [...Object.keys(SESSION_ENTRIES), ...Object.keys(POLICY_FILE_ENTRIES)];
    expect(names.filter((name) => !REASONS.has(name) && !numbered.includes(name))).toEqual([]);
  });
});

describe("the right entry", () => {
  const titles: readonly (readonly [string, string, string])[] = [
    ["validation-failure", "MX_HOSTS_MISMATCH", "MX not in the MTA-STS policy"],
    ["validation-failure", "VALIDATION_FAILURE", RESULT_TYPES["validation-failure"].title],
    ["validation-failure", "CERTIFICATE_EXPIRED", RESULT_TYPES["certificate-expired"].title],
    ["validation-failure", "tls-remote-alert-70-x", "MX broke the TLS handshake off"],
    ["validation-failure", "tls-local-alert-42-x", "Sender broke the TLS handshake off"],
    ["validation-failure", "No matching certificates found.", RESULT_TYPES["tlsa-invalid"].title],
    [
      "validation-failure",
      "dns-extended-error-6-DNSSEC-Bogus",
      RESULT_TYPES["dnssec-invalid"].title,
    ],
    ["certificate-expired", "VALIDATION_FAILURE", RESULT_TYPES["certificate-expired"].title],
    ["certificate-not-trusted", "self-signed certificate", "Self-signed certificate"],
    [
      "certificate-not-trusted",
      "unable to get local issuer certificate",
      "Intermediate certificate missing",
    ],
    [
      "sts-policy-fetch-error",
      "bad https response code: 404",
      "Policy file: web server gives an error",
    ],
    ["sts-policy-fetch-error", "i/o timeout", "Policy file: no answer in time"],
    [
      "sts-policy-fetch-error",
      "x509: certificate has expired",
      "MTA-STS policy host is not trusted",
    ],
    ["sts-webpki-invalid", "self-signed certificate", "MTA-STS policy host is not trusted"],
    ["sts-policy-invalid", "MX_HOSTS_MISMATCH", "MX not in the MTA-STS policy"],
    ["validation-failure", "i/o timeout", "TLS handshake took too long"],
    ["tlsa-invalid", "all-unusable-records+ignored", "TLSA records cannot be used"],
    ["quantum-flux", "https status 503", "Policy file: web server gives an error"],
  ];
  for (const [type, code, title] of titles) {
    it(`${type}, ${code}`, () => {
      expect(explain(kind(type, normalizeReason(code))).title).toBe(title);
    });
  }
});

describe("what becomes of the mail", () => {
  const says = (type: string, policy: string, mode: string, words: RegExp, reason = "") =>
    it(`${type} ${reason} under ${policy} ${mode}`, () => {
      expect(explain(kind(type, reason, policy, mode)).meaning).toMatch(words);
    });
  says("certificate-expired", "sts", "enforce", /was not delivered to this MX/);
  says("certificate-expired", "sts", "testing", /was delivered.*enforce it would be held back/);
  says("certificate-expired", "sts", "none", /was most likely delivered, perhaps in clear text/);
  says("certificate-expired", "sts", "", /does not say the mode/);
  says("certificate-expired", "sts", "ENFORCE<b>", /does not say the mode/);
  says("certificate-expired", "tlsa", "", /check DANE do not deliver/);
  says("starttls-not-supported", "no-policy-found", "", /delivered, perhaps in clear text/);
  says("starttls-not-supported", "something-new", "", /the report does not say/);
  says("sts-policy-fetch-error", "sts", "", /no mail is held back, and nothing protects it\.$/);
  says("sts-policy-fetch-error", "sts", "enforce", /has a copy in mode enforce\.$/);
  says("tlsa-invalid", "tlsa", "", /check DANE hold the mail back/);
  says("tlsa-invalid", "tlsa", "", /the mail arrives/, "tlsa-unusable");
  says("dane-required", "no-policy-found", "", /by its own rule/);

  it("DANE has advice of its own where dates and names do not count", () => {
    for (const type of [
      "certificate-expired",
      "certificate-host-mismatch",
      "certificate-not-trusted",
    ]) {
      const dane = explain(kind(type, "", "tlsa"));
      expect(dane.fix.join(" ")).toContain("3 1 1");
      expect(explain(kind(type)).fix.join(" ")).not.toContain("3 1 1");
    }
  });
});

describe("names", () => {
  it("fill commands in", () => {
    const { fix } = explain(kind("certificate-not-trusted"), {
      domain: "Example.COM.",
      mx: "mx1.example.com",
    });
    expect(fix[1]).toContain("-connect mx1.example.com:25 -servername mx1.example.com");
    const policy = explain(kind("sts-policy-fetch-error"), { domain: "bücher.example" });
    expect(policy.fix[1]).toBe(
      "$ curl -v https://mta-sts.xn--bcher-kva.example/.well-known/mta-sts.txt",
    );
    expect(policy.meaning).toContain("mta-sts.xn--bcher-kva.example");
  });

  it("that are none leave what stands for them", () => {
    for (const mx of [
      "",
      "a b",
      "$(id)",
      "-oProxy",
      "mx;id",
      "*.example.com",
      "`x`.example",
      "a/../b",
    ]) {
      expect(explain(kind("certificate-expired"), { mx }).fix[1]).toContain("-connect MX_HOST:25");
    }
  });

  it("never bring anything into a command but letters, digits, dots, hyphens and underscores", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(..."a.-_;|&$()`'\"<>\\ \n*?~!{}[]#%^=/:@".split("")) }),
      fc.domain(),
    );
    const types = fc.constantFrom(...TYPES, "quantum-flux");
    const plain = (type: string) =>
      [...explain(kind(type)).fix, ...explain(kind(type)).verify].join("\n");
    fc.assert(
      fc.property(types, hostile, hostile, (type, domain, mx) => {
        const { fix, verify } = explain(kind(type), { domain, mx });
        const known = plain(type)
          .split(/DOMAIN|MX_HOST/)
          .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
        const shape = new RegExp(`^${known.join("(?:[a-z0-9_][a-z0-9._-]*|DOMAIN|MX_HOST)")}$`);
        expect([...fix, ...verify].join("\n")).toMatch(shape);
      }),
    );
  });
});

describe("what the texts must not leave out", () => {
  const all = (type: string, reason = "") => {
    const { meaning, causes, fix } = explain(kind(type, reason));
    return [meaning, ...causes, ...fix].join("\n");
  };
  const tells = (type: string, words: RegExp, reason = "") =>
    it(`${type} ${reason}: ${words.source}`, () => expect(all(type, reason)).toMatch(words));
  tells("starttls-not-supported", /one network.*removes STARTTLS/);
  tells("certificate-not-trusted", /intermediate certificate: the commonest/);
  tells("certificate-expired", /Let's Encrypt/);
  tells("tlsa-invalid", /before its TLSA record was published/);
  tells("sts-policy-fetch-error", /redirect/);
  tells("sts-policy-fetch-error", /text\/plain/);
  tells("sts-policy-fetch-error", /certificate of the web host/);
  tells("sts-policy-fetch-error", /names no MX/);
  tells("validation-failure", /id of its record was not/, "mx-not-in-policy");
});

it("an entry is found by reason and type alone", () => {
  expect(entryOf(kind("certificate-expired"))).toBe(TYPE_ENTRIES["certificate-expired"]);
});

it("docs/problems.md says what the program says", async () => {
  // Made anew with `npx vitest run --project unit test/unit/core/explain -u`.
  await expect(problemsPage()).toMatchFileSnapshot("../../../../docs/problems.md");
});
