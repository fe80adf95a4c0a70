// One report whole, as the route tells it, of messages that went through the real pipeline into the real
// store: its policies, its details in words, its copies and the other contents under its identity.

import { afterAll, beforeAll, expect, test } from "vitest";
import { createAccess } from "../../services/access/access.ts";
import { everybodyWay, MACHINE } from "../../services/access/ways.ts";
import { createApi } from "../../services/api/app.ts";
import { REPORT_SCHEMA } from "../../services/api/report-schema.ts";
import { buildDirectory } from "../../services/core/directory/directory.ts";
import type { Channel } from "../../services/core/raw.ts";
import { printReceipt } from "../../services/core/receipt.ts";
import { commitBatch } from "../../services/ingest/commit.ts";
import { OPEN_CONTEXT } from "../../services/ingest/context.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import { silent } from "../../services/observe/events.ts";
import { compileSchema } from "../../services/validate/validate.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";

const DAY = "2026-03-02";
const STS_LINES = ["version: STSv1", "mode: testing", "mx: *.example.com", "max_age: 604800"];

interface Detail {
  type: string;
  failed: number;
  mx?: string;
  reason?: string;
}

function policy(type: string, lines: string[], counts: [number, number], details: Detail[] = []) {
  const [successful, failed] = counts;
  return {
    policy: {
      "policy-type": type,
      "policy-domain": "example.com",
      ...(lines.length > 0 && { "policy-string": lines }),
    },
    summary: {
      "total-successful-session-count": successful,
      "total-failure-session-count": failed,
    },
    "failure-details": details.map((detail) => ({
      "result-type": detail.type,
      "sending-mta-ip": "192.0.2.9",
      "receiving-mx-hostname": detail.mx ?? "mx1.example.com",
      "failed-session-count": detail.failed,
      ...(detail.reason && { "failure-reason-code": detail.reason }),
    })),
  };
}

function report(policies: unknown[], more = {}): string {
  return JSON.stringify({
    "organization-name": "Example Mail",
    "date-range": { "start-datetime": `${DAY}T00:00:00Z`, "end-datetime": `${DAY}T23:59:59Z` },
    "contact-info": "tls@sender.example",
    "report-id": "report-1",
    policies,
    ...more,
  });
}

const EXPIRED = { type: "certificate-expired", failed: 4 };
const FIRST = report([
  policy("tlsa", ["3 1 1 AB"], [96, 4], [EXPIRED]),
  policy("sts", STS_LINES, [93, 7], [EXPIRED, { type: "x-new-type", failed: 1, reason: "<b>" }]),
]);
const OTHER = report([policy("sts", STS_LINES, [50, 8], [{ ...EXPIRED, failed: 9 }])], {
  "contact-info": "tls@sender.example",
});

let stored: TestStore;
let nowMs = Date.parse("2026-03-03T04:00:00Z");

/** Takes a message in for a tenant and gives its receipt. */
function take(body: string, channel: Channel = "https", tenant = "red"): Promise<string> {
  return takeMessage(Buffer.from(body), channel, [{ domain: "example.com", tenant }]);
}

async function takeMessage(
  bytes: Uint8Array,
  channel: Channel,
  owned: { domain: string; tenant: string }[],
): Promise<string> {
  nowMs += 60_000;
  const receipt = printReceipt(nowMs, crypto.getRandomValues(new Uint8Array(16)));
  const arrival = {
    receipt,
    receivedAtMs: nowMs,
    channel,
    peer: "192.0.2.1",
    helo: "",
    tls: "",
    mailFrom: "",
    rcptTo: [],
    contentType: "",
    fileName: "",
    key: "",
    reprocess: false,
  };
  const none = { aliases: [], mx: [], addresses: [], keys: [] };
  const directory = buildDirectory(owned.map((one) => ({ ...one, ...none })));
  const context = { ...OPEN_CONTEXT, directory };
  const raw = { arrival, bytes };
  const entries = (await ingest(raw, context)).map((item, index) => ({ raw, index, item }));
  await commitBatch(stored.store, entries, nowMs + 1_000);
  return receipt;
}

