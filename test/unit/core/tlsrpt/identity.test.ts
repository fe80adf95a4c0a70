// Which reports are the same, which say the same.

import { expect, test } from "vitest";
import {
  contentText,
  identityText as identityWith,
} from "../../../../services/core/tlsrpt/identity.ts";
import type { Report } from "../../../../services/core/tlsrpt/report.ts";
import { changed, plainPolicy, plainReport } from "./plain.ts";
import { NO_HINTS, readValue } from "./reading.ts";

const identityText = (report: Report, domain = "") => identityWith(report, { ...NO_HINTS, domain });

function read(pointer?: string, value?: unknown): Report {
  const sent = pointer === undefined ? plainReport() : changed(plainReport(), pointer, value);
  const { report } = readValue(sent);
  if (report === null) throw new Error("not read");
  return report;
}

const PLAIN = read();
const sameIdentity = (report: Report) => identityText(report) === identityText(PLAIN);
const sameContent = (report: Report) => contentText(report) === contentText(PLAIN);

test("what belongs to the identity", () => {
  expect(sameIdentity(read("/organization-name", " EXAMPLE mail "))).toBe(true);
  expect(sameIdentity(read("/contact-info", "other@sender.example"))).toBe(true);
  expect(sameIdentity(read("/policies/0/summary/total-failure-session-count", 4))).toBe(true);
  expect(sameIdentity(read("/organization-name", "Another"))).toBe(false); // `<day>_<domain>` ids
  expect(sameIdentity(read("/report-id", "another"))).toBe(false);
  expect(sameIdentity(read("/date-range/start-datetime", "2026-06-13T00:00:00Z"))).toBe(false);
  expect(sameIdentity(read("/date-range/end-datetime", "2026-06-15T00:00:00Z"))).toBe(false);
  expect(sameIdentity(read("/policies/0/policy/policy-domain", "example.net"))).toBe(false);
});

test("every field belongs to the content, and nothing else", () => {
  const detail = "/policies/0/failure-details/0";
  for (const [pointer, value] of [
    ["/organization-name", "EXAMPLE Mail"],
    ["/contact-info", "other@sender.example"],
    ["/policies/0/policy/policy-type", "tlsa"],
    ["/policies/0/policy/policy-domain", "example.net"],
    ["/policies/0/policy/policy-string/3", "max_age: 1"],
    ["/policies/0/policy/mx-host", []],
    ["/policies/0/summary/total-successful-session-count", 11],
    ["/policies/0/summary/total-failure-session-count", 4],
    [`${detail}/result-type`, "tlsa-invalid"],
    [`${detail}/sending-mta-ip`, "192.0.2.2"],
    [`${detail}/receiving-mx-hostname`, "mx2.example.com"],
    [`${detail}/receiving-mx-helo`, "mx2.example.com"],
    [`${detail}/receiving-ip`, "2001:db8::2"],
    [`${detail}/failed-session-count`, 5],
    [`${detail}/additional-information`, "https://example.org/"],
    [`${detail}/failure-reason-code`, "other"],
  ] as const) {
    expect([pointer, sameContent(read(pointer, value))]).toEqual([pointer, false]);
  }
  expect(sameContent(read("/report-id", "another"))).toBe(true);
  expect(sameContent(read(`${detail}/receiving-ip`, "2001:DB8:0::1"))).toBe(true); // one address
});

test("fields cannot run into each other", () => {
  const detail = { ...PLAIN.policies[0]?.details[0] };
  const one = { ...detail, receivingMxHelo: "1:a", receivingIp: "" };
  const other = { ...detail, receivingMxHelo: "", receivingIp: "1:a" };
  const text = (details: unknown) =>
    contentText(
      Object.assign(structuredClone(PLAIN), { policies: [{ ...PLAIN.policies[0], details }] }),
    );
  expect(text([one])).not.toBe(text([other]));
});

test("order does not matter", () => {
  const other = changed(plainPolicy(), "/policy/policy-type", "tlsa");
  const forward = read("/policies", [plainPolicy(), other]);
  const backward = read("/policies", [other, plainPolicy()]);
  backward.policies[0]?.details.reverse();
  expect(contentText(backward)).toBe(contentText(forward));
  expect(identityText(backward)).toBe(identityText(forward));
});

test("without a report-id the content identifies", () => {
  const one = read("/report-id", "");
  const part = { ...one, policies: one.policies.map((policy) => ({ ...policy, failed: 9 })) };
  expect(identityText(one)).toBe(identityText(read("/report-id", null)));
  expect(identityText(one)).not.toBe(identityText(part)); // two partial reports of one day
});

test("without a report-id the domain of the message stands for one that a policy lacks", () => {
  const named = read("/report-id", "");
  const bare = { ...named, policies: named.policies.map((policy) => ({ ...policy, domain: "" })) };
  expect(identityText(bare, "a.example")).not.toBe(identityText(bare, "b.example"));
  expect(identityText(bare, "a.example")).toBe(identityText(bare, "a.example"));
  expect(identityText(named, "a.example")).toBe(identityText(named)); // it has a domain
  const withId = { ...bare, reportId: "1" };
  expect(identityText(withId, "a.example")).toBe(identityText(withId)); // the id tells
});
