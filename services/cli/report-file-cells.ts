// The rows that ingest makes of a report, read back by the names of their columns: what a file is explained
// by is what the store would hold of it.

import {
  FAILURE_DETAIL_COLUMNS,
  POLICY_SUMMARY_COLUMNS,
  REPORT_COLUMNS,
} from "../core/tlsrpt/columns.ts";
import type { ReportItem } from "../ingest/item.ts";

/** Cells of one row by column. */
export class Cells {
  readonly #byName: ReadonlyMap<string, unknown>;

  constructor(columns: readonly string[], json: string) {
    const cells: unknown[] = JSON.parse(json);
    this.#byName = new Map(columns.map((column, index) => [column, cells[index]]));
  }

  text(column: string): string {
    return String(this.#byName.get(column) ?? "");
  }

  texts(column: string): string[] {
    const value = this.#byName.get(column);
    return Array.isArray(value) ? value.map(String) : [];
  }

  count(column: string): number {
    return Number(this.#byName.get(column) ?? 0);
  }

  /** A DateTime in UTC as RFC 3339. */
  time(column: string): string {
    return `${this.text(column).replace(" ", "T")}Z`;
  }

  /** An address as its sender would write it; "" for none, and the text as sent where it is no address. */
  address(column: string): string {
    const sent = this.text(`${column}_text`);
    const address = this.text(column);
    if (sent !== "" || address === "::") return sent;
    return address.replace(/^::ffff:(?=[0-9]+\.)/, "");
  }
}

/** The rows of one report. */
export interface ItemRows {
  report: Cells;
  policies: readonly Cells[];
  details: readonly Cells[];
}

/** Reads the rows of an item. */
export function rowsOf({ reportCells, summaryLines, detailLines }: ReportItem): ItemRows {
  const rows = (columns: readonly string[], lines: string) =>
    lines
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => new Cells(columns, line));
  return {
    report: new Cells(REPORT_COLUMNS, `[${reportCells}]`),
    policies: rows(POLICY_SUMMARY_COLUMNS, summaryLines),
    details: rows(FAILURE_DETAIL_COLUMNS, detailLines),
  };
}
