// From bytes to items: always one at least, never an exception, the same for the same bytes.

import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { type Arrival, CHANNELS } from "../../../services/core/raw.ts";
import { REPORT_COLUMNS } from "../../../services/core/tlsrpt/columns.ts";
import { OPEN_CONTEXT } from "../../../services/ingest/context.ts";
import { hash128, ingest } from "../../../services/ingest/ingest.ts";
import type { ReportItem } from "../../../services/ingest/item.ts";
import {
  entity,
  gzipPart,
  multipart,
  PROSE,
  REPORT_HEADERS,
  REPORT_SUBTYPE,
  received,
} from "../../support/mails.ts";
import { reportJson, reportMail } from "../../support/reports.ts";
import { zipOf } from "../../support/zips.ts";

const JSON_TEXT = reportJson({ number: 1 });
const CUT_GZIP = gzipSync(JSON_TEXT).subarray(0, 99);
const TENANT = "default";

function items(bytes: Uint8Array | string, arrival: Partial<Arrival> = {}) {
  return ingest(received(bytes, arrival), OPEN_CONTEXT);
}

/** The columns of the row for `reports`. */
function columns(item: ReportItem): Record<string, unknown> {
  const cells: unknown[] = JSON.parse(`[${item.reportCells}]`);
  return Object.fromEntries(REPORT_COLUMNS.slice(0, -1).map((name, at) => [name, cells[at]]));
}

async function report(bytes: Uint8Array | string, arrival: Partial<Arrival> = {}) {
  const [item, ...others] = await items(bytes, arrival);
  expect(others).toEqual([]);
  if (item?.kind !== "report") throw new Error(`no report: ${JSON.stringify(item)}`);
  return { item, row: columns(item) };
}

describe("a report", () => {
  it("gives rows, whatever it came in", async () => {
    const wrapped = [
      JSON_TEXT,
      gzipSync(JSON_TEXT),
      zipOf({ "a.json": JSON_TEXT }),
      reportMail({ number: 1 }),
    ];
    const found = await Promise.all(wrapped.map((bytes) => report(bytes)));
    for (const { item, row } of found) {
      expect(item).toMatchObject({ tenant: TENANT, day: "2026-11-01", organization: "Sender One" });
      expect(item.reportKey).toBe(found[0]?.item.reportKey);
      expect(item.contentHash).toBe(found[0]?.item.contentHash);
      expect(Buffer.from(String(row["raw_base64"]), "base64").toString()).toBe(JSON_TEXT);
      expect(row["raw_bytes"]).toBe(JSON_TEXT.length);
    }
    expect(found.map(({ row }) => row["conforming"])).toEqual([true, true, true, true]);
  });

  it("keeps what its mail says", async () => {
    const { row } = await report(reportMail({ number: 1 }));
    expect(row).toMatchObject({
      media: "mail > gzip > json",
      message_id: "<1.example.com@sender.example>",
      header_from: "tls-reports@sender.example",
      submitter: "sender.example",
    });
  });

  it("lists schema violations where no deviation speaks of the place", async () => {
    const value = JSON.parse(JSON_TEXT);
    delete value.policies[0].policy["mx-host"];
    value["contact-info"] = null;
    const { row } = await report(JSON.stringify(value));
    expect(row["conforming"]).toBe(false);
    expect(row["deviation_codes"]).toContain("schema-violation");
    expect(row["deviation_places"]).toContain("/policies/0/policy");
    const places = row["deviation_places"];
    const about = Array.isArray(places) ? places.filter((at) => at === "/contact-info") : [];
    expect(about).toHaveLength(1);
  });

  it("lists a missing member beside a deviation of the same object", async () => {
    const value = JSON.parse(JSON_TEXT);
    const { policy } = value.policies[0];
    delete policy["mx-host"];
    policy["policy-domain"] = "EXAMPLE.COM.";
    const { row } = await report(JSON.stringify(value));
    expect(row["conforming"]).toBe(false);
    const places = row["deviation_places"];
    expect(places).toContain("/policies/0/policy/policy-domain");
    expect(places).toContain("/policies/0/policy");
  });

  it("conforms when only its wrapping or its text deviates", async () => {
    const { row } = await report(zipOf({ "a.json": `\ufeff${JSON_TEXT}` }));
    expect(row).toMatchObject({ conforming: true, deviation_codes: ["zip-container", "bom"] });
  });

  it("takes the policy domain from the mail within the mail", async () => {
    const value = JSON.parse(JSON_TEXT);
    delete value.policies[0].policy["policy-domain"];
    const inner = multipart(
      REPORT_SUBTYPE,
      [PROSE, gzipPart(gzipSync(JSON.stringify(value)))],
      REPORT_HEADERS,
    );
    const outer = ["Subject: Fwd", "From: a@example.net"];
    const mail = multipart(
      "mixed",
      [PROSE, entity(["Content-Type: message/rfc822"], inner)],
      outer,
      "o",
    );
    const { item, row } = await report(mail);
    expect(row["domains"]).toEqual(["example.com"]);
    expect(row["subject"]).toBe("Fwd"); // of the message as it was received
    expect(item.summaryLines).toContain('"example.com"');
  });

  it("without an id and a domain is another one for another TLS-Report-Domain", async () => {
    const value = JSON.parse(JSON_TEXT);
    delete value["report-id"];
    delete value.policies[0].policy["policy-domain"];
    const part = gzipPart(gzipSync(JSON.stringify(value)));
    const keyFor = async (domain: string) => {
      const headers = REPORT_HEADERS.map((line) =>
        line.startsWith("TLS-Report-Domain") ? `TLS-Report-Domain: ${domain}` : line,
      );
      return (await report(multipart(REPORT_SUBTYPE, [PROSE, part], headers))).item.reportKey;
    };
    expect(await keyFor("example.com")).not.toBe(await keyFor("example.net"));
    expect(await keyFor("example.com")).toBe(await keyFor("example.com"));
  });

  it("is noted for a byte order mark, data after it and bytes after gzip", async () => {
    const text = `\ufeff${JSON_TEXT}\n${JSON_TEXT}`;
    const { row } = await report(Buffer.concat([gzipSync(text), Buffer.from("x")]));
    expect(row["deviation_codes"]).toEqual(["trailing-bytes", "bom", "trailing-data"]);
  });
});

