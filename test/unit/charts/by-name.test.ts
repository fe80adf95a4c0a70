// Charts of names: bars and heat maps have the numbers of the panel.

import { describe, expect, test } from "vitest";
import { heatStep, sumOf } from "../../../services/charts/count.ts";
import { chartOf } from "../../../services/charts/draw.ts";
import { CHARTS, chartingOf } from "../../../services/charts/panels.ts";
import { THEMES } from "../../../services/charts/theme.ts";
import { panelOf } from "../../../services/query/index.ts";
import type { Row } from "../../../services/query/panel.ts";
import { dayOf, overDays } from "./sources.ts";

function drawn(panel: string, rows: readonly Row[], days = 0) {
  const charting = chartingOf(panel);
  if (charting === undefined) throw new Error(`${panel} has no chart`);
  return chartOf(charting(overDays(days, rows, { panel, by: null, step: null })));
}

const failure = (mx: string, result_type: string, failed_sessions: number | string): Row => ({
  ...{ mx, result_type, failed_sessions },
});

test("every chart is of a panel that there is", () => {
  expect(Object.keys(CHARTS).filter((id) => panelOf(id) === undefined)).toEqual([]);
  expect(chartingOf("constructor")).toBeUndefined();
});

describe("bars", () => {
  test("are one for each name, parted by result type, the worst first", () => {
    const rows = [
      failure("mx1.example.com", "certificate-expired", 2),
      failure("mx2.example.com", "certificate-expired", 5),
      failure("mx1.example.com", "starttls-not-supported", 4),
      failure("", "certificate-expired", 1),
    ];
    expect(drawn("failures-by-mx", rows).table).toEqual({
      head: ["MX host", "certificate-expired", "starttls-not-supported"],
      rows: [
        ["mx1.example.com", 2, 4],
        ["mx2.example.com", 5, 0],
        ["not said", 1, 0],
      ],
    });
  });

  test("of many names are of the worst, and say so", () => {
    const rows = Array.from({ length: 20 }, (_, i) => failure(`mx${i}.example.com`, "x", 20 - i));
    const { table, notes } = drawn("failures-by-mx", rows);
    expect(table.rows).toHaveLength(15);
    expect(notes).toEqual(["15 of 20 names are drawn."]);
  });

  test("of organizations tell the days that they told of and those that they did not", () => {
    const row = { organization: "Example Mail", days_reported: 9, gap_days: 2, silent_days: 0 };
    expect(drawn("organizations", [row]).table.rows).toEqual([["Example Mail", 9, 2, 0]]);
  });
});

describe("heat maps", () => {
  test("have a field for each pair, and none where there is none", () => {
    const rows = [failure("a.example", "x", 7), failure("b.example", "y", 3)];
    const chart = drawn("mx-by-result-type", rows);
    expect(chart.table.rows).toEqual([
      ["a.example", 7, null],
      ["b.example", null, 3],
    ]);
    expect(chart.places[1]?.words).toBe("b.example\ny\n3 failed sessions");
  });

  test("of policies have a row for each policy and a column for each day", () => {
    const row = (day: string, mode: string, organizations: number): Row => ({
      ...{ day, tenant: "a", domain: "example.com", policy_type: "sts", mode, organizations },
      policy_digest: "abcdef0123",
    });
    const chart = drawn(
      "policy-days",
      [row(dayOf(0), "testing", 2), row(dayOf(1), "enforce", 3)],
      2,
    );
    expect(chart.table.rows).toEqual([
      ["example.com sts testing abcdef", 2, null],
      ["example.com sts enforce abcdef", null, 3],
    ]);
    expect(chart.places[0]?.range).toEqual({ from: dayOf(0), to: dayOf(1) });
    // To be seen is no failure: each step is as much more of the calm colour.
    const told = JSON.stringify(chart.option(THEMES.light).visualMap);
    const colors = [...told.matchAll(/"color":"(#\w{6})(\w\w)"/g)];
    expect(colors.map(([, color]) => color)).toEqual(Array(7).fill(THEMES.light.ok));
    const shares = colors.map(([, , share = ""]) => Number.parseInt(share, 16));
    expect(shares).toEqual([...new Set(shares)].sort((a, b) => a - b));
    expect(shares[0]).toBeGreaterThanOrEqual(0x80);
  });

  test.each([
    [0, 100, 0],
    [null, 100, 0],
    [1, 100, 1],
    [10, 100, 4], // half of the orders of magnitude
    [99, 100, 6],
    [100, 100, 7],
    [1, 1, 7],
  ])("%s of %s is step %s", (count, top, step) => {
    expect(heatStep(count, top)).toBe(step);
  });
});

test("sums are exact, whatever their size", () => {
  expect(sumOf([1, null, "2"])).toBe(3);
  expect(sumOf(["9007199254740991", 2])).toBe("9007199254740993");
});