function app(tenants: string[]) {
  return createApi({
    store: stored.store,
    spool: null,
    ready: async () => ({ ready: true, checks: {} }),
    metrics: async () => ({ contentType: "text/plain", text: "" }),
    emit: silent,
    access: createAccess([everybodyWay({ ...MACHINE, tenants })]),
    loginPath: null,
    reportUrl: null,
    reportAddress: null,
    version: "1.2.3",
    clock: () => nowMs,
  });
}

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client without types reads them
async function get(path: string, tenants = ["red"]): Promise<any> {
  const response = await app(tenants).request(path);
  expect(response.status, path).toBe(200);
  return response.json();
}

let id = "";
const receipts: Record<string, string> = {};

beforeAll(async () => {
  stored = await startTestStore();
  receipts["first"] = await take(FIRST);
  receipts["again"] = await take(FIRST, "smtp");
  receipts["third"] = await take(FIRST);
  receipts["other"] = await take(OTHER);
  receipts["foreign"] = await take(FIRST, "https", "blue");
  receipts["foreign again"] = await take(FIRST, "https", "blue");
  await take(report([policy("sts", [], [1, 0])], { "report-id": "report-2" }));
  const { data } = await get(`/api/v1/reports?from=${DAY}&organization=example+mail`);
  id = data.find((row: { report_id: string; status: string }) => {
    return row.report_id === "report-1" && row.status === "stored";
  }).id;
});
afterAll(() => stored?.stop());

test("counts a session under two policy types once, by domain", async () => {
  const { data } = await get(`/api/v1/reports/${id}`);
  expect(data).toMatchObject({
    receipt: receipts["first"],
    successful_sessions: 93,
    failed_sessions: 7,
    attribution_words: "A policy of the report names the domain.",
    domain_sessions: [
      {
        domain: "example.com",
        policy_types: ["sts", "tlsa"],
        successful_sessions: 93,
        failed_sessions: 7,
      },
    ],
  });
});

test("takes MTA-STS policies apart, and says whether details add up", async () => {
  const { data } = await get(`/api/v1/reports/${id}`);
  const byType = (type: string) =>
    data.policies.find((one: { policy_type: string }) => one.policy_type === type);
  expect(byType("sts")).toMatchObject({
    parsed_policy: {
      version: "STSv1",
      mode: "testing",
      max_age: 604_800,
      mx: ["*.example.com"],
      faults: [],
    },
    details_agree: false,
    details_words: "The failure details explain 5 of 7 failed sessions.",
  });
  expect(byType("tlsa")).toMatchObject({
    parsed_policy: null,
    policy_text: "3 1 1 AB",
    details_agree: true,
    details_words: "The failure details add up to the summary.",
  });
  expect(data.details_agree).toBe(false);
  const code = "details-disagree-with-summary";
  const disagreeing = data.deviations.find((one: { code: string }) => one.code === code);
  expect(disagreeing).toMatchObject({
    title: "Failure details do not add up to the summary",
    rule: "RFC 8460 section 4",
    docs: `docs/deviations.md#${code}`,
    place: "/policies/1/failure-details",
    value: "details 5, summary 7",
  });
});

test("says of each failure what it is and who can mend it, also of unknown ones", async () => {
  const { data } = await get(`/api/v1/reports/${id}`);
  const known = { result_type: "certificate-expired", failed_sessions: 4 };
  const words = { title: expect.stringMatching(/expired/i), actor: "mx-operator" };
  expect(data.failure_details).toHaveLength(3);
  expect(data.failure_details).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...known, ...words, policy_type: "tlsa", policy_mode: "" }),
      expect.objectContaining({ ...known, ...words, policy_type: "sts", policy_mode: "testing" }),
      expect.objectContaining({
        result_type: "x-new-type",
        reason_code: "<b>",
        title: expect.stringMatching(/\w/),
      }),
    ]),
  );
});

test("names each copy by the ledger, and each other content with what differs", async () => {
  const { data } = await get(`/api/v1/reports/${id}`);
  expect(data.duplicates).toMatchObject([
    { channel: "smtp", trust: "unverified", receipt: receipts["again"], item: 0 },
    { channel: "https", trust: "posted", receipt: receipts["third"] },
  ]);
  expect(data.duplicates[0].received_at).toBe("2026-03-03T04:02:00.000Z");
  expect(data.arrivals).toEqual({ duplicates: 2, conflicts: 1 });
  expect(data.conflicts).toMatchObject([
    { receipt: receipts["other"], status: "conflict", successful_sessions: 50 },
  ]);
  const [conflict] = data.conflicts;
  expect(conflict.differences).toEqual(
    expect.arrayContaining([
      {
        column: "successful_sessions",
        counted: "93",
        other: "50",
        words: "Successful sessions: 50 in place of 93.",
      },
      expect.objectContaining({ column: "failed_sessions", counted: "7", other: "8" }),
      expect.objectContaining({ column: "content_hash", counted: data.content_hash }),
    ]),
  );
  const differing = conflict.differences.map((one: { column: string }) => one.column);
  expect(differing).not.toContain("organization");
});

