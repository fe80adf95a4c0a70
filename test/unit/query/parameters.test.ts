// Parameters as users write them: what passes, what it becomes, and what is said of the rest.

import fc from "fast-check";
import { expect, test } from "vitest";
import { PANELS } from "../../../services/query/index.ts";
import { trend } from "../../../services/query/panels/trend.ts";
import {
  PARAMETERS,
  type ParameterName,
  parametersOf,
} from "../../../services/query/parameter-table.ts";
import { readParameters } from "../../../services/query/parameters.ts";

const NOW = Date.parse("2026-03-20T10:00:00Z");

function read(given: Record<string, string | string[]>) {
  const lists = Object.entries(given).map(([name, value]) => [name, [value].flat()] as const);
  return readParameters(trend, Object.fromEntries(lists), NOW);
}

function good(given: Record<string, string | string[]>) {
  const result = read(given);
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result.parameters;
}

function bad(given: Record<string, string | string[]>, code: string, parameter: string) {
  const result = read(given);
  expect(result, JSON.stringify(given)).toMatchObject({ ok: false, problem: { code, parameter } });
}

test("the default range is thirty days with today", () => {
  const { range, step, by, limit } = good({});
  expect(new Date(range.fromMs).toISOString()).toBe("2026-02-19T00:00:00.000Z");
  expect(new Date(range.toMs).toISOString()).toBe("2026-03-21T00:00:00.000Z");
  expect({ step, by, limit }).toEqual({ step: "day", by: "total", limit: 1000 });
});

test("half a range is completed", () => {
  expect(good({ from: "2026-03-19" }).range.toMs).toBe(Date.parse("2026-03-21"));
  expect(good({ from: "2027-01-05" }).range.toMs).toBe(Date.parse("2027-01-06")); // ahead of today
  expect(good({ to: "2026-02-01" }).range.fromMs).toBe(Date.parse("2026-01-02"));
});

test("the last days hold today, shorter times end now", () => {
  const ends = (given: Record<string, string>) => {
    const { range, last } = good(given);
    return [last, ...[range.fromMs, range.toMs].map((ms) => new Date(ms).toISOString())];
  };
  expect(ends({ last: "1d" })).toEqual([
    "1d",
    "2026-03-20T00:00:00.000Z",
    "2026-03-21T00:00:00.000Z",
  ]);
  expect(ends({ last: "2w", timezone: "Europe/Berlin" })).toEqual([
    "2w",
    "2026-03-06T23:00:00.000Z",
    "2026-03-20T23:00:00.000Z",
  ]);
  expect(ends({ last: "12h" })).toEqual([
    "12h",
    "2026-03-19T22:00:00.000Z",
    "2026-03-20T10:00:01.000Z",
  ]);
  expect(good({ last: "30d" }).range).toEqual(good({}).range);
  for (const last of ["30", "d", "-1d", "0d", "1y", "99999w"]) {
    bad({ last }, "invalid-parameter", "last");
  }
  bad({ last: "1d", from: "2026-01-01" }, "invalid-parameter", "last");
  bad({ last: "1d", to: "2026-01-01" }, "invalid-parameter", "last");
});

test("a time zone is one of the IANA database", () => {
  expect(good({ timezone: "Etc/UTC" }).timezone).toBe("UTC");
  expect(good({ from: "2026-03-29", timezone: "Europe/Berlin" }).range.fromMs).toBe(
    Date.parse("2026-03-28T23:00:00Z"),
  );
  bad({ timezone: "Berlin" }, "invalid-parameter", "timezone");
  bad({ timezone: "+02:00" }, "invalid-parameter", "timezone");
});

test("order and columns are those of the panel", () => {
  const { sort, fields } = good({ sort: "-failed_sessions", fields: "series,bucket" });
  expect(sort).toEqual([{ column: "failed_sessions", descending: true }]);
  expect(fields).toEqual(["series", "bucket"]);
  bad({ sort: "mx" }, "invalid-parameter", "sort");
  bad({ fields: "mx" }, "invalid-parameter", "fields");
});

test("what goes with a parameter need not be named by the panel", () => {
  const of = (...parameters: ParameterName[]) => parametersOf({ parameters });
  expect(of("to", "from")).toEqual(["from", "to", "last", "timezone"]);
  expect(of("limit", "cursor", "format")).toEqual(["sort", "fields", "limit", "cursor", "format"]);
  expect(of("limit", "cursor")).toEqual(["limit", "cursor"]);
  expect(of("tenant", "format")).toEqual(["tenant", "fields", "format"]);
});

test("names are folded as the rows hold them, and repeat as alternatives", () => {
  const { filters } = good({
    domain: ["Example.COM.", "example.net"],
    organization: " Example Mail ",
    result_type: "Certificate-Expired",
    mx: "",
  });
  expect(filters).toEqual({
    domain: ["example.com", "example.net"],
    organization: ["example mail"],
    result_type: ["certificate-expired"],
  });
});

