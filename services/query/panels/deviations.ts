// What senders do otherwise than RFC 8460 asks: one row per organization and deviation.

import { DEVIATION_WORD_COLUMNS, deviationInWords } from "../deviation-words.ts";
import { FOLDED_ORGANIZATION, whereReports } from "../filters.ts";
import type { Panel, PanelQuery } from "../panel.ts";

/** The chosen codes, as a condition; the shares are of all reports whatever was chosen. */
function whereCode(query: PanelQuery): string {
  const codes = query.parameters.filters.code;
  return codes ? `code IN ${query.bind("code", "Array(String)", [...codes])}` : "code != ''";
}

/** Tells which report is newer by one number: by day, then by arrival, then by chance but always alike. */
const NEWNESS = `bitShiftLeft(toUInt128(toUInt32(day)), 112)
  + bitShiftLeft(toUInt128(toUnixTimestamp64Milli(received_at)), 64) + cityHash64(report_key)`;

/**
 * Reports by organization and code; each counts once for each code, and once for the code "". First by
 * spelling and all codes of a report, which makes few rows of many reports and compares hashes, not text;
 * names are folded after that.
 */
function perCode(query: PanelQuery): string {
  return `
    SELECT ${FOLDED_ORGANIZATION} AS folded, max((last, organization)) AS spelling, code,
      sum(alike) AS reports, sum(alike * countEqual(codes, code)) AS occurrences,
      min(first) AS first_day, max(last) AS last_day,
      argMax((example.1[indexOf(codes, code)], example.2[indexOf(codes, code)], example.3), newest)
        AS example
    FROM (
      SELECT any(organization) AS organization, any(deviation_codes) AS codes, count() AS alike,
        min(day) AS first, max(day) AS last, max(newness) AS newest,
        argMax((deviation_places, deviation_values, toString(report_key)), newness) AS example,
        arrayJoin(arrayPushBack(arrayDistinct(codes), '')) AS code
      FROM (
        SELECT organization, deviation_codes, day, deviation_places, deviation_values, report_key,
          ${NEWNESS} AS newness, cityHash64(organization) + cityHash64(deviation_codes) * 3 AS kind
        ${query.from("reports", [...whereReports(query), "status = 'stored'"])}
      )
      GROUP BY kind
    )
    GROUP BY folded, code`;
}

/**
 * What was found in a report. Of headers and files, which may be about reports of other tenants too, the
 * report itself tells who may see all of them (query/whole-message.ts).
 */
const VALUE = "if(example.1 = '' OR startsWith(example.1, '/'), example.2, '')";

export const deviations: Panel = {
  id: "deviations",
  title: "Deviations of senders",
  description:
    "Differences from RFC 8460 that were repaired or tolerated, by sending organization and kind, most " +
    "reports first. The reports count all the same; here is what to tell a sender.",
  parameters: [
    "tenant",
    "domain",
    "organization",
    "trust",
    "code",
    "from",
    "to",
    "limit",
    "cursor",
    "format",
  ],
  columns: [
    {
      name: "organization",
      type: "text",
      description: "organization-name as last sent; upper and lower case make no difference.",
    },
    { name: "code", type: "text", description: "The deviation, as docs/deviations.md has it." },
    { name: "reports", type: "count", unit: "reports", description: "Reports with it." },
    {
      name: "report_share",
      type: "ratio",
      description: "Reports with it by all reports of the organization.",
    },
    {
      name: "occurrences",
      type: "count",
      rank: "more",
      unit: "items",
      description: "Places with it; a report can have it in many.",
    },
    {
      name: "first_day",
      type: "date",
      rank: "more",
      description: "First day with it in the range.",
    },
    { name: "last_day", type: "date", description: "Last day with it in the range." },
    {
      name: "example_place",
      type: "text",
      rank: "more",
      description:
        "Where the newest report has it: a JSON pointer, the name of a header, or `file` for what is around it.",
    },
    {
      name: "example_value",
      type: "text",
      rank: "more",
      description:
        "What was found there; empty for headers and files, of which the report itself tells.",
    },
    { name: "example_report", type: "text", rank: "more", description: "Identity of that report." },
  ],
  order: [{ column: "reports", descending: true }, { column: "code" }, { column: "organization" }],
  drawing: "table",
  sql: (query) => `
    SELECT whole_spelling.2 AS organization, code, reports, reports / whole AS report_share,
      occurrences, first_day, last_day, example.1 AS example_place, ${VALUE} AS example_value,
      example.3 AS example_report
    FROM (
      SELECT *, max(reports) OVER (PARTITION BY folded) AS whole,
        max(spelling) OVER (PARTITION BY folded) AS whole_spelling
      FROM (${perCode(query)})
    )
    WHERE ${whereCode(query)}`,
  totals: {
    columns: [
      { name: "reports", type: "count", unit: "reports", description: "Reports looked at." },
      {
        name: "deviating_reports",
        type: "count",
        unit: "reports",
        description: "Those of them with a deviation, of the chosen kinds where some are chosen.",
      },
      {
        name: "nonconforming_reports",
        type: "count",
        unit: "reports",
        description: "Those of them that do not meet RFC 8460's schema.",
      },
    ],
    sql: (query) => {
      const codes = query.parameters.filters.code;
      const deviating = codes
        ? `hasAny(deviation_codes, ${query.bind("code", "Array(String)", [...codes])})`
        : "notEmpty(deviation_codes)";
      return `
        SELECT count() AS reports, countIf(${deviating}) AS deviating_reports,
          countIf(NOT conforming) AS nonconforming_reports
        ${query.from("reports", [...whereReports(query), "status = 'stored'"])}`;
    },
  },
  words: {
    columns: DEVIATION_WORD_COLUMNS,
    cells: (row) => ({ ...deviationInWords(row["code"]) }),
  },
};