describe("several reports", () => {
  it("are items in their order", async () => {
    const parts = [1, 2, 3].map((number) => gzipPart(gzipSync(reportJson({ number }))));
    const found = await items(multipart(REPORT_SUBTYPE, [PROSE, ...parts], REPORT_HEADERS));
    expect(found.map((item) => item.kind)).toEqual(["report", "report", "report"]);
    expect(new Set(found.map((item) => item.kind === "report" && item.reportKey)).size).toBe(3);
  });

  it("are taken up to the bound, and the rest is said", async () => {
    const count = BOUNDS.reportsPerMessageMax + 5;
    const parts = Array.from({ length: count }, (_, number) =>
      gzipPart(gzipSync(reportJson({ number }))),
    );
    const found = await items(multipart(REPORT_SUBTYPE, parts, REPORT_HEADERS));
    expect(found).toHaveLength(BOUNDS.reportsPerMessageMax + 1);
    expect(found.at(-1)).toMatchObject({ kind: "quarantine", reason: "too-many-reports" });
  });

  it("leave room for one that is broken", async () => {
    const broken = gzipPart(gzipSync(JSON_TEXT).subarray(0, 50));
    const parts = [gzipPart(gzipSync(JSON_TEXT)), broken];
    const found = await items(multipart(REPORT_SUBTYPE, parts, REPORT_HEADERS));
    expect(found).toMatchObject([
      { kind: "report" },
      { kind: "quarantine", reason: "compressed-truncated", place: "2" },
    ]);
  });
});