test("instants", () => {
  const from = (text: string) => good({ from: text, to: "2026-12-31" }).range.fromMs;
  expect(from("2026-01-31T06:00:00Z")).toBe(Date.parse("2026-01-31T06:00:00Z"));
  expect(from("2026-01-31T06:00:00.900+02:00")).toBe(Date.parse("2026-01-31T04:00:00Z"));
  expect(from("2024-02-29")).toBe(Date.parse("2024-02-29"));
  for (const text of [
    "2026-02-29", // no such day
    "2026-13-01", // no such month
    "2026-1-1", // not two digits
    "2026-01-31T06:00:00", // no zone
    "2026-01-31T25:00:00Z", // no such hour
    "yesterday",
    "1969-12-31", // before what the store holds
    "2150-01-01", // after it
    "1700000000",
  ]) {
    bad({ from: text, to: "2026-12-31" }, "invalid-parameter", "from");
  }
});

test("what is wrong is named", () => {
  bad({ domian: "example.com" }, "unknown-parameter", "domian");
  bad({ constructor: "x" }, "unknown-parameter", "constructor");
  bad({ report: "x" }, "unknown-parameter", "report"); // set by routes, not by users
  bad({ step: "fortnight" }, "invalid-parameter", "step");
  bad({ step: "toString" }, "invalid-parameter", "step");
  bad({ by: "tenant" }, "invalid-parameter", "by");
  bad({ limit: "0" }, "invalid-parameter", "limit");
  bad({ limit: "10001" }, "invalid-parameter", "limit");
  bad({ limit: "1e3" }, "invalid-parameter", "limit");
  bad({ limit: "-5" }, "invalid-parameter", "limit");
  bad({ step: ["day", "week"] }, "invalid-parameter", "step"); // once only
  bad({ format: "xml" }, "invalid-parameter", "format");
  bad({ domain: "x".repeat(1025) }, "invalid-parameter", "domain");
  bad({ domain: Array.from({ length: 101 }, () => "a.example") }, "invalid-parameter", "domain");
  bad({ from: "2026-03-02", to: "2026-03-02" }, "invalid-range", "from");
  bad({ from: "2026-01-01", to: "2026-03-01", step: "hour" }, "too-many-buckets", "step");
  bad({ trust: "trusted" }, "invalid-parameter", "trust");
  bad({ trust: ["verified", "x' OR 1=1"] }, "invalid-parameter", "trust");
});

test("the words of a parameter are told when another is given", () => {
  const detail = (given: Record<string, string>) => {
    const result = read(given);
    return result.ok ? "" : result.problem.detail;
  };
  expect(detail({ trust: "trusted" })).toBe(
    "trust takes verified, keyed, imported, posted, unverified.",
  );
  expect(detail({ step: "fortnight" })).toBe("step takes hour, day, week, month, year.");
  expect(good({ trust: ["verified", "keyed"] }).filters.trust).toEqual(["verified", "keyed"]);
});

test("a trend may have four hundred buckets of its step, not fewer and not more", () => {
  const months = (to: string) => read({ from: "1993-01-01", to, step: "month" });
  expect(months("2026-05-01").ok).toBe(true); // 33 years and four months: 400
  bad({ from: "1993-01-01", to: "2026-05-02", step: "month" }, "too-many-buckets", "step");
  expect(good({ from: "2026-01-01", to: "2027-02-05", step: "day" }).step).toBe("day"); // 400
  bad({ from: "2026-01-01", to: "2027-02-06", step: "day" }, "too-many-buckets", "step");
});

test("the steps follow the range", () => {
  expect(good({ from: "2026-03-01", to: "2026-03-02" }).step).toBe("hour");
  expect(good({ from: "2025-12-01", to: "2026-03-01" }).step).toBe("day");
  expect(good({ from: "2025-03-01", to: "2026-03-01" }).step).toBe("week");
  expect(good({ from: "2016-03-01", to: "2026-03-01" }).step).toBe("month");
  expect(good({ from: "1970-01-01", to: "2149-06-06" }).step).toBe("year");
});

test("never throws, whatever is written", () => {
  const name = fc.oneof(fc.constantFrom(...Object.keys(PARAMETERS)), fc.string());
  const given = fc.dictionary(name, fc.array(fc.string(), { maxLength: 3 }));
  const panel = fc.constantFrom(...PANELS);
  fc.assert(
    fc.property(panel, given, (one, values) => {
      const result = readParameters(one, values, NOW);
      if (result.ok)
        expect(result.parameters.range.fromMs).toBeLessThan(result.parameters.range.toMs);
    }),
  );
});

test("our own words are taken in any case, and a wrong last is told the units and the longest", () => {
  expect(good({ step: "DAY", trust: ["Verified"] })).toMatchObject({
    step: "day",
    filters: { trust: ["verified"] },
  });
  const result = read({ last: "10y" });
  expect(result).toMatchObject({
    problem: { detail: expect.stringMatching(/weeks \(w\), days \(d\).*longest is \d+d\.$/) },
  });
  const many = { from: "2000-01-01", to: "2026-01-01", step: "hour" };
  expect(read(many)).toMatchObject({
    problem: { detail: expect.stringContaining("buckets of an hour") },
  });
});
