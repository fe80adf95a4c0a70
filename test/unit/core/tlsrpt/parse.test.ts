// Every leniency of the parser as one line: what is changed about a conforming report, what is noted.

import { expect, test } from "vitest";
import { BOUNDS } from "../../../../services/core/bounds.ts";
import type { FailureDetail, Policy } from "../../../../services/core/tlsrpt/report.ts";
import { changed, plainDetail, plainPolicy, plainReport } from "./plain.ts";
import { NO_HINTS, type Read, readValue } from "./reading.ts";

const POLICY = "/policies/0/policy";
const SUMMARY = "/policies/0/summary";
const DETAIL = "/policies/0/failure-details/0";

const set = (pointer: string, value: unknown) => readValue(changed(plainReport(), pointer, value));

/** The report is read, with exactly these deviations. */
function good(pointer: string, value: unknown, ...noted: string[]): Read["report"] {
  const read = set(pointer, value);
  expect({ refusal: read.refusal, noted: read.noted }).toEqual({ refusal: "", noted });
  return read.report;
}

function policy(pointer: string, value: unknown, ...noted: string[]): Policy {
  const [first] = good(`${POLICY}${pointer}`, value, ...noted)?.policies ?? [];
  if (first === undefined) throw new Error("no policy");
  return first;
}

function detail(pointer: string, value: unknown, ...noted: string[]): FailureDetail {
  const [first] = good(`${DETAIL}${pointer}`, value, ...noted)?.policies[0]?.details ?? [];
  if (first === undefined) throw new Error("no detail");
  return first;
}

function bad(pointer: string, value: unknown, refusal: string) {
  expect(set(pointer, value).refusal).toBe(refusal);
}

test("a conforming report has no deviations", () => {
  const read = readValue(plainReport());
  expect(read.noted).toEqual([]);
  expect(read.report).toEqual({
    organization: "Example Mail",
    contactInfo: "tlsrpt@sender.example",
    reportId: "2026-06-14_example.com",
    startMs: Date.UTC(2026, 5, 14),
    endMs: Date.UTC(2026, 5, 14, 23, 59, 59),
    policies: [
      {
        type: "sts",
        domain: "example.com",
        lines: ["version: STSv1", "mode: enforce", "mx: *.example.com", "max_age: 86400"],
        mxPatterns: ["*.example.com"],
        mode: "enforce",
        successful: 10,
        failed: 3,
        details: [
          {
            resultType: "certificate-expired",
            sendingIp: "192.0.2.1",
            receivingMx: "mx1.example.com",
            receivingMxHelo: "mx1.example.com",
            receivingIp: "2001:db8::1",
            failed: 2,
            additionalInformation: "",
            reasonCode: "expired",
          },
          expect.objectContaining({ resultType: "validation-failure", failed: 1 }),
        ],
      },
    ],
  });
});

test("who reports", () => {
  good("/organization-name", undefined, "organization-name-missing /organization-name");
  good("/organization-name", null, "organization-name-missing /organization-name");
  good("/organization-name", "  ", "organization-name-missing /organization-name");
  const trimmed = "text-trimmed /organization-name";
  expect(good("/organization-name", " A B ", trimmed)?.organization).toBe("A B");
  expect(good("/report-id", "\u00a01\n", "text-trimmed /report-id")?.reportId).toBe("1");
  expect(good("/organization-name", 7, "not-text /organization-name")?.organization).toBe("7");
  good(
    "/organization-name",
    ["A"],
    "not-text /organization-name",
    "organization-name-missing /organization-name",
  );
  good("/contact-info", null, "contact-info-missing /contact-info"); // Stalwart
  good("/contact-info", "", "contact-info-missing /contact-info");
  good("/contact-info", "postmaster", "contact-info-not-address /contact-info");
  good("/report-id", undefined, "report-id-missing /report-id");
  expect(good("/report-id", 17, "not-text /report-id")?.reportId).toBe("17");
  good("/something-else", { "mx-host-pattern": 1 }); // members that we do not know
  const long = "x".repeat(BOUNDS.textCharsMax + 1);
  expect(good("/report-id", long, "text-cut /report-id")?.reportId).toHaveLength(
    BOUNDS.textCharsMax,
  );
});