describe("quarantine", () => {
  const bad = (name: string, reason: string, bytes: Uint8Array | string) =>
    it(`${name}: ${reason}`, async () =>
      expect(await items(bytes)).toMatchObject([{ kind: "quarantine", tenant: TENANT, reason }]));
  const mail = (type: string, body: Buffer | string) => entity([`Content-Type: ${type}`], body);

  bad("no bytes", "empty", "");
  bad("prose", "not-json", "hello");
  bad("HTML", "not-json", "<html></html>");
  bad("cut JSON", "not-json", JSON_TEXT.slice(0, 200));
  bad("an array", "json-not-object", `[${JSON_TEXT}]`);
  bad("null", "json-not-object", "null");
  bad("another object", "not-a-report", '{"hello":"world"}');
  bad("no policies", "policies-missing", '{"organization-name":"x","policies":[]}');
  bad("deep JSON", "json-too-deep", `{"policies":${"[".repeat(20_000)}`);
  bad("cut gzip", "compressed-truncated", CUT_GZIP);
  bad("a DMARC report", "dmarc-report", gzipSync("<feedback></feedback>"));
  bad("a mail of prose", "no-report", mail("text/plain", "hello"));
  bad("a mail of prose in braces", "no-report", mail("text/plain", "{hello}"));
  bad("a mail with cut report text", "not-json", mail("text/plain", JSON_TEXT.slice(0, -50)));
  bad("a mail with another object", "not-a-report", mail("application/json", '{"hello":1}'));
  bad("a mail with a cut archive", "compressed-truncated", mail("application/gzip", CUT_GZIP));
  bad("a mail with a log in gzip", "not-json", mail("application/gzip", gzipSync("a log")));

  it("says where and in what", async () => {
    const text = JSON_TEXT.replace(
      '"total-failure-session-count":1',
      '"total-failure-session-count":-1',
    );
    const bytes = multipart(REPORT_SUBTYPE, [PROSE, gzipPart(gzipSync(text))], REPORT_HEADERS);
    expect(await items(bytes)).toMatchObject([
      {
        reason: "count-invalid",
        place: "2 /policies/0/summary/total-failure-session-count",
        delivery: { media: "mail > gzip > json", messageId: "<1@sender.example>" },
      },
    ]);
  });
});

describe("hash128", () => {
  it("is SHA-256 over UTF-8, cut to the form of a UUID", () =>
    expect(hash128("abc")).toBe("ba7816bf-8f01-cfea-4141-40de5dae2223")); // FIPS 180-2 B.1
});

describe("any bytes", () => {
  it("give an item, the same each time, and no exception", async () => {
    const mutated = fc.tuple(
      fc.constantFrom(JSON_TEXT, reportMail({ number: 1 }).toString("latin1")),
      fc.nat(2_000),
      fc.nat(30),
      fc.string({ maxLength: 4 }),
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((raw) => gzipSync(raw)),
      fc.json().map((text) => Buffer.from(text)),
      mutated.map(([text, at, cut, put]) =>
        Buffer.from(text.slice(0, at) + put + text.slice(at + cut), "latin1"),
      ),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom(...CHANNELS), async (raw, channel) => {
        const first = await items(raw, { channel });
        expect(first.length).toBeGreaterThan(0);
        expect(await items(raw, { channel })).toEqual(first);
      }),
      { numRuns: 400 },
    );
  });
});

describe("little that would become much", () => {
  it("is refused when a valid report unfolds at an unlikely ratio", async () => {
    const padded = JSON_TEXT.replace("{", `{"x":"${"a".repeat(8 * 1024 * 1024)}",`);
    const [item] = await items(gzipSync(padded));
    expect(item).toMatchObject({ kind: "quarantine", reason: "decoded-too-large" });
    expect((await items(padded))[0]).toMatchObject({ kind: "report" });
  });

  it("is refused when long names are repeated in too many failure details", async () => {
    const long = (count: number) => {
      const whole = JSON.parse(reportJson({ number: 1, failures: 1 }));
      const [policy] = whole.policies;
      whole["organization-name"] = "o".repeat(1_000);
      policy.policy["policy-type"] = "t".repeat(1_000);
      policy["failure-details"] = Array(count).fill({ "failed-session-count": 1 });
      return JSON.stringify(whole);
    };
    const [item] = await items(long(100_000));
    expect(item).toMatchObject({ kind: "quarantine", reason: "too-many-details" });
    expect((await items(long(100)))[0]).toMatchObject({ kind: "report" });
  });
});
