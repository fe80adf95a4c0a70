// Which cells the store takes, read from the schema itself: a row that it would refuse is a finding.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assetPath } from "../../services/assets.ts";
import { hold } from "./target.ts";

type Fits = (cell: unknown) => boolean;

const HALF_CHARACTER = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const IPV6 = /^[0-9a-f:.]{2,45}$/i;

function whole(bits: number): Fits {
  const end = 2 ** bits;
  return (cell) => Number.isInteger(cell) && Number(cell) >= 0 && Number(cell) < end;
}

function isText(cell: unknown): boolean {
  return typeof cell === "string" && !HALF_CHARACTER.test(cell);
}

function isDate(text: string): boolean {
  return !Number.isNaN(Date.parse(`${text.replace(" ", "T")}Z`)) || !Number.isNaN(Date.parse(text));
}

function dated(form: RegExp): Fits {
  return (cell) => typeof cell === "string" && form.test(cell) && isDate(cell);
}

const FITS: Record<string, Fits> = {
  String: isText,
  "LowCardinality(String)": isText,
  "Array(String)": (cell) => Array.isArray(cell) && cell.every(isText),
  "Array(LowCardinality(String))": (cell) => Array.isArray(cell) && cell.every(isText),
  Bool: (cell) => typeof cell === "boolean",
  UUID: (cell) => typeof cell === "string" && UUID.test(cell),
  IPv6: (cell) => typeof cell === "string" && IPV6.test(cell) && URL.canParse(`http://[${cell}]/`),
  Date: dated(/^\d{4}-\d{2}-\d{2}$/),
  "DateTime('UTC')": dated(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/),
  "DateTime64(3, 'UTC')": dated(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3}$/),
  UInt8: whole(8),
  UInt16: whole(16),
  UInt32: whole(32),
  UInt64: whole(64),
};

const COLUMN = /^ {2}([a-z0-9_]+) ([A-Za-z0-9]+(?:\([^)]*\)+)?)/;
const TABLE = /^CREATE TABLE IF NOT EXISTS \{\{table:(\w+)\}\}/;

/** Types by table and column, as the schema has them. */
export const TYPES: ReadonlyMap<string, ReadonlyMap<string, string>> = readTypes();

function readTypes(): Map<string, Map<string, string>> {
  const folder = assetPath("schemas", "clickhouse");
  const tables = new Map<string, Map<string, string>>();
  let columns = new Map<string, string>();
  for (const name of readdirSync(folder).sort()) {
    for (const line of readFileSync(join(folder, name), "utf8").split("\n")) {
      const table = TABLE.exec(line)?.[1];
      if (table !== undefined) {
        columns = new Map();
        tables.set(table, columns);
      }
      const [, column = "", type = ""] = COLUMN.exec(line) ?? [];
      if (type in FITS) columns.set(column, type);
    }
  }
  return tables;
}

/** The cells of a row by column. @param names columns of the row in order */
export function readRow(
  table: string,
  names: readonly string[],
  text: string,
): Record<string, unknown> {
  const cells: unknown = JSON.parse(text);
  hold(Array.isArray(cells), `a row of ${table} is a JSON array`, () => text);
  const list = Array.isArray(cells) ? cells : [];
  hold(list.length === names.length, `a row of ${table} has ${names.length} cells`, () => text);
  const types = TYPES.get(table);
  const row: Record<string, unknown> = {};
  for (const [i, name] of names.entries()) {
    const fits = FITS[types?.get(name) ?? ""];
    hold(fits !== undefined, `the schema has ${table}.${name}`);
    hold(fits?.(list[i]) === true, `${table}.${name} fits its column`, () => String(list[i]));
    row[name] = list[i];
  }
  return row;
}
