// What a signed mail vouches for: a report of its own, and not what somebody wrote into a mail that is
// quoted, returned or answered in it, nor fields that were put before it.

import { describe, expect, it } from "vitest";
import { buildDirectory } from "../../../services/core/directory/directory.ts";
import { type IngestContext, OPEN_CONTEXT } from "../../../services/ingest/context.ts";
import { ingest } from "../../../services/ingest/ingest.ts";
import type { Item } from "../../../services/ingest/item.ts";
import { makeKey, signMail } from "../../support/dkim-signer.ts";
import {
  attachment,
  entity,
  multipart,
  PROSE,
  REPORT_HEADERS,
  REPORT_SUBTYPE,
  received,
} from "../../support/mails.ts";
import { reportJson, reportMail } from "../../support/reports.ts";
import { entry } from "../core/directory/entries.ts";

const AT_MS = Date.UTC(2026, 10, 2, 3);
const KEY = makeKey();
const KEYS = new Map([["s1._domainkey.sender.example", [KEY.record]]]);
const CONTEXT: IngestContext = { ...OPEN_CONTEXT, dkim: "require", keys: KEYS, nowMs: AT_MS };

async function items(mail: Buffer, context = CONTEXT, rcptTo: string[] = []): Promise<Item[]> {
  return ingest(
    received(mail, { channel: "smtp", mailFrom: "a@b.example", receivedAtMs: AT_MS, rcptTo }),
    context,
  );
}

async function outcome(mail: Buffer, context = CONTEXT, rcptTo: string[] = []): Promise<string> {
  return (await items(mail, context, rcptTo)).map(inWords).join(", ");
}

function inWords(item: Item): string {
  return `${item.tenant} ${item.trust} ${item.kind === "report" ? "report" : item.reason}`;
}

const FORGED = reportMail({ number: 1 });
const JSON_PART = attachment(reportJson({ number: 1 }), ["Content-Type: application/tlsrpt+json"]);
const NESTED = entity(["Content-Type: message/rfc822"], FORGED);
const FROM = ["From: desk@sender.example"];
const sign = (mail: Buffer) => signMail(mail, { key: KEY });
const withField = (line: string) => sign(Buffer.concat([Buffer.from(`${line}\r\n`), FORGED]));

describe("a signature of the reporting domain itself", () => {
  it.each<[string, Buffer, string]>([
    ["a report", sign(FORGED), "default verified report"],
    ["made by a program", withField("Auto-Submitted: auto-generated"), "default verified report"],
    ["in a mail of another shape", sign(multipart("mixed", [PROSE, JSON_PART], FROM)), "report"],
    ["an automatic answer", withField("Auto-Submitted: auto-replied (away)"), "dkim-unverified"],
    ["an automatic note", withField("Auto-Submitted: auto-notified"), "dkim-unverified"],
    ["a forward", sign(multipart("mixed", [PROSE, NESTED], FROM)), "dkim-unverified"],
    ["a mail that is one", sign(entity([...FROM, "Content-Type: message/rfc822"], FORGED)), "dkim"],
    [
      "a forward as a file",
      sign(
        multipart(
          "mixed",
          [attachment(FORGED, ['Content-Type: application/octet-stream; name="a.eml"'])],
          FROM,
        ),
      ),
      "dkim-unverified",
    ],
    [
      "a receipt with the report",
      sign(multipart("report; report-type=disposition-notification", [PROSE, JSON_PART], FROM)),
      "dkim-unverified",
    ],
    [
      "a bounce with the report",
      sign(multipart("report; report-type=delivery-status", [PROSE, JSON_PART], FROM)),
      "dkim-unverified",
    ],
  ])("%s: %#", async (_, mail, expected) => {
    expect(await outcome(mail)).toContain(expected);
    const unverified = expected.startsWith("dkim");
    const flagged = await outcome(mail, { ...CONTEXT, dkim: "flag" });
    expect(flagged).toBe(`default ${unverified ? "unverified" : "verified"} report`);
  });

  it("a bounce whose inner mail becomes its own by another Content-Type", async () => {
    const inner = multipart(REPORT_SUBTYPE, [JSON_PART], REPORT_HEADERS, "inner");
    const part = entity(["Content-Type: message/rfc822"], inner);
    const bounce = sign(multipart("mixed", [PROSE, part], FROM, "outer"));
    const text = bounce.toString("latin1");
    const changed = text.replace('mixed; boundary="outer"', 'mixed; boundary="inner"');
    expect(changed).not.toBe(text);
    const [item] = await items(Buffer.from(changed, "latin1"));
    expect(item).toMatchObject({
      reason: "dkim-unverified",
      message: expect.stringContaining("vouches for the mail around the report only"),
      dkim: { verified: false, result: "pass", domain: "sender.example", basis: "" },
    });
    if (item?.kind === "quarantine") expect(item.dkim.notes).toContain("forwarded");
  });

  it("nobody waits for a key that would not help, and a broken signature stays what it is", async () => {
    const keys = new Map([["s1._domainkey.sender.example", "unknown" as const]]);
    const forward = sign(multipart("mixed", [PROSE, NESTED], FROM));
    expect(await outcome(forward, { ...CONTEXT, keys })).toContain("dkim-unverified");
    const [item] = await items(Buffer.concat([forward, Buffer.from("more\r\n")]));
    if (item?.kind !== "quarantine") throw new Error("it counts");
    expect(item.dkim.notes).toEqual(["body-changed"]);
  });
});

