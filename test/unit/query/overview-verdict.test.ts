// How all domains stand, in a word or two: by cases.

import { describe, expect, it } from "vitest";
import type { Verdict } from "../../../services/query/domain-verdict.ts";
import { overviewVerdict } from "../../../services/query/overview-verdict.ts";
import type { Row } from "../../../services/query/panel.ts";

const WELL = {
  ...{ total_sessions: 1_000, failed_sessions: 0, protected_sessions: 1_000, protected_rate: 1 },
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
    "half demanded",
    { protected_sessions: 500, protected_rate: 0.5 },
    undefined,
    "notice",
    "Nothing failed, but not all is protected",
  ],
  [
    "nearly all demanded, as far as is known",
    { protected_sessions: 995, protected_rate: 0.995 },
    undefined,
    "ok",
    "Nothing failed, and nearly all is demanded",
  ],
  ["old", { last_day: "2026-02-21" }, undefined, "notice", "No report lately"],
  ["old, and urgent", { last_day: "2026-02-21" }, { severity: "high" }, "high", "Act soon"],
];

describe("the verdict on all domains", () => {
  it.each(CASES)("%s", (_, change, worst, tone, words) => {
    const told = overviewVerdict({ ...WELL, ...change }, worst, "2026-03-18", null);
    expect(told).toMatchObject({ tone, words });
  });

  it("is well only where each domain is protected", () => {
    const told = (protected_rate: number, ...verdicts: Verdict[]) =>
      overviewVerdict(
        { ...WELL, protected_rate, protected_sessions: protected_rate * 1_000 },
        undefined,
        "2026-03-18",
        verdicts.map((verdict) => ({ verdict })),
      ).words;
    expect(told(0.999, "protected", "unprotected")).toBe(
      "Nothing failed, but not all is protected",
    );
    expect(told(0.999, "protected", "partly")).toBe("Nothing failed, but not all is protected");
    expect(told(0.9, "protected", "failing")).toBe("All well");
  });

  it("counts the days of silence when they are too many", () => {
    const silent = (day: string) => overviewVerdict(WELL, undefined, day, null).silentDays;
    expect(silent("2026-03-20")).toBe(0);
    expect(silent("2026-04-12")).toBe(25);
  });
});
