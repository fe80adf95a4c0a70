// Rows that the page is made of, for panels ordered by a key of their table: of all domains a page shows a
// few, so what is costly is computed for these alone.

import { firstAfter } from "./cursor.ts";
import { isFiltered } from "./filters.ts";
import type { Panel, PanelQuery } from "./panel.ts";
import { orderOf } from "./sort.ts";

/**
 * "FROM ... WHERE ..." as given, or with the first values of the column that the order begins with: each
 * value has a row of the answer at least, so one more than the page has rows, and that of the cursor, do.
 * An order by another column than domain or day needs all rows, and one domain has few.
 * @param rows "FROM ... WHERE ..."
 */
export function rowsOfPage(panel: Panel, query: PanelQuery, rows: string): string {
  const { parameters } = query;
  const [first] = orderOf(panel, parameters.sort);
  if (first === undefined || first.descending || isFiltered(query, "domain")) return rows;
  const after = firstAfter(panel, parameters);
  const values = query.bind("page_values", "UInt64", parameters.limit + 2);
  if (first.column === "domain") {
    const from =
      after === null ? "" : `WHERE domain >= ${query.bind("page_after", "String", String(after))}`;
    return `FROM (SELECT * ${rows}) WHERE domain IN (
      SELECT domain FROM (SELECT domain ${rows}) ${from} GROUP BY domain ORDER BY domain LIMIT ${values})`;
  }
  if (first.column !== "day") return rows;
  // A day has a row per domain at least, so the days up to one whose domains fill the page will do.
  const from = after === null ? "1" : `day > ${query.bind("page_after", "Date", String(after))}`;
  return `FROM (SELECT * ${rows}) WHERE ${from.replace(">", ">=")} AND day <= (
    SELECT if(countIf(so_far >= ${values}) = 0, toDate(65535), minIf(day, so_far >= ${values}))
    FROM (
      SELECT day, sum(domains) OVER (ORDER BY day) AS so_far
      FROM (SELECT day, uniqExact(cityHash64(domain)) AS domains FROM (SELECT day, domain ${rows})
        WHERE ${from} GROUP BY day)
    ))`;
}
