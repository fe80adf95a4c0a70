// /api/v1/quarantine/{receipt}: one quarantined message, its bytes, and trying it again.

import type { Context, Hono } from "hono";
import { quarantinedArrival } from "../core/quarantined.ts";
import { RECEIPT_PATTERN } from "../core/receipt.ts";
import { recordParameters } from "../query/newest.ts";
import type { Panel, Row } from "../query/panel.ts";
import { quarantinedBytes, quarantinedMessage } from "../query/panels/quarantine.ts";
import type { PanelParameters } from "../query/parameters.ts";
import { runPanel } from "../query/run.ts";
import { asSeen, partlySeen, seesWhole } from "../query/whole-message.ts";
import { SpoolRefusal } from "../spool/port.ts";
import { needs, scopeOf } from "./access.ts";
import { RAW_HEADERS } from "./headers.ts";
import { json } from "./json.ts";
import type { ApiOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { deviationsOf, trustOf, withoutDeviations } from "./record-words.ts";

const NOT_FOUND = "Nothing in quarantine has this receipt; /api/v1/quarantine lists what is there.";
/** Cells that differ between the items of one message. */
export const ITEM_COLUMNS: readonly string[] = [
  "item",
  "reason",
  "reason_title",
  "reason_advice",
  "message",
  "place",
];

async function rowsOf(
  panel: Panel,
  c: Context,
  options: ApiOptions,
  filters: PanelParameters["filters"] = {},
): Promise<Row[]> {
  const receipt = c.req.param("receipt") ?? "";
  if (!RECEIPT_PATTERN.test(receipt)) return [];
  const parameters = recordParameters({ ...filters, receipt: [receipt] }, { fromMs: 0, toMs: 1 });
  return (await runPanel(options.store, panel, parameters, scopeOf(c))).rows;
}

async function answerMessage(c: Context, options: ApiOptions): Promise<Response> {
  const found = await rowsOf(quarantinedMessage, c, options);
  const partly = await partlySeen(options.store, scopeOf(c), found.slice(0, 1));
  const rows = found.map((row) => asSeen(row, partly));
  const first = rows[0];
  if (!first) return problem(c, "not-found", NOT_FOUND);
  const shared = Object.entries(withoutDeviations(first)).filter(
    ([name]) => !ITEM_COLUMNS.includes(name),
  );
  const items = rows.map((row) => ({
    ...Object.fromEntries(ITEM_COLUMNS.map((name) => [name, row[name]])),
    deviations: deviationsOf(row),
  }));
  const generated_at = new Date((options.clock ?? Date.now)()).toISOString();
  const data = { ...Object.fromEntries(shared), ...trustOf(first), items };
  return json(c, { data, meta: { generated_at } });
}

/**
 * The bytes of a message, which one of its items keeps: found first, then read alone. Null also when
 * the caller may not see all of it.
 */
async function bytesOf(
  c: Context,
  options: ApiOptions,
  items: readonly Row[],
): Promise<Uint8Array | null> {
  // Only an empty message has none by itself; of others they were not kept, as their message says.
  const whole = (row: Row) => row["raw_bytes"] !== 0 || row["reason"] === "empty";
  const keeper = items.find(whole);
  // A message with parts of other tenants is to its caller as one without bytes.
  if (!keeper || !(await seesWhole(options.store, scopeOf(c), keeper))) return null;
  const filters = { tenant: [String(keeper["tenant"])], item: [String(keeper["item"])] };
  const rows = await rowsOf(quarantinedBytes, c, options, filters);
  return rows[0] ? new Uint8Array(Buffer.from(String(rows[0]["raw_base64"]), "base64")) : null;
}

async function answerBytes(c: Context, options: ApiOptions): Promise<Response> {
  const bytes = await bytesOf(c, options, await rowsOf(quarantinedMessage, c, options));
  if (!bytes) return problem(c, "not-found", NOT_FOUND);
  return c.body(new Uint8Array(bytes), 200, {
    ...RAW_HEADERS,
    "Content-Type": "application/octet-stream",
    "Content-Disposition": `attachment; filename="${c.req.param("receipt")}.bin"`,
  });
}

async function reprocess(c: Context, options: ApiOptions): Promise<Response> {
  if (!options.spool) {
    return problem(c, "spool-unavailable", "This process has no spool: ask one that receives.");
  }
  const rows = await rowsOf(quarantinedMessage, c, options);
  const row = rows[0];
  const bytes = await bytesOf(c, options, rows);
  if (!row || !bytes) return problem(c, "not-found", NOT_FOUND);
  try {
    const receipt = await options.spool.append(quarantinedArrival(row), bytes);
    return c.json({ data: { receipt, status: "accepted" } }, 202);
  } catch (error) {
    if (!(error instanceof SpoolRefusal)) throw error;
    return problem(c, "spool-unavailable", `${error.message}; see /readyz.`);
  }
}

/** Adds the routes of one quarantined message. */
export function quarantineRoutes(app: Hono, options: ApiOptions): void {
  app.get("/api/v1/quarantine/:receipt", (c) => answerMessage(c, options));
  app.get("/api/v1/quarantine/:receipt/raw", (c) => answerBytes(c, options));
  const allowed = needs("reprocess", options);
  app.post("/api/v1/quarantine/:receipt/reprocess", allowed, (c) => reprocess(c, options));
}