test("policies", () => {
  bad("/policies", undefined, "policies-missing /policies");
  bad("/policies", null, "policies-missing /policies");
  bad("/policies", "none", "policies-missing /policies");
  bad("/policies", [], "policies-missing /policies"); // seen in the wild
  bad("/policies", ["sts"], "policy-invalid /policies/0");
  bad("/policies/0", null, "policy-invalid /policies/0");
  bad("/policies", new Array(10_001).fill(plainPolicy()), "too-many-policies /policies");
  good("/policies", plainPolicy(), "policies-not-array /policies");
  const aliased = changed(plainReport(), "/policies", undefined);
  const read = readValue({ ...aliased, "tls-report": [plainPolicy()] });
  expect(read.noted).toEqual(["member-alias /tls-report"]);
  const twice = good("/policies", [plainPolicy(), plainPolicy()]);
  expect(twice?.policies).toHaveLength(2); // SocketLabs: two of one type and domain
});

test("a policy without its policy member keeps its counts", () => {
  const read = set(POLICY, undefined);
  expect(read.noted).toEqual([
    "policy-member-missing /policies/0/policy",
    "policy-type-missing /policies/0/policy-type",
    "policy-domain-missing /policies/0/policy-domain",
  ]);
  expect(read.report?.policies[0]).toMatchObject({ type: "", domain: "", successful: 10 });
});

test("policy type and domain", () => {
  expect(policy("/policy-type", "STS", `type-form ${POLICY}/policy-type`).type).toBe("sts");
  policy("/policy-type", " sts", `text-trimmed ${POLICY}/policy-type`);
  expect(policy("/policy-type", "dnsx", `policy-type-unknown ${POLICY}/policy-type`).type).toBe(
    "dnsx",
  );
  policy("/policy-type", "", `policy-type-missing ${POLICY}/policy-type`);
  expect(policy("/policy-domain", "Example.COM").domain).toBe("example.com"); // case is no fault
  expect(policy("/policy-domain", "example.com.", `name-form ${POLICY}/policy-domain`).domain).toBe(
    "example.com",
  );
  policy("/policy-domain", "bücher.example", `name-form ${POLICY}/policy-domain`);
  policy("/policy-domain", "-a.example", `name-invalid ${POLICY}/policy-domain`);
  policy("/policy-domain", "a..example", `name-invalid ${POLICY}/policy-domain`);
  policy("/policy-domain", "<b>", `name-invalid ${POLICY}/policy-domain`);
  policy("/policy-domain", undefined, `policy-domain-missing ${POLICY}/policy-domain`);
  policy("/policy-domain", null, `policy-domain-missing ${POLICY}/policy-domain`);
});

test("policy-string of MTA-STS", () => {
  const place = `${POLICY}/policy-string`;
  expect(policy("/policy-string", undefined).lines).toEqual([]); // Mail.ru
  expect(policy("/policy-string", []).lines).toEqual([]);
  policy("/policy-string", "", `member-blank ${place}`); // Halon
  policy("/policy-string", null, `member-blank ${place}`);
  expect(policy("/policy-string", ["mode: none\r"], `policy-line-form ${place}/0`)).toMatchObject({
    lines: ["mode: none"], // Google, from a CRLF policy file
    mode: "none",
  });
  expect(policy("/policy-string", ["version:STSv1"], `policy-line-form ${place}/0`).lines).toEqual([
    "version: STSv1", // SocketLabs
  ]);
  expect(policy("/policy-string", ["", "no field"], `policy-line-form ${place}/0`).lines).toEqual([
    "no field", // errors in the policy stay
  ]);
  const text = "version: STSv1\r\nmode: testing\nmx: a.example";
  expect(policy("/policy-string", text, `policy-string-not-array ${place}`)).toMatchObject({
    lines: ["version: STSv1", "mode: testing", "mx: a.example"],
    mode: "testing",
  });
  expect(policy("/policy-string", [5], `not-text ${place}/0`).lines).toEqual(["5"]);
  policy("/policy-string", { a: 1 }, `not-text ${place}`);
  const many = new Array(1_001).fill("mx: a.example");
  expect(policy("/policy-string", many, `list-cut ${place}/1000`).lines).toHaveLength(1_000);
});

