// How all domains stand, in a word or two: by cases.

import { describe, expect, it } from "vitest";
import { overviewVerdict } from "../../../services/query/overview-verdict.ts";
import type { Row } from "../../../services/query/panel.ts";

const WELL = {
  ...{ total_sessions: 1_000, failed_sessions: 0, protected_rate: 1 },
  last_day: "2026-03-18",
};

const CASES: readonly [string, Row, Row | undefined, string, string][] = [
  ["clean and demanded", {}, undefined, "ok", "All well"],
  ["no sessions", { total_sessions: 0 }, undefined, "quiet", "Nothing to tell"],
  ["critical", { protected_rate: 0 }, { severity: "critical" }, "critical", "Act now"],
  ["high", {}, { severity: "high" }, "high", "Act soon"],
  ["medium", {}, { severity: "medium" }, "notice", "Some failures"],
  ["failed and over", { failed_sessions: 1 }, undefined, "notice", "Some failures"],
  [
    "nothing demanded",
    { protected_rate: 0 },
    undefined,
    "notice",
    "Nothing failed, but nothing is demanded",
  ],
  [
    "little demanded",
    { protected_rate: 0.49 },
    undefined,
    "notice",
    "Nothing failed, but little is demanded",
  ],
  ["old", { last_day: "2026-02-21" }, undefined, "notice", "No report lately"],
  ["old, and urgent", { last_day: "2026-02-21" }, { severity: "high" }, "high", "Act soon"],
];

describe("the verdict on all domains", () => {
  it.each(CASES)("%s", (_, change, worst, tone, words) => {
    const told = overviewVerdict({ ...WELL, ...change }, worst, "2026-03-18");
    expect(told).toMatchObject({ tone, words });
  });

  it("counts the days of silence when they are too many", () => {
    const silent = (day: string) => overviewVerdict(WELL, undefined, day).silentDays;
    expect(silent("2026-03-20")).toBe(0);
    expect(silent("2026-04-12")).toBe(25);
  });
});
