// The charts of the panels that have rows for each name: who fails where, who reports how regularly, and
// which policy was seen when.

import type { Row } from "../query/panel.ts";
import type { Bars, Charting, HeatField, LegendKey } from "./chart.ts";
import { countOf, ranked, showName, sumOf } from "./count.ts";

/** Names with a bar; the table has all. */
const BARS_MAX = 15;
const SERIES_MAX = 7;
const ROWS_MAX = 30;
const COLUMNS_MAX = 30;

const UNNAMED: Readonly<Record<string, string>> = { result_type: "no detail" };

function nameIn(column: string, cell: Row[string] | undefined): string {
  return cell === "" ? (UNNAMED[column] ?? showName(cell)) : showName(cell);
}

function leftOut(all: number, shown: number, what: string): string[] {
  return all > shown ? [`${shown} of ${all} ${what} are drawn.`] : [];
}

/** Failed sessions of the worst names, each parted by result type where the panel parts them. */
export const failuresChart =
  (column: string, of: string): Charting =>
  (source) => {
    const failed = (row: Row) => countOf(row["failed_sessions"]);
    const text = (row: Row, name: string) => String(row[name] ?? "");
    const names = ranked(source.rows.map((row) => [text(row, column), failed(row)]));
    const shown = names.slice(0, BARS_MAX).map(([name]) => name);
    const parted = column !== "result_type" && source.rows.some((row) => "result_type" in row);
    const types = ranked(source.rows.map((row) => [text(row, "result_type"), failed(row)]));
    const seriesOf = (
      name: string,
      key: LegendKey,
      holds: (row: Row) => boolean,
    ): Bars["series"][number] => ({
      name,
      key,
      values: shown.map((one) =>
        sumOf(source.rows.filter((row) => text(row, column) === one && holds(row)).map(failed)),
      ),
    });
    const named = types.slice(0, SERIES_MAX).map(([type]) => type);
    const rest = types.length - named.length;
    const series = named.map((type, i) =>
      seriesOf(
        nameIn("result_type", type),
        `series-${i}`,
        (row) => text(row, "result_type") === type,
      ),
    );
    const others = seriesOf(
      `${rest} others`,
      `series-${SERIES_MAX}`,
      (row) => !named.includes(text(row, "result_type")),
    );
    const all = rest > 0 ? [...series, others] : series;
    return {
      kind: "bars",
      caption: `Failed sessions by ${of.toLowerCase().replace("mx", "MX")}`,
      of,
      names: shown.map((name) => nameIn(column, name)),
      series: parted ? all : [seriesOf("Failed sessions", "failed", () => true)],
      notes: leftOut(names.length, shown.length, "names"),
    };
  };

/** The days of each organization: told of, missing in between, and missing since. */
export const cadenceChart: Charting = (source) => {
  const rows = source.rows.slice(0, BARS_MAX);
  const days = (column: string) => rows.map((row) => countOf(row[column]));
  return {
    kind: "bars",
    caption: "Days by sending organization",
    of: "Organization",
    names: rows.map((row) => showName(row["organization"])),
    series: [
      { name: "Days reported", key: "ok", values: days("days_reported") },
      { name: "Days missing in between", key: "series-3", values: days("gap_days") },
      { name: "Days of silence since", key: "failed", values: days("silent_days") },
    ],
    notes: leftOut(source.rows.length, rows.length, "organizations"),
  };
};

/** Failed sessions where two names meet. */
export const matrixChart =
  (row: string, column: string, of: string): Charting =>
  (source) => {
    const failed = (one: Row) => countOf(one["failed_sessions"]);
    const namesOf = (side: string) =>
      ranked(source.rows.map((one) => [String(one[side]), failed(one)])).map(([name]) => name);
    const all = { rows: namesOf(row), columns: namesOf(column) };
    const rows = all.rows.slice(0, ROWS_MAX);
    const columns = all.columns.slice(0, COLUMNS_MAX);
    const fields = source.rows.map(
      (one): HeatField => ({
        row: rows.indexOf(String(one[row])),
        column: columns.indexOf(String(one[column])),
        count: failed(one),
      }),
    );
    return {
      kind: "heat",
      caption: source.title,
      of,
      rows: rows.map((name) => nameIn(row, name)),
      columns: columns.map((name) => nameIn(column, name)),
      fields: fields.filter((field) => field.row >= 0 && field.column >= 0),
      unit: "failed sessions",
      notes: [
        ...leftOut(all.rows.length, rows.length, "rows"),
        ...leftOut(all.columns.length, columns.length, "columns"),
      ],
    };
  };

/** Enough of a digest to tell policies apart that look alike otherwise. */
const DIGEST_CHARACTERS = 6;

/**
 * What each policy is called, by the rest of what tells it apart: domain, type and mode, the first day where
 * several are alike, and the digest where that is alike too. Of no text there is nothing to tell apart.
 */
function policyNames(rows: readonly Row[]): Map<string, string> {
  const firsts = new Map<string, Row>();
  for (const row of rows) {
    const policy = policyOf(row);
    if (!firsts.has(policy)) firsts.set(policy, row);
  }
  const tenants = new Set(rows.map((row) => row["tenant"]));
  let names = [...firsts].map(([policy, row]) => {
    const { tenant, domain, policy_type, mode, seen } = row;
    const untold = seen === false && policy_type !== "no-policy-found" ? "no text" : "";
    const parts = [tenants.size > 1 ? tenant : "", domain, policy_type, mode, untold];
    return { policy, row, name: parts.filter(Boolean).join(" ") };
  });
  const further: ((row: Row) => string)[] = [
    ({ day }) => `from ${day}`,
    ({ policy_digest }) => String(policy_digest ?? "").slice(0, DIGEST_CHARACTERS),
  ];
  for (const more of further) {
    const times = new Map(ranked(names.map(({ name }) => [name, 1])));
    names = names.map((one) =>
      times.get(one.name) === 1 ? one : { ...one, name: `${one.name} ${more(one.row)}` },
    );
  }
  return new Map(names.map(({ policy, name }) => [policy, name]));
}

function policyOf({ tenant, domain, policy_type, policy_digest, mode }: Row): string {
  return JSON.stringify([tenant, domain, policy_type, policy_digest, mode]);
}

/** How many organizations saw which policy on each day. */
export const policyDaysChart: Charting = (source) => {
  const named = policyNames(source.rows);
  const shown = [...named.keys()].slice(0, ROWS_MAX);
  const places = new Map(source.axis.map(({ at }, i) => [Date.parse(at), i]));
  const fields = source.rows.flatMap((row): HeatField[] => {
    const place = places.get(Date.parse(String(row["day"])));
    const at = shown.indexOf(policyOf(row));
    if (place === undefined || at < 0) return [];
    const range = {
      from: source.axis[place]?.at ?? "",
      to: source.axis[place + 1]?.at ?? source.end,
    };
    return [{ row: at, column: place, count: countOf(row["organizations"]), range }];
  });
  return {
    kind: "heat",
    caption: "Organizations that saw each policy, per day",
    of: "Policy",
    rows: shown.map((policy) => showName(named.get(policy))),
    columns: source.axis.map(({ label }) => label),
    fields,
    unit: "organizations",
    calm: true,
    overTime: true,
    notes: [
      ...leftOut(named.size, shown.length, "policies"),
      ...(source.cut ? ["There are more rows than fit: the last days are not drawn."] : []),
    ],
  };
};
