// What holds for any report and any JSON at all.

import fc from "fast-check";
import { expect, test } from "vitest";
import { contentText, identityText } from "../../../../services/core/tlsrpt/identity.ts";
import { plainReport } from "./plain.ts";
import { NO_HINTS, readText, readValue, rowsOf } from "./reading.ts";

const RUNS = 300;

/** Values in the places of a report: right ones, nearly right ones, anything. */
const odd = fc.oneof(
  fc.constantFrom(
    null,
    "",
    " ",
    0,
    1,
    -1,
    1.5,
    "7",
    "sts",
    "STS",
    "example.com.",
    "192.0.2.1",
    [],
    {},
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.jsonValue({ maxDepth: 2 }),
);
const maybe = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: odd });
const count = maybe(fc.nat({ max: 1_000 }));
const detail = fc.record(
  {
    "result-type": maybe(fc.constantFrom("certificate-expired", "sts-policy-fetch-error", "new")),
    "sending-mta-ip": maybe(fc.oneof(fc.ipV4(), fc.ipV6())),
    "receiving-mx-hostname": maybe(fc.domain()),
    "receiving-ip": maybe(fc.ipV6()),
    "failed-session-count": count,
    "failure-reason-code": odd,
  },
  { requiredKeys: [] },
);
const policy = fc.record(
  {
    policy: maybe(
      fc.record(
        {
          "policy-type": maybe(fc.constantFrom("sts", "tlsa", "no-policy-found")),
          "policy-string": maybe(fc.array(odd, { maxLength: 4 })),
          "policy-domain": maybe(fc.constantFrom("a.example", "b.example", "c.example")),
          "mx-host": maybe(fc.array(odd, { maxLength: 3 })),
        },
        { requiredKeys: [] },
      ),
    ),
    summary: maybe(
      fc.record(
        { "total-successful-session-count": count, "total-failure-session-count": count },
        { requiredKeys: [] },
      ),
    ),
    "failure-details": maybe(fc.array(maybe(detail), { maxLength: 4 })),
  },
  { requiredKeys: [] },
);
const report = fc.record(
  {
    "organization-name": odd,
    "contact-info": odd,
    "report-id": odd,
    "date-range": maybe(fc.constant(plainReport()["date-range"])),
    policies: maybe(fc.array(maybe(policy), { minLength: 1, maxLength: 5 })),
  },
  { requiredKeys: [] },
);

const sum = (rows: Record<string, unknown>[], column: string) =>
  rows.reduce((total, row) => total + Number(row[column]), 0);

test("any text is read or refused, never thrown at", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string({ unit: "binary" })), (text) => {
      const { report, refusal } = readText(text);
      expect(report === null).toBe(refusal !== "");
    }),
    { numRuns: RUNS },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(readText(bytes).refusal).not.toBe("");
    }),
    { numRuns: RUNS },
  );
});

test("any bent report gives rows that conserve its sums, the same ones each time", () => {
  let read = 0;
  fc.assert(
    fc.property(report, (value) => {
      const { report: parsed, deviations, plain } = readValue(value);
      if (parsed === null) return;
      read += 1;
      const rows = rowsOf(parsed, NO_HINTS, deviations);
      expect(rowsOf(parsed, NO_HINTS, deviations, plain).text).toBe(rows.text);
      expect(rowsOf(parsed, NO_HINTS, deviations).text).toBe(rows.text);
      const failures = parsed.policies.flatMap(({ details }) => details);
      expect(rows.summaries).toHaveLength(parsed.policies.length);
      expect(rows.details).toHaveLength(failures.length);
      expect(sum(rows.details, "failed_sessions")).toBe(
        failures.reduce((n, each) => n + each.failed, 0),
      );
      expect(sum(rows.summaries, "details_failed")).toBe(sum(rows.details, "failed_sessions"));
      expect(sum(rows.summaries, "policy_failed")).toBe(
        parsed.policies.reduce((n, each) => n + each.failed, 0),
      );
      expect(sum(rows.summaries, "sessions_failed")).toBe(rows.report["failed_sessions"]);
      expect(sum(rows.summaries, "sessions_successful")).toBe(rows.report["successful_sessions"]);
      expect(sum(rows.summaries, "first_of_report")).toBe(1);
      expect(sum(rows.summaries, "first_of_domain")).toBe(
        new Set(rows.summaries.map(({ domain }) => domain)).size,
      );
      expect(sum(rows.summaries, "sessions_failed")).toBeLessThanOrEqual(
        sum(rows.summaries, "policy_failed"),
      );
      expect(rows.text).not.toMatch(/\\ud[89a-f]/i); // the store takes no half characters
    }),
    { numRuns: RUNS },
  );
  expect(read).toBeGreaterThan(RUNS / 20);
});

test("the order of policies and details changes neither identity nor content nor rows", () => {
  const shuffled = report.chain((value) => {
    const { report: parsed } = readValue(value);
    const policies = parsed?.policies ?? [];
    return fc.tuple(
      fc.constant(parsed),
      fc.shuffledSubarray(policies, { minLength: policies.length }),
    );
  });
  fc.assert(
    fc.property(shuffled, ([parsed, policies]) => {
      if (parsed === null) return;
      const turned = policies.map((each) => ({ ...each, details: each.details.toReversed() }));
      const other = { ...parsed, policies: turned };
      expect(identityText(other, NO_HINTS)).toBe(identityText(parsed, NO_HINTS));
      expect(contentText(other)).toBe(contentText(parsed));
      expect(rowsOf(other).text).toBe(rowsOf(parsed).text);
    }),
    { numRuns: RUNS },
  );
});
