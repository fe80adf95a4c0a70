// Lists of what came in, newest first. Sorting whole rows of millions for the few of one page would read all
// of their text, so the arrival of the last row of the page is found first, from one small column.

import { cursorCell } from "./cursor.ts";
import type { Panel, PanelQuery, Table } from "./panel.ts";
import { orderOf } from "./sort.ts";

const INSTANT = "DateTime64(3, 'UTC')";

/**
 * The conditions and one more, which leaves in the page that is asked for and little else: rows that came no
 * earlier than the last of it. Without it where the rows are asked for in another order.
 * @param panel is ordered by received_at, newest first
 */
export function whereOnPage(
  panel: Pick<Panel, "order">,
  query: PanelQuery,
  table: Table,
  conditions: readonly string[],
): string[] {
  const { limit, cursor, sort } = query.parameters;
  const [first] = orderOf(panel, sort);
  if (first?.column !== "received_at" || !first.descending) return [...conditions];
  const shown: string[] = [];
  const older: string[] = [];
  if (cursor !== null) {
    const at = String(cursorCell(cursor, 0)).replace("T", " ").replace("Z", "");
    const value = query.bind("shown_until", INSTANT, at);
    // Of what came at the same instant as the last row shown, some can be left; it is not counted.
    shown.push(`received_at <= ${value}`);
    older.push(`received_at < ${value}`);
  }
  const rows = query.bind("page_rows", "UInt64", limit + 1);
  const from = query.from(table, [...conditions, ...older]);
  const last = `SELECT min(received_at) FROM (
    SELECT received_at ${from} ORDER BY received_at DESC LIMIT ${rows})`;
  return [...conditions, ...shown, `received_at >= (${last})`];
}
