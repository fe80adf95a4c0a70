// Whether a caller may see all of a message. A file or a mail may hold reports of several tenants, and its
// bytes and headers are about all of them: they are for those who may see every part.

import type { Store } from "../store/port.ts";
import { recordParameters } from "./newest.ts";
import type { Cell, Row } from "./panel.ts";
import { messageTenants } from "./panels/message-tenants.ts";
import { runPanel, type Scope } from "./run.ts";

const SECOND_MS = 1_000;

/** Cells that are about a whole message, with what stands in them where they are withheld. */
const OF_WHOLE_MESSAGE: Readonly<Record<string, Cell>> = {
  // The second of two items tells that there is a first one.
  item: null,
  rcpt_to: [],
  header_from: "",
  subject: "",
  message_id: "",
  file_name: "",
  url_key: "",
};

/** A place within the report itself, and not in a header or a file, which may be about others too. */
const IN_REPORT = /^(?:\/|$)/;

/** A row as its caller may see it, and the names of the cells that are withheld. */
export type SeenRow = Row & { withheld: string[] };

/**
 * The receipts of those messages that the caller may not see whole. It looks at all tenants, so that the
 * answer may decide what is shown, and must not be shown itself.
 * @param rows what came with the messages: `receipt` and `received_at` of each
 */
export async function partlySeen(
  store: Store,
  { tenants }: Scope,
  rows: readonly Row[],
): Promise<ReadonlySet<string>> {
  if (tenants === "all" || rows.length === 0) return new Set();
  const receipts = [...new Set(rows.map((row) => String(row["receipt"])))];
  const times = rows.map((row) => Date.parse(String(row["received_at"])));
  const [first, last] = [Math.min(...times), Math.max(...times)].map(toSecond);
  const range = { fromMs: first ?? 0, toMs: (last ?? 0) + SECOND_MS };
  const parameters = recordParameters({ receipt: receipts }, range, { limit: receipts.length });
  const found = await runPanel(store, messageTenants, parameters, { tenants: "all" });
  const ofOthers = (row: Row) =>
    [row["tenants"] ?? []].flat().some((tenant) => !tenants.includes(String(tenant)));
  return new Set(found.rows.filter(ofOthers).map(({ receipt }) => String(receipt)));
}

/** True when everything in the message of a row is of tenants that the caller may see. */
export async function seesWhole(store: Store, scope: Scope, row: Row): Promise<boolean> {
  return (await partlySeen(store, scope, [row])).size === 0;
}

/** A row without what is about parts of its message that the caller may not see. */
export function asSeen(row: Row, partly: ReadonlySet<string>): SeenRow {
  if (!partly.has(String(row["receipt"]))) return { ...row, withheld: [] };
  const kept = Object.entries(OF_WHOLE_MESSAGE).filter(([name]) => Object.hasOwn(row, name));
  const withheld = kept.map(([name]) => name);
  return { ...row, ...Object.fromEntries(kept), ...withoutHeaders(row), withheld };
}

/** Deviations are found in reports, at JSON pointers, or around them: in headers and files, by name. */
function withoutHeaders(row: Row): Row {
  const { deviation_places: places, deviation_values: values } = row;
  if (!Array.isArray(places) || !Array.isArray(values)) return {};
  const inReport = (at: number) => IN_REPORT.test(places[at] ?? "");
  return { deviation_values: values.map((value, at) => (inReport(at) ? value : "")) };
}

function toSecond(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS;
}