test("policy-string of DANE", () => {
  const tlsa = changed(plainReport(), `${POLICY}/policy-type`, "tlsa");
  const lines = (value: unknown) => {
    const read = readValue(changed(tlsa, `${POLICY}/policy-string`, value));
    return [read.report?.policies[0]?.lines, ...read.noted];
  };
  const place = `${POLICY}/policy-string`;
  expect(lines(["3 1 1 AB", "3 1 1 CD"])).toEqual([["3 1 1 AB", "3 1 1 CD"]]);
  expect(lines(['["3 1 1 AB","3 1 1 CD"]'])).toEqual([
    ["3 1 1 AB", "3 1 1 CD"],
    `policy-string-in-json ${place}/0`, // Microsoft
  ]);
  expect(lines("3 1 1 AB;3 1 1 CD")).toEqual([
    ["3 1 1 AB", "3 1 1 CD"],
    `policy-string-not-array ${place}`, // RFC 8460 section 4
  ]);
  expect(lines(["3  1 1 AB "])).toEqual([["3 1 1 AB"], `policy-line-form ${place}/0`]);
  expect(lines(["[broken"])).toEqual([["[broken"]]);
  expect(lines(["[1]"])).toEqual([["[1]"]]);
});

test("mx-host", () => {
  const place = `${POLICY}/mx-host`;
  expect(policy("/mx-host", undefined).mxPatterns).toEqual([]);
  expect(policy("/mx-host", "*.example.com", `mx-host-not-array ${place}`).mxPatterns).toEqual([
    "*.example.com", // as printed in the RFC, erratum 6241
  ]);
  expect(policy("/mx-host", "a.example, b.example", `mx-host-not-array ${place}`)).toMatchObject({
    mxPatterns: ["a.example", "b.example"],
  });
  expect(policy("/mx-host", ["mx: mx.example.com"], `mx-host-prefixed ${place}/0`)).toMatchObject({
    mxPatterns: ["mx.example.com"], // Stalwart
  });
  expect(policy("/mx-host", ["MX1.Example.com", "*.Example.net"]).mxPatterns).toEqual([
    "mx1.example.com",
    "*.example.net",
  ]);
  policy("/mx-host", ["mx1.example.com."], `name-form ${place}/0`);
  policy("/mx-host", null, `member-blank ${place}`);
  const renamed = changed(plainReport(), place, undefined);
  const read = readValue(changed(renamed, `${place}-pattern`, ["a.example"]));
  expect(read.noted).toEqual([`member-alias ${place}-pattern`]);
  expect(read.report?.policies[0]?.mxPatterns).toEqual(["a.example"]);
});

test("counts", () => {
  const total = `${SUMMARY}/total-failure-session-count`;
  expect(good(total, "3", `count-as-text ${total}`)?.policies[0]?.failed).toBe(3);
  expect(good(`${SUMMARY}/total-successful-session-count`, 0)?.policies[0]?.successful).toBe(0);
  expect(good(`${SUMMARY}/total-successful-session-count`, 1e12)).not.toBeNull();
  for (const wrong of [-1, 1.5, 1e13, 1e300, "-1", "1.5", "1e3", "0x1", "ten", true, [], {}]) {
    bad(total, wrong, `count-invalid ${total}`);
    bad(`${DETAIL}/failed-session-count`, wrong, `count-invalid ${DETAIL}/failed-session-count`);
  }
  const sum = "details-disagree-with-summary /policies/0/failure-details";
  good(total, undefined, `count-missing ${total}`, sum);
  good(total, null, `count-missing ${total}`, sum);
  good(total, "", `count-missing ${total}`, sum);
  good(total, 4, sum); // Mail.ru
  good(SUMMARY, undefined, `summary-missing ${SUMMARY}`, sum);
  good(SUMMARY, [1], `summary-missing ${SUMMARY}`, sum);
  const count = `${DETAIL}/failed-session-count`;
  expect(
    good(count, undefined, `detail-count-missing ${count}`, sum)?.policies[0]?.details[0]?.failed,
  ).toBe(1);
});

