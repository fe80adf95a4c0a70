// The columns of an answer: all of the panel, or those that were asked for, and which columns of the
// store they need.

import { type Column, columnsOf, type Order, type Panel, type Row } from "./panel.ts";

/** What could not be read of `fields`, for the one who wrote it. */
export interface FieldsRefused {
  detail: string;
}

/** Reads "mx,failed_sessions": names of columns of the answer, in the order wanted. */
export function readFields(panel: Panel, text: string): string[] | FieldsRefused {
  const known = columnsOf(panel).map(({ name }) => name);
  const fields = text.split(",").map((part) => part.trim());
  if (!fields.every((field) => known.includes(field))) {
    return { detail: `fields takes ${known.join(", ")}.` };
  }
  return [...new Set(fields)];
}

/** The columns of an answer, in order. */
export function fieldColumns(panel: Panel, fields: readonly string[] | null): readonly Column[] {
  const all = columnsOf(panel);
  if (fields === null) return all;
  return fields.flatMap((field) => all.filter(({ name }) => name === field));
}

/**
 * The columns that are to be selected for an answer: those of the fields and of the order. Words are made
 * of the whole row, names of addresses of one column.
 */
export function selectedColumns(
  panel: Panel,
  fields: readonly string[] | null,
  order: readonly Order[],
): readonly Column[] {
  const { columns, words, addresses } = panel;
  if (fields === null) return columns;
  if (words?.columns.some(({ name }) => fields.includes(name))) return columns;
  const needed = new Set([...fields, ...order.map(({ column }) => column)]);
  if (addresses !== undefined && asksAddresses(panel, fields)) needed.add(addresses);
  return columns.filter(({ name }) => needed.has(name));
}

/** True when a field tells of an address what the store does not know. */
export function asksAddresses(panel: Panel, fields: readonly string[] | null): boolean {
  const stored = [...panel.columns, ...(panel.words?.columns ?? [])].map(({ name }) => name);
  const asked = fields === null ? columnsOf(panel).map(({ name }) => name) : fields;
  return asked.some((field) => !stored.includes(field));
}

/** A row with these columns only. */
export function onlyFields(row: Row, fields: readonly string[] | null): Row {
  if (fields === null) return row;
  return Object.fromEntries(fields.map((field) => [field, row[field] ?? null]));
}
