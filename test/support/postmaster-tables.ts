// Reads the tables of test/fixtures/postmaster/README.md: what the panels must say of the seeded set.

import { readFileSync } from "node:fs";
import { assetPath } from "../../services/assets.ts";

/** A row of a table by the names of its columns; whole numbers are numbers. */
export type TableRow = Record<string, string | number>;

const FOLDER = assetPath("test", "fixtures", "postmaster");

/** Every table, by the heading that it stands under. */
function readTables(text: string): Map<string, TableRow[]> {
  const tables = new Map<string, TableRow[]>();
  for (const section of text.split(/^## /m).slice(1)) {
    const [title = "", ...lines] = section.split("\n");
    const [head, , ...rows] = lines.filter((line) => line.startsWith("|")).map(cellsOf);
    if (head === undefined) continue;
    const named = rows.map((cells) =>
      Object.fromEntries(head.map((name, i) => [name, cellValue(cells[i] ?? "")])),
    );
    tables.set(title, named);
  }
  return tables;
}

function cellsOf(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function cellValue(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}

const TABLES = readTables(readFileSync(`${FOLDER}/README.md`, "utf8"));

/** The rows of one table. */
export function tableOf(title: string): readonly TableRow[] {
  const table = TABLES.get(title);
  if (table === undefined || table.length === 0) throw new Error(`README.md: no table ${title}`);
  return table;
}

/** The sum of one column. */
export function sumOf(rows: readonly Readonly<Record<string, unknown>>[], column: string): number {
  return rows.reduce((sum, row) => {
    const value = row[column];
    if (typeof value !== "number")
      throw new Error(`${column} is no number in ${JSON.stringify(row)}`);
    return sum + value;
  }, 0);
}

/** The texts of the policies of reports.txt, by name; "" for no policy. */
export function policyTexts(): Map<string, string> {
  const lines = readFileSync(`${FOLDER}/reports.txt`, "utf8").matchAll(/^policy (\S+) = (.+)$/gm);
  const named = [...lines].map(
    ([, name = "", text = ""]) => [name, text.replaceAll("; ", "\n")] as const,
  );
  return new Map([["", ""], ...named]);
}
