// Panels that cross two keys of failures: a row per cell that is not empty, with what its row and its column
// have in all, so that it can be drawn from any page of it.

import { FAILURE_COLUMNS, FAILURE_PARAMETERS, hashOf, share } from "./failures.ts";
import type { Column, Panel } from "./panel.ts";
import { detailRows, SESSION_TOTALS } from "./sessions.ts";

/** One side of a matrix. */
export interface Side {
  /** Its column; the name is that of `expression` in the SQL as well. */
  column: Column;
  /** What is grouped by, over columns of detailRows. */
  key: string;
  /** How a group is shown, as an aggregate over its rows; the key itself without it. */
  shown?: string;
}

export interface Matrix extends Pick<Panel, "id" | "title" | "description"> {
  rows: Side;
  columns: Side;
}

function totalOf(side: "row" | "column", name: string): Column[] {
  const whole = `all failed sessions of its ${name}`;
  return [
    {
      name: `${side}_failed_sessions`,
      type: "count",
      unit: "sessions",
      description: `Failed sessions of its ${name} in all.`,
    },
    { name: `${side}_share`, type: "ratio", description: `Failed sessions by ${whole}.` },
  ];
}

/** One spelling over the whole matrix, or a name that changed it would be two rows. */
function shownOf(side: Side, place: "row" | "column"): string {
  if (side.shown === undefined) return `${place}_key`;
  return `(max(${place}_shown) OVER (PARTITION BY ${place}_hash)).2`;
}

/** Makes the panel; the worst row comes first, and in it the worst cell. */
export function matrixPanel({ rows, columns, ...panel }: Matrix): Panel {
  const named = { row: rows.column.name, column: columns.column.name };
  const shown = (side: Side, place: string) =>
    side.shown === undefined ? "" : `${side.shown} AS ${place}_shown,`;
  return {
    ...panel,
    parameters: FAILURE_PARAMETERS.filter((name) => name !== "compare"),
    columns: [
      rows.column,
      columns.column,
      FAILURE_COLUMNS.failed_sessions,
      ...totalOf("row", named.row),
      ...totalOf("column", named.column),
    ],
    order: [
      { column: "row_failed_sessions", descending: true },
      { column: named.row },
      { column: "failed_sessions", descending: true },
      { column: named.column },
    ],
    drawing: "matrix",
    sql: (query) => `
    SELECT ${shownOf(rows, "row")} AS ${named.row}, ${shownOf(columns, "column")} AS ${named.column},
      failed_sessions,
      sum(failed_sessions) OVER (PARTITION BY row_hash) AS row_failed_sessions,
      ${share("failed_sessions", "row_failed_sessions")} AS row_share,
      sum(failed_sessions) OVER (PARTITION BY column_hash) AS column_failed_sessions,
      ${share("failed_sessions", "column_failed_sessions")} AS column_share
    FROM (
      SELECT ${hashOf(rows.key)} AS row_hash, ${hashOf(columns.key)} AS column_hash,
        toString(any(${rows.key})) AS row_key, toString(any(${columns.key})) AS column_key,
        ${shown(rows, "row")} ${shown(columns, "column")} sum(failed) AS failed_sessions
      FROM ${detailRows(query)}
      GROUP BY row_hash, column_hash
    )
    WHERE failed_sessions > 0`,
    totals: SESSION_TOTALS,
  };
}
