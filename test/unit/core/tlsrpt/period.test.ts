// Dates and periods: the forms that senders write, the days that cannot be.

import { expect, test } from "vitest";
import { readDate } from "../../../../services/core/tlsrpt/dates.ts";
import type { Hints } from "../../../../services/core/tlsrpt/report.ts";
import { changed, plainReport } from "./plain.ts";
import { NO_HINTS, readValue } from "./reading.ts";

const DAY_MS = 86_400_000;

function good(text: string, iso: string, ...codes: string[]) {
  const date = readDate(text, 0);
  expect(date && [new Date(date.ms).toISOString(), ...date.deviations]).toEqual([iso, ...codes]);
}
const bad = (text: string) => expect(readDate(text, 0)).toBeNull();

test("dates that are read", () => {
  good("2026-06-14T00:00:00Z", "2026-06-14T00:00:00.000Z");
  good("2026-06-14T23:59:59.999Z", "2026-06-14T23:59:59.999Z");
  good("2026-06-14T00:00:00+00:00", "2026-06-14T00:00:00.000Z");
  good("2026-06-14T02:00:00+02:00", "2026-06-14T00:00:00.000Z");
  good("2026-06-13T19:30:00-04:30", "2026-06-14T00:00:00.000Z");
  good("2026-06-14T23:59:60Z", "2026-06-15T00:00:00.000Z"); // a leap second
  good("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z");
  good("2026-06-14T00:00:00", "2026-06-14T00:00:00.000Z", "date-without-zone"); // Microsoft, 2023
  good("2026-06-14t00:00:00z", "2026-06-14T00:00:00.000Z", "date-form");
  good("2026-06-14 00:00:00Z", "2026-06-14T00:00:00.000Z", "date-form");
  good("2026-06-14T00:00Z", "2026-06-14T00:00:00.000Z", "date-form");
  good("2026-06-14T02:00:00+0200", "2026-06-14T00:00:00.000Z", "date-form");
  good("2026-06-14 01:02:03", "2026-06-14T01:02:03.000Z", "date-without-zone", "date-form");
  good("2026-06-14", "2026-06-14T00:00:00.000Z", "date-only");
  good("2026-06-14T24:00:00Z", "2026-06-15T00:00:00.000Z", "date-hour-24"); // RFC 8460 section 4.1
});

test("dates that do not exist or are none", () => {
  bad("2026-02-30T00:00:00Z");
  bad("2025-02-29T00:00:00Z");
  bad("2100-02-29T00:00:00Z"); // no leap year
  bad("2026-04-31T00:00:00Z");
  bad("2026-13-01T00:00:00Z");
  bad("2026-00-01T00:00:00Z");
  bad("2026-01-00T00:00:00Z");
  bad("2026-01-01T24:00:01Z");
  bad("2026-01-01T25:00:00Z");
  bad("2026-01-01T00:60:00Z");
  bad("2026-01-01T00:00:00+24:00");
  bad("01/02/2026");
  bad("1767225600");
  bad("2026-1-1");
  bad("Sun, 14 Jun 2026 00:00:00 GMT");
  bad("");
});

function period(range: unknown, hints: Hints = NO_HINTS) {
  const read = readValue(changed(plainReport(), "/date-range", range), hints);
  const { report } = read;
  const dates = report && [report.startMs, report.endMs].map((ms) => new Date(ms).toISOString());
  return {
    dates: dates?.map((text) => text.slice(0, 19)),
    noted: read.noted,
    refusal: read.refusal,
  };
}
const range = (start: unknown, end: unknown) => ({ "start-datetime": start, "end-datetime": end });
const HINTED: Hints = {
  ...NO_HINTS,
  startMs: Date.UTC(2026, 5, 10),
  endMs: Date.UTC(2026, 5, 10) + DAY_MS - 1_000,
};

test("the ends of a day", () => {
  const day = "2026-06-14T00:00:00Z";
  expect(period(range(day, "2026-06-14T23:59:59Z")).noted).toEqual([]);
  expect(period(range(day, "2026-06-14T23:59:59.999Z")).noted).toEqual([]);
  expect(period(range(day, "2026-06-15T00:00:00Z")).noted).toEqual([
    "period-ends-next-midnight /date-range/end-datetime", // Mail.ru, Stalwart
  ]);
  expect(period(range("2026-06-14", "2026-06-14")).dates).toEqual([
    "2026-06-14T00:00:00",
    "2026-06-14T23:59:59",
  ]);
  expect(period(range(day, "2026-06-13T00:00:00Z"))).toMatchObject({
    noted: ["period-reversed /date-range"], // SocketLabs
    refusal: "",
  });
  for (const [start, end] of [
    [day, "2026-06-20T23:59:59Z"], // weekly
    ["2026-06-14T10:00:00Z", "2026-06-14T11:00:00Z"], // hourly
    ["2026-06-14T02:00:00Z", "2026-06-15T01:59:59Z"], // local time with a literal Z
    ["2026-06-14T02:00:00Z", "2026-06-15T02:00:00Z"], // from the first event on
    [day, day],
  ]) {
    expect(period(range(start, end)).noted).toEqual(["period-not-one-day /date-range"]);
  }
});

test("one end stands for both", () => {
  expect(period(range("2026-06-14T00:00:00Z", undefined))).toMatchObject({
    dates: ["2026-06-14T00:00:00", "2026-06-14T00:00:00"],
    noted: ["date-missing /date-range/end-datetime"],
  });
  expect(period(range("2026-02-30T00:00:00Z", "2026-06-15T00:00:00Z"), HINTED)).toMatchObject({
    dates: ["2026-06-14T00:00:00", "2026-06-15T00:00:00"], // not the file name's
    noted: ["date-unusable /date-range/start-datetime"],
  });
  expect(period(range(null, "2026-06-14T23:59:59Z")).dates?.[0]).toBe("2026-06-14T00:00:00");
});

test("the file name says the period when the report does not", () => {
  expect(period(undefined, HINTED)).toMatchObject({
    dates: ["2026-06-10T00:00:00", "2026-06-10T23:59:59"],
    noted: ["date-range-missing /date-range", "date-from-file-name /date-range"],
  });
  expect(period(range("soon", ""), HINTED).noted).toEqual([
    "date-unusable /date-range/start-datetime",
    "date-missing /date-range/end-datetime",
    "date-from-file-name /date-range",
  ]);
  expect(period(undefined).refusal).toBe("date-range-unusable /date-range");
  expect(period("2026-06-14").refusal).toBe("date-range-unusable /date-range");
  expect(period(range(1, 2)).refusal).toBe("date-range-unusable /date-range");
  const absurd = { ...NO_HINTS, startMs: 1e300, endMs: Number.NaN };
  expect(period(undefined, absurd).refusal).toBe("date-range-unusable /date-range");
});

test("days that cannot be", () => {
  const on = (day: string) => period(range(`${day}T00:00:00Z`, `${day}T23:59:59Z`)).refusal;
  expect(on("2016-01-01")).toBe("");
  expect(on("2015-12-31")).toBe("date-range-out-of-bounds /date-range");
  expect(on("2026-06-22")).toBe(""); // received on 15 June, seven days ahead
  expect(on("2026-06-23")).toBe("date-range-out-of-bounds /date-range");
  expect(on("0001-01-01")).toBe("date-range-out-of-bounds /date-range");
  expect(on("9999-12-31")).toBe("date-range-out-of-bounds /date-range");
});
