// The order of an answer: the columns that were asked for, then those of the panel's own order, which
// make every row's place unique, so that a cursor can continue after any row.

import type { Column, Order, Panel } from "./panel.ts";

/** What could not be read of `sort`, for the one who wrote it. */
export interface SortRefused {
  detail: string;
}

/**
 * Columns that rows can be sorted by: those of the store that hold one value. Rows without one come last,
 * whichever way the others go.
 */
export function sortableColumns(panel: Pick<Panel, "columns">): readonly Column[] {
  return panel.columns.filter(({ type }) => type !== "texts");
}

/** Reads "-failed_sessions,mx": names of columns, with a minus for descending. */
export function readSort(panel: Pick<Panel, "columns">, text: string): Order[] | SortRefused {
  const known = sortableColumns(panel).map(({ name }) => name);
  const orders: Order[] = [];
  for (const word of text.split(",").map((part) => part.trim())) {
    const descending = word.startsWith("-");
    const column = descending ? word.slice(1) : word;
    if (!known.includes(column)) {
      return { detail: `sort takes ${known.join(", ")}, each with a minus before it to turn it.` };
    }
    if (orders.some((order) => order.column === column)) {
      return { detail: `sort names ${column} twice.` };
    }
    orders.push(descending ? { column, descending } : { column });
  }
  return orders;
}

/** The whole order of an answer: what was asked for, then the panel's own. */
export function orderOf(panel: Pick<Panel, "order">, sort: readonly Order[]): Order[] {
  const asked = new Set(sort.map(({ column }) => column));
  return [...sort, ...panel.order.filter(({ column }) => !asked.has(column))];
}

/** An order as readSort reads it. */
export function printSort(orders: readonly Order[]): string {
  return orders.map(({ column, descending }) => (descending ? `-${column}` : column)).join(",");
}