test("failure details", () => {
  const place = "/policies/0/failure-details";
  expect(good(place, undefined)?.policies[0]?.details).toEqual([]);
  expect(good(place, [])?.policies[0]?.details).toEqual([]);
  good(place, null, `member-blank ${place}`); // mox
  good(place, plainDetail("certificate-expired", 3), `failure-details-not-array ${place}`);
  good(place, "none", `failure-details-not-array ${place}`);
  good(`${place}/0`, "x", `detail-not-object ${place}/0`, `details-disagree-with-summary ${place}`);
  const tooMany = new Array(BOUNDS.failureDetailsMax + 1).fill(null);
  bad(place, tooMany, `too-many-details ${place}`);
});

test("members of a failure detail", () => {
  const place = (name: string) => `${DETAIL}/${name}`;
  const type = place("result-type");
  expect(detail("/result-type", "Certificate-Expired", `type-form ${type}`).resultType).toBe(
    "certificate-expired",
  );
  expect(detail("/result-type", "weather", `result-type-unknown ${type}`).resultType).toBe(
    "weather",
  );
  expect(detail("/result-type", undefined, `result-type-missing ${type}`).resultType).toBe("");
  expect(detail("/sending-mta-ip", undefined).sendingIp).toBe(""); // Microsoft
  detail("/sending-mta-ip", "", `member-blank ${place("sending-mta-ip")}`); // mox
  detail("/sending-mta-ip", null, `member-blank ${place("sending-mta-ip")}`);
  expect(detail("/sending-mta-ip", "2001:DB8:0:0::1").sendingIp).toBe("2001:db8::1");
  expect(
    detail("/sending-mta-ip", "[192.0.2.9]", `ip-form ${place("sending-mta-ip")}`).sendingIp,
  ).toBe("192.0.2.9");
  expect(
    detail("/receiving-ip", "IPv6:2001:db8::9", `ip-form ${place("receiving-ip")}`).receivingIp,
  ).toBe("2001:db8::9");
  expect(
    detail("/receiving-ip", "x.x.x.x", `ip-invalid ${place("receiving-ip")}`).receivingIp,
  ).toBe("x.x.x.x");
  expect(detail("/receiving-mx-hostname", "MX1.Example.com").receivingMx).toBe("mx1.example.com");
  detail(
    "/receiving-mx-hostname",
    "mx1.example.com.",
    `name-form ${place("receiving-mx-hostname")}`,
  );
  detail("/receiving-mx-hostname", "", `member-blank ${place("receiving-mx-hostname")}`);
  expect(detail("/receiving-mx-helo", "mx\r\n250-SIZE").receivingMxHelo).toBe("mx\r\n250-SIZE");
  expect(detail("/failure-reason-code", "<b>\u001b[1m").reasonCode).toBe("<b>\u001b[1m"); // text stays
});

test("members under other names", () => {
  const alias = (from: string, to: string) => {
    const without = changed(plainReport(), `${DETAIL}/${from}`, undefined);
    const read = readValue(changed(without, `${DETAIL}/${to}`, "a.example"));
    expect(read.noted).toEqual([`member-alias ${DETAIL}/${to}`]);
    return read.report?.policies[0]?.details[0];
  };
  expect(alias("receiving-mx-hostname", "receiving-mx-host-name")?.receivingMx).toBe("a.example");
  expect(alias("failure-reason-code", "failure-error-code")?.reasonCode).toBe("a.example");
  expect(alias("none", "additional-info-uri")?.additionalInformation).toBe("a.example");
  good(`${DETAIL}/failure-error-code`, "x"); // beside the right name it does not count
});

test("values that are no report", () => {
  const refusal = (value: unknown) => readValue(value).refusal;
  expect(refusal({})).toBe("not-a-report");
  expect(refusal({ feedback: { version: 1 } })).toBe("not-a-report");
  expect(refusal({ "report-id": "1" })).toBe("policies-missing /policies");
  expect(refusal([plainReport()])).toBe("json-not-object");
});

test("hints stay out of the report but for its period", () => {
  const report = changed(plainReport(), `${POLICY}/policy-domain`, undefined);
  const read = readValue(report, { ...NO_HINTS, domain: "hint.example" });
  expect(read.report?.policies[0]?.domain).toBe("");
});