test("is as the OpenAPI document says, member by member", async () => {
  const answer = await get(`/api/v1/reports/${id}`);
  const checked = compileSchema(REPORT_SCHEMA)(answer);
  expect(checked.ok ? [] : checked.errors).toEqual([]);
  const { properties } = REPORT_SCHEMA as { properties: Record<string, { required: string[] }> };
  for (const part of ["data", "meta"]) {
    expect(Object.keys(answer[part]).sort()).toEqual(properties[part]?.required.toSorted());
  }
});

test("links lead to the bytes of each content", async () => {
  const { data } = await get(`/api/v1/reports/${id}`);
  for (const [link, body] of [
    [data.raw, FIRST],
    [data.conflicts[0].raw, OTHER],
  ]) {
    const response = await app(["red"]).request(link);
    expect(await response.text()).toBe(body);
  }
});

test("a caller of one tenant sees nothing of what the other was sent", async () => {
  const red = JSON.stringify(await get(`/api/v1/reports/${id}`));
  expect(red).not.toContain(receipts["foreign"]);
  expect(red).not.toContain(receipts["foreign again"]);
  const blue = await get(`/api/v1/reports/${id}`, ["blue"]);
  expect(blue.data).toMatchObject({
    tenant: "blue",
    receipt: receipts["foreign"],
    duplicates: [{ receipt: receipts["foreign again"] }],
    conflicts: [],
    arrivals: { duplicates: 1, conflicts: 0 },
  });
  for (const name of ["first", "again", "third", "other"]) {
    expect(JSON.stringify(blue)).not.toContain(receipts[name]);
  }
  expect((await app(["green"]).request(`/api/v1/reports/${id}`)).status).toBe(404);
});

/** A mail with a report for red and one for blue. */
function mailOfTwo(): Buffer {
  const domains = ["red.example", "blue.example"];
  const parts = domains.map((domain) => {
    const own = { "policy-type": "no-policy-found", "policy-domain": domain };
    const summary = { "total-successful-session-count": 1, "total-failure-session-count": 0 };
    return `--b\r\nContent-Type: application/tlsrpt+json\r\n\r\n${report(
      [{ policy: own, summary }],
      { "report-id": domain },
    )}\r\n`;
  });
  const head = [
    "From: tls@sender.example",
    "Subject: Report Domain: red.example and blue.example",
    "Message-ID: <red-and-blue@sender.example>",
    'Content-Type: multipart/mixed; boundary="b"',
    "MIME-Version: 1.0",
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${parts.join("")}--b--\r\n`);
}

test("of a message with reports of two tenants each sees its own part alone", async () => {
  await takeMessage(mailOfTwo(), "smtp", [
    { domain: "red.example", tenant: "red" },
    { domain: "blue.example", tenant: "blue" },
  ]);
  const about = async (tenants: string[], domain: string) => {
    const { data } = await get(`/api/v1/reports?from=${DAY}&domain=${domain}`, tenants);
    expect(data).toHaveLength(1);
    return (await get(`/api/v1/reports/${data[0].id}`, tenants)).data;
  };
  for (const [own, other] of [
    ["red", "blue"],
    ["blue", "red"],
  ] as const) {
    const data = await about([own], `${own}.example`);
    expect(data).toMatchObject({
      tenant: own,
      item: null,
      rcpt_to: [],
      subject: "",
      header_from: "",
      message_id: "",
      file_name: "",
    });
    expect(data.withheld.toSorted()).toEqual(
      ["file_name", "header_from", "item", "message_id", "rcpt_to", "subject"].toSorted(),
    );
    expect(JSON.stringify(data)).not.toContain(`${other}.example`);
    const whole = await about(["red", "blue"], `${own}.example`);
    expect(whole).toMatchObject({ subject: expect.stringContaining(other), withheld: [] });
    expect(whole.item).toBe(own === "red" ? 0 : 1);
  }
});
