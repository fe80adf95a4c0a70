// Charts over time: the numbers of the panel and no others, and what is not known is not shown as nothing.

import { describe, expect, test } from "vitest";
import type { Source, Timeline } from "../../../services/charts/chart.ts";
import { chartOf } from "../../../services/charts/draw.ts";
import { ingestChart, trendChart } from "../../../services/charts/over-time.ts";
import { THEMES } from "../../../services/charts/theme.ts";
import { dayOf, overDays, trendRow } from "./sources.ts";

function timeline(source: Source, charting = trendChart): Timeline {
  const model = charting(source);
  if (model.kind !== "timeline") throw new Error(`it is ${model.kind}`);
  return model;
}

describe("the trend", () => {
  const source = overDays(4, [trendRow(0, 90, 10), trendRow(1, 5, 0), trendRow(3, 1000, 1)]);

  test("has the numbers of the rows, and says where there is no report", () => {
    expect(chartOf(timeline(source)).table).toEqual({
      head: ["From", "Successful", "Failed"],
      rows: [
        [dayOf(0), 90, 10],
        [dayOf(1), 5, 0],
        [dayOf(2), "No report", "No report"],
        [dayOf(3), 1000, 1],
      ],
    });
  });

  test("says each bucket in words, with the range that it stands for", () => {
    const { places } = chartOf(timeline(source));
    expect(places[3]).toEqual({
      series: 0,
      index: 3,
      words: `${dayOf(3)}\nSuccessful: 1,000\nFailed: 1`,
      range: { from: dayOf(3), to: dayOf(4) },
    });
    expect(places[2]?.words).toBe(`${dayOf(2)}\nNo report`);
  });

  test("draws rare failures once more on their own scale", () => {
    const drawn = (rows: Source["rows"]) =>
      chartOf(timeline(overDays(2, rows))).option(THEMES.light).grid;
    expect(drawn([trendRow(0, 1000, 3)])).toHaveLength(2);
    expect(drawn([trendRow(0, 10, 3)])).toHaveLength(1);
    expect(drawn([trendRow(0, 1000, 0)])).toHaveLength(1);
  });

  test("of failure details has no successes, and a bucket without a row is without a failure", () => {
    const chart = chartOf(timeline(overDays(2, [trendRow(0, null, 7)])));
    expect(chart.table.head).toEqual(["From", "Failed"]);
    expect(chart.table.rows[1]).toEqual([dayOf(1), 0]);
    expect(chart.legend.map(({ name }) => name)).toEqual(["Failed"]);
  });

  test("keeps counts exact that a number cannot hold", () => {
    const { table, places } = chartOf(timeline(overDays(1, [trendRow(0, "9007199254740993", 1)])));
    expect(table.rows[0]?.[1]).toBe("9007199254740993");
    expect(places[0]?.words).toContain("9,007,199,254,740,993");
  });

  test("cut short ends where the rows do, and says so", () => {
    const cut = timeline({ ...source, cut: true });
    expect(cut.axis.map(({ at }) => at)).toEqual([dayOf(0), dayOf(1), dayOf(2)]);
    expect(cut.end).toBe(dayOf(3));
    expect(cut.notes.join()).toContain(dayOf(3));
  });
});

describe("a trend that is split", () => {
  const many = Array.from({ length: 9 }, (_, i) => trendRow(i % 2, null, 10 - i, `type-${i}`));

  test("draws the most as series and the others as one, with the same sum", () => {
    const { series } = timeline(overDays(2, many, { by: "result_type" }));
    expect(series.map(({ name }) => name)).toEqual([
      ...["type-0", "type-1", "type-2", "type-3", "type-4", "type-5", "type-6"],
      "2 others",
    ]);
    const sum = series.flatMap(({ values }) => values).reduce<number>((a, b) => a + Number(b), 0);
    expect(sum).toBe(10 + 9 + 8 + 7 + 6 + 5 + 4 + 3 + 2);
  });

  test("by policy type is not stacked, and what overlaps is not added", () => {
    const { series, stacked } = timeline(overDays(2, many, { by: "policy_type" }));
    expect(stacked).toBe(false);
    expect(series).toHaveLength(7);
  });
});

describe("marks", () => {
  const marks = [
    { at: `${dayOf(1)}T13:00:00Z`, title: "enforce\u202e", kind: "policy" as const },
    { at: dayOf(1), title: "Certificate expired", kind: "problem" as const },
    { at: dayOf(9), title: "after the range", kind: "mx" as const },
  ];
  const chart = chartOf(timeline(overDays(3, [trendRow(0, 5, 5)], { marks })));

  test("are told where they lie, in printable text; those of other times are left out", () => {
    expect(chart.places[1]?.words).toBe(
      `${dayOf(1)}\nNo report\nenforce\\u{202e}\nCertificate expired`,
    );
    expect(chart.places[0]?.words).not.toContain("after");
    expect(chart.legend.map(({ key }) => key)).toEqual([
      "ok",
      "failed",
      "none",
      "policy",
      "problem",
    ]);
  });

  test("share a line where they share a bucket", () => {
    const { series } = chart.option(THEMES.light);
    const first = Array.isArray(series) ? series[0] : series;
    const lines = first && "markLine" in first ? first.markLine?.data : [];
    expect(lines).toHaveLength(1);
    expect(lines?.[0]).toMatchObject({ xAxis: 1, label: { formatter: "P !" } });
  });
});

test("ingest adds up over the ways in, by outcome", () => {
  const row = (place: number, channel: string, outcome: string, items: number) => ({
    ...{ bucket: `${dayOf(place)}T00:00:00Z`, channel, outcome, items },
  });
  const rows = [
    row(0, "smtp", "refused", 2),
    row(0, "https", "stored", 3),
    row(0, "smtp", "stored", 4),
  ];
  expect(chartOf(timeline(overDays(2, rows), ingestChart)).table).toEqual({
    head: ["From", "Stored", "Refused"],
    rows: [
      [dayOf(0), 7, 2],
      [dayOf(1), 0, 0],
    ],
  });
});
