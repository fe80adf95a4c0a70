// The rows of a report: cells by column, sessions that can be added up, text that stays text.

import { expect, test } from "vitest";
import { normalizeReason } from "../../../../services/core/explain/reason.ts";
import type { Policy, Report } from "../../../../services/core/tlsrpt/report.ts";
import { additiveSessions } from "../../../../services/core/tlsrpt/sessions.ts";
import { plainReport } from "./plain.ts";
import { NO_HINTS, readValue, rowsOf, uuidHash } from "./reading.ts";

function read(): Report {
  const { report } = readValue(plainReport());
  if (report === null) throw new Error("not read");
  return report;
}

function policy(type: string, domain: string, successful: number, failed: number): Policy {
  return { type, domain, lines: [], mxPatterns: [], mode: "", successful, failed, details: [] };
}

test("the row of a report", () => {
  const { report } = rowsOf(read(), NO_HINTS, [{ code: "bom", place: "/x", value: 'a"b' }]);
  expect(report).toMatchObject({
    tenant: "default",
    day: "2026-06-14",
    receipt: "01JXS1Z5A0000000000000000A",
    item: 0,
    received_at: "2026-06-15 12:00:00.000",
    channel: "https",
    peer: "192.0.2.25",
    rcpt_to: ["reports@example.com"],
    media: "json",
    submitter: "sender.example",
    organization: "Example Mail",
    contact_info: "tlsrpt@sender.example",
    report_id: "2026-06-14_example.com",
    start_at: "2026-06-14 00:00:00",
    end_at: "2026-06-14 23:59:59",
    domains: ["example.com"],
    conforming: false,
    deviation_codes: ["bom"],
    deviation_places: ["/x"],
    deviation_values: ['a"b'],
    successful_sessions: 10,
    failed_sessions: 3,
    raw_base64: "e30=",
    raw_bytes: 2,
  });
});

test("the rows of a policy and its details", () => {
  const { report, summaries, details } = rowsOf(read());
  expect(summaries).toEqual([
    {
      tenant: "default",
      domain: "example.com",
      day: "2026-06-14",
      report_key: report["report_key"],
      rows_hash: report["rows_hash"],
      policy_index: 0,
      start_at: "2026-06-14 00:00:00",
      organization: "Example Mail",
      trust: "posted",
      policy_domain: "example.com",
      policy_type: "sts",
      policy_mode: "enforce",
      policy_digest: expect.stringMatching(/^[0-9a-f-]{36}$/),
      policy_text: "version: STSv1\nmode: enforce\nmx: *.example.com\nmax_age: 86400",
      mx_patterns: ["*.example.com"],
      policy_successful: 10,
      policy_failed: 3,
      details_failed: 3,
      sessions_successful: 10,
      sessions_failed: 3,
      sessions_protected: 13,
      first_of_report: 1,
      first_of_domain: 1,
    },
  ]);
  expect(details).toHaveLength(2);
  expect(details[0]).toEqual({
    tenant: "default",
    domain: "example.com",
    day: "2026-06-14",
    result_type: "certificate-expired",
    mx: "mx1.example.com",
    report_key: report["report_key"],
    rows_hash: report["rows_hash"],
    policy_index: 0,
    detail_index: 0,
    start_at: "2026-06-14 00:00:00",
    organization: "Example Mail",
    trust: "posted",
    policy_type: "sts",
    policy_mode: "enforce",
    mx_helo: "mx1.example.com",
    sending_ip: "::ffff:192.0.2.1",
    sending_ip_text: "",
    receiving_ip: "2001:db8::1",
    receiving_ip_text: "",
    reason_code: "expired",
    additional_information: "",
    failed_sessions: 2,
    reason: normalizeReason("expired"),
    counted_sessions: 2,
  });
  expect(details[1]).toMatchObject({ result_type: "validation-failure", detail_index: 1 });
});

test("a report that needs no escapes has the same rows when nothing is escaped", () => {
  const { report, deviations, plain } = readValue(plainReport());
  if (report === null) throw new Error("not read");
  expect(plain).toBe(true);
  const asIs = rowsOf(report, NO_HINTS, deviations, true);
  expect(asIs.text).toBe(rowsOf(report, NO_HINTS, deviations, false).text);
});

test("hints stand in for a domain and change the rows, not the content", () => {
  const report = read();
  for (const each of report.policies) each.domain = "";
  const hinted = rowsOf(report, { ...NO_HINTS, domain: "hint.example", submitter: "s.example" });
  const bare = rowsOf(report);
  expect(hinted.summaries[0]?.["domain"]).toBe("hint.example");
  expect(hinted.report["domains"]).toEqual(["hint.example"]);
  expect(hinted.report["submitter"]).toBe("s.example");
  expect(bare.summaries[0]?.["domain"]).toBe("");
  expect(hinted.report["content_hash"]).toBe(bare.report["content_hash"]);
  expect(hinted.report["report_key"]).toBe(bare.report["report_key"]);
  expect(hinted.report["rows_hash"]).not.toBe(bare.report["rows_hash"]);
  expect(bare.report["rows_hash"]).toBe(bare.report["content_hash"]);
});

