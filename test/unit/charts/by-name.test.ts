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

  const seen = (day: number, policy_type: string, mode: string, policy_digest: string): Row => ({
    ...{ day: dayOf(day), tenant: "a", domain: "example.com", policy_type, mode, policy_digest },
    ...{ seen: policy_type !== "no-policy-found" && mode !== "", organizations: day + 2 },
  });

  test("of policies have a row for each policy and a column for each day", () => {
    const rows = [seen(0, "sts", "testing", "abcdef0123"), seen(2, "sts", "enforce", "fedcba3210")];
    const chart = drawn("policy-days", rows, 4);
    // As a table it has the days that tell something, as rows: there can be a year of them.
    expect(chart.table).toEqual({
      head: ["From", "example.com sts testing", "example.com sts enforce"],
      rows: [
        [dayOf(0), 2, null],
        [dayOf(2), null, 4],
      ],
    });
    expect(chart.places[0]?.range).toEqual({ from: dayOf(0), to: dayOf(1) });
    // To be seen is no failure: each step is as much more of the calm colour.
    const told = JSON.stringify(chart.option(THEMES.light).visualMap);
    const colors = [...told.matchAll(/"color":"(#\w{6})(\w\w)"/g)];
    expect(colors.map(([, color]) => color)).toEqual(Array(7).fill(THEMES.light.ok));
    const shares = colors.map(([, , share = ""]) => Number.parseInt(share, 16));
    expect(shares).toEqual([...new Set(shares)].sort((a, b) => a - b));
    expect(shares[0]).toBeGreaterThanOrEqual(0x80);
  });

  test("call policies by no more than tells them apart", () => {
    const rows = [
      seen(0, "no-policy-found", "", "e3b0c44298"),
      seen(0, "sts", "", "e3b0c44298"),
      seen(0, "sts", "enforce", "aaaaaaaaaa"),
      seen(1, "sts", "testing", "bbbbbbbbbb"),
      seen(2, "sts", "testing", "cccccccccc"),
      seen(2, "sts", "testing", "dddddddddd"),
    ];
    expect(drawn("policy-days", rows, 4).table.head.slice(1)).toEqual([
      "example.com no-policy-found",
      "example.com sts no text",
      "example.com sts enforce",
      `example.com sts testing from ${dayOf(1)}`,
      `example.com sts testing from ${dayOf(2)} cccccc`,
      `example.com sts testing from ${dayOf(2)} dddddd`,
    ]);
  });

  test("are drawn without lines between fields that are narrower than those", () => {
    const borders = (days: number) => {
      const { media } = drawn("policy-days", [seen(0, "sts", "testing", "a")], days).option(
        THEMES.light,
      );
      return [...JSON.stringify(media).matchAll(/"borderWidth":(\d)/g)].map(([, width]) => width);
    };
    expect([borders(30), borders(90), borders(365)]).toEqual([
      ["2", "2"],
      ["0", "2"],
      ["0", "0"],
    ]);
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
