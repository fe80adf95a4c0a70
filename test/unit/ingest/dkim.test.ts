// What becomes of a report by its signatures: counted, marked, deferred or quarantined, for each mode and
// channel, with keys given as DNS answered.

import { describe, expect, it } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { DKIM_MODES } from "../../../services/core/dkim/mode.ts";
import type { KeyAnswer } from "../../../services/core/dkim/signature.ts";
import type { Arrival } from "../../../services/core/raw.ts";
import { type IngestContext, OPEN_CONTEXT } from "../../../services/ingest/context.ts";
import { ingest } from "../../../services/ingest/ingest.ts";
import type { Item } from "../../../services/ingest/item.ts";
import { makeKey, signMail } from "../../support/dkim-signer.ts";
import { attachment, multipart, received } from "../../support/mails.ts";
import { reportJson, reportMail } from "../../support/reports.ts";

const AT_MS = Date.UTC(2026, 10, 2, 3);
const KEY = makeKey();
const MAIL = reportMail({ number: 1 });
const SIGNED = signMail(MAIL, { key: KEY });
const FOREIGN = signMail(MAIL, { key: KEY, domain: "other.example" });

interface Given {
  dkim?: IngestContext["dkim"];
  answer?: KeyAnswer;
  ageMs?: number;
  channel?: Arrival["channel"];
}

async function outcome(mail: Uint8Array, given: Given): Promise<string> {
  const { dkim = "require", answer = [KEY.record], ageMs = 0, channel = "smtp" } = given;
  const keys = new Map(
    ["sender", "other"].map((name) => [`s1._domainkey.${name}.example`, answer]),
  );
  const context = { ...OPEN_CONTEXT, dkim, keys, nowMs: AT_MS + ageMs };
  const items = await ingest(received(mail, { channel, receivedAtMs: AT_MS }), context);
  expect(items).toHaveLength(1);
  return words(items[0]);
}

function words(item: Item | undefined): string {
  if (item === undefined) return "";
  return item.kind === "report" ? `counts ${item.trust} ${item.trustRank}` : item.reason;
}

describe("by mail", () => {
  it.each([
    [SIGNED, "require", "counts verified 2"],
    [SIGNED, "flag", "counts verified 2"],
    [SIGNED, "off", "counts unverified 0"],
    [MAIL, "require", "dkim-unverified"],
    [MAIL, "flag", "counts unverified 0"],
    [MAIL, "off", "counts unverified 0"],
    [FOREIGN, "require", "dkim-unverified"],
    [FOREIGN, "flag", "counts unverified 0"],
  ] as const)("%#: %s", async (mail, dkim, expected) => {
    expect(await outcome(mail, { dkim })).toBe(expected);
  });

  const DAY_MS = 86_400_000;
  it.each([
    ["require", 0, "dkim-deferred"],
    ["require", 4 * DAY_MS, "dkim-deferred"],
    ["require", BOUNDS.dkimRetryMsMaxRequire, "dkim-unverified"],
    ["flag", 0, "dkim-deferred"],
    ["flag", BOUNDS.dkimRetryMsMaxFlag - 1, "dkim-deferred"],
    ["flag", BOUNDS.dkimRetryMsMaxFlag, "counts unverified 0"],
    ["off", 0, "counts unverified 0"],
  ] as const)("without an answer of DNS: %s after %i ms is %s", async (dkim, ageMs, expected) => {
    expect(await outcome(SIGNED, { dkim, answer: "unknown", ageMs })).toBe(expected);
  });

  it("nobody waits for a key that would not help", async () => {
    expect(await outcome(FOREIGN, { answer: "unknown" })).toBe("dkim-unverified");
    const broken = Buffer.concat([SIGNED, Buffer.from("more\r\n")]);
    expect(await outcome(broken, { answer: "unknown" })).toBe("dkim-unverified");
  });

  it("a name that somebody put before a signed mail makes it nobody else's", async () => {
    const claims = Buffer.from("TLS-Report-Submitter: other.example\r\nFrom: a@other.example\r\n");
    expect(await outcome(Buffer.concat([claims, FOREIGN]), {})).toBe("dkim-unverified");
    expect(await outcome(Buffer.concat([claims, SIGNED]), {})).toBe("counts verified 2");
  });

  it("From and submitter count for less than contact-info", async () => {
    const json = reportJson({ number: 1 }).replace("tls-reports@sender.example", "x@third.example");
    const mail = multipart(
      "report; report-type=tlsrpt",
      [attachment(json, ["Content-Type: application/tlsrpt+json"])],
      ["From: a@sender.example"],
    );
    const signed = signMail(mail, { key: KEY, headers: ["From"] });
    expect(await outcome(signed, {})).toBe("counts verified 0");
  });
});

describe("by other ways", () => {
  it("a post is no mail, whatever is in it", async () => {
    for (const dkim of DKIM_MODES) {
      expect(await outcome(SIGNED, { dkim, channel: "https" })).toBe("counts posted 0");
    }
  });

  it("a file is verified where it can be, and never deferred or refused", async () => {
    const channel = "import";
    expect(await outcome(SIGNED, { channel })).toBe("counts verified 2");
    expect(await outcome(MAIL, { channel })).toBe("counts imported 1");
    expect(await outcome(SIGNED, { channel, answer: "unknown" })).toBe("counts imported 1");
    expect(await outcome(SIGNED, { channel, dkim: "off" })).toBe("counts imported 1");
  });
});