test("sessions are added within a policy type, and the largest type counts", () => {
  const sum = (...policies: Policy[]) =>
    additiveSessions(
      policies,
      policies.map(({ domain }) => domain),
    ).map(({ successful, failed }) => [successful, failed]);
  const sts = policy("sts", "a.example", 2, 0);
  const tlsa = policy("tlsa", "a.example", 2, 0);
  expect(sum(sts, tlsa)).toEqual([
    [2, 0],
    [0, 0],
  ]); // Microsoft lists each session twice
  expect(sum(sts, sts)).toEqual([
    [4, 0],
    [0, 0],
  ]);
  expect(sum(sts, policy("sts", "b.example", 1, 1))).toEqual([
    [2, 0],
    [1, 1],
  ]);
  expect(sum(policy("sts", "a.example", 10, 0), policy("tlsa", "a.example", 6, 4))).toEqual([
    [6, 4],
    [0, 0],
  ]);
  expect(sum(policy("sts", "a.example", 9, 0), policy("tlsa", "a.example", 0, 2))).toEqual([
    [7, 2],
    [0, 0],
  ]);
  expect(sum(policy("", "", 0, 0))).toEqual([[0, 0]]);
  expect(sum()).toEqual([]);
});

test("sessions are protected under DANE and under MTA-STS in mode enforce", () => {
  const held = (...policies: Policy[]) =>
    additiveSessions(
      policies,
      policies.map(({ domain }) => domain),
    ).map((sessions) => sessions.protected);
  const of = (type: string, mode: string, successful: number, failed: number) => ({
    ...policy(type, "a.example", successful, failed),
    mode,
  });
  expect(held(of("no-policy-found", "", 500, 0))).toEqual([0]);
  expect(held(of("sts", "enforce", 7, 3))).toEqual([10]);
  for (const mode of ["testing", "none", ""]) expect(held(of("sts", mode, 7, 3))).toEqual([0]);
  expect(held(of("tlsa", "", 7, 3))).toEqual([10]);
  expect(held(of("enforce", "enforce", 7, 3))).toEqual([0]); // no policy type that we know
  // The larger of the two, on the first row of the domain.
  expect(held(of("tlsa", "", 5, 1), of("sts", "enforce", 8, 1))).toEqual([9, 0]);
  expect(held(of("tlsa", "", 5, 1), of("sts", "testing", 8, 1))).toEqual([6, 0]);
  // Within a type only the policies that demand TLS: this one changed that day.
  expect(held(of("sts", "testing", 60, 1), of("sts", "enforce", 80, 0))).toEqual([80, 0]);
  const other = { ...of("sts", "enforce", 1, 1), domain: "b.example" };
  expect(held(of("no-policy-found", "", 4, 0), other)).toEqual([0, 2]);
});

test("the digest of a policy follows its meaning", () => {
  const digest = (type: string, lines: string[]) => {
    const report = { ...read(), policies: [{ ...policy(type, "a.example", 1, 0), lines }] };
    return rowsOf(report).summaries[0]?.["policy_digest"];
  };
  expect(digest("tlsa", ["3 1 1 ab", "3 1 1 CD"])).toBe(digest("tlsa", ["3 1 1 CD", "3 1 1 AB"]));
  expect(digest("sts", ["mx: a", "mx: b"])).toBe(digest("sts", ["mx: b", "mx: a"]));
  expect(digest("sts", ["mx: a"])).not.toBe(digest("sts", ["mx: b"]));
  expect(digest("x", ["a", "b"])).not.toBe(digest("x", ["b", "a"])); // order may mean something
  expect(digest("sts", [])).toBe(uuidHash(""));
});

test("text from outside stays text, and fits the store", () => {
  const report = read();
  const [first] = report.policies[0]?.details ?? [];
  if (first === undefined) throw new Error("no detail");
  report.organization = '  A\n\t"B"  \u0000\ud800 ';
  first.sendingIp = "x.x.x.x";
  first.receivingIp = "";
  first.reasonCode = '\u2028<script>\\"';
  report.endMs = Date.UTC(9999, 0);
  const rows = rowsOf(report);
  expect(rows.report["organization"]).toBe('A "B" \u0000\ufffd');
  expect(rows.report["end_at"]).toBe("2106-02-07 06:28:15");
  const detail = rows.details.find((each) => each["sending_ip"] === "::");
  expect(detail).toMatchObject({
    sending_ip_text: "x.x.x.x",
    receiving_ip: "::",
    receiving_ip_text: "",
    reason_code: '\u2028<script>\\"',
  });
});