const DIRECTORY = buildDirectory([
  entry({ domain: "example.com", tenant: "alpha", addresses: ["tls@example.com"] }),
  entry({ domain: "beta.example", tenant: "beta", addresses: ["tls@beta.example"] }),
]);
const TENANTS: IngestContext = { ...CONTEXT, directory: DIRECTORY };
const prepend = (lines: string[], mail: Buffer) =>
  Buffer.concat([Buffer.from(lines.map((line) => `${line}\r\n`).join("")), mail]);
const SUBJECT = "Subject: Report Domain: beta.example Submitter: sender.example Report-ID: <1@a.b>";

describe("fields that somebody put before a signed mail choose no tenant", () => {
  it.each<[string, Buffer, string]>([
    ["nothing", sign(FORGED), "alpha verified report"],
    [
      "another domain",
      prepend(["TLS-Report-Domain: beta.example"], sign(FORGED)),
      "alpha verified",
    ],
    ["another Subject", prepend([SUBJECT], sign(FORGED)), "alpha verified report"],
    [
      "both, with a signature that covers them",
      prepend(
        [
          "DKIM-Signature: v=1; a=rsa-sha256; d=sender.example; s=s1; h=from:subject:" +
            "tls-report-domain; bh=AAAA; b=AAAA",
          "TLS-Report-Domain: beta.example",
          SUBJECT,
        ],
        sign(FORGED),
      ),
      "alpha verified report",
    ],
    [
      "a field that the signature leaves out",
      prepend(
        ["TLS-Report-Domain: beta.example"],
        signMail(multipart("mixed", [JSON_PART], FROM), { key: KEY, headers: ["From", "Subject"] }),
      ),
      "alpha verified report",
    ],
    [
      "a name of the lone part",
      prepend(
        ['Content-Disposition: attachment; filename="a.example!beta.example!1!2.json"'],
        sign(entity([...FROM, "Content-Type: application/tlsrpt+json"], reportJson({ number: 1 }))),
      ),
      "alpha verified report",
    ],
  ])("%s", async (_, mail, expected) => {
    expect(await outcome(mail, TENANTS)).toContain(expected);
  });

  it("what is signed, or stands in a mail without signatures, is believed", async () => {
    const mail = prepend(
      ["TLS-Report-Domain: beta.example"],
      multipart("mixed", [attachment(reportJson({ number: 1, domain: "" }), [])], FROM),
    );
    expect(await outcome(sign(mail), TENANTS)).toBe("beta verified report");
    expect(await outcome(mail, { ...TENANTS, dkim: "flag" })).toBe("beta unverified report");
  });
});

describe("a real report about another domain, sent again to a tenant's address", () => {
  const about = (domain: string) => sign(reportMail({ number: 1, domain }));

  it("is the operator's when the domain is nobody's, and its own tenant's otherwise", async () => {
    const rcptTo = ["tls@beta.example"];
    expect(await outcome(about("attacker.example"), TENANTS, rcptTo)).toBe(
      "default unverified unknown-domain",
    );
    expect(await outcome(about("example.com"), TENANTS, rcptTo)).toBe("alpha verified report");
    expect(await outcome(about("beta.example"), TENANTS, rcptTo)).toBe("beta verified report");
  });

  it("also with a signature before it that covers nothing, under an MX host nobody knows", async () => {
    const json = reportJson({ number: 1, domain: "mx.attacker.example" }).replace(
      '"sts"',
      '"tlsa"',
    );
    const subject = SUBJECT.replace("beta", "attacker");
    const mail = sign(multipart("mixed", [attachment(json, [])], [...FROM, subject]));
    const fake = "DKIM-Signature: v=1; a=rsa-sha256; d=b.example; s=s1; h=from; bh=AAAA; b=AAAA";
    const replayed = prepend([fake, SUBJECT], mail);
    const [item] = await items(replayed, TENANTS, ["tls@beta.example"]);
    expect(item).toMatchObject({ tenant: "default", reason: "unknown-domain" });
  });
});

describe("an envelope with addresses of several tenants", () => {
  const both = ["tls@beta.example", "tls@example.com"];
  const unsigned = reportMail({ number: 1 });
  const prose = entity([...FROM, SUBJECT, "Content-Type: text/plain"], "Hello.");

  it.each<[string, Buffer, string[], string]>([
    ["unsigned, to its own", unsigned, ["tls@example.com"], "alpha unverified dkim-unverified"],
    ["unsigned, to both", unsigned, both, "default unverified dkim-unverified"],
    ["unsigned, to the other", unsigned, ["tls@beta.example"], "default unverified dkim-unver"],
    ["no report, to its own", prose, ["tls@beta.example"], "beta unverified no-report"],
    ["no report, to both", prose, both, "default unverified no-report"],
    ["no report, to one of nobody", prose, ["x@nobody.example"], "beta unverified no-report"],
  ])("%s", async (_, mail, rcptTo, expected) => {
    expect(await outcome(mail, TENANTS, rcptTo)).toContain(expected);
  });
});
