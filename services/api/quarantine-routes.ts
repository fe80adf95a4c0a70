// /api/v1/quarantine/{receipt}: one quarantined message, its bytes, and trying it again.

import type { Context, Hono } from "hono";
import { CHANNELS, type Channel } from "../core/raw.ts";
import { RECEIPT_PATTERN } from "../core/receipt.ts";
import { recordParameters } from "../query/newest.ts";
import type { Cell, Panel, Row } from "../query/panel.ts";
import { quarantinedBytes, quarantinedMessage } from "../query/panels/quarantine.ts";
import type { PanelParameters } from "../query/parameters.ts";
import { runPanel } from "../query/run.ts";
import { type Arriving, SpoolRefusal } from "../spool/port.ts";
import type { ApiOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { deviationsOf, withoutDeviations } from "./report-routes.ts";

const NOT_FOUND = "Nothing in quarantine has this receipt; /api/v1/quarantine lists what is there.";
/** Cells that differ between the items of one message. */
const ITEM_COLUMNS = ["item", "reason", "reason_title", "reason_advice", "message", "place"];

async function rowsOf(
  panel: Panel,
  c: Context,
  options: ApiOptions,
  filters: PanelParameters["filters"] = {},
): Promise<Row[]> {
  const receipt = c.req.param("receipt") ?? "";
  if (!RECEIPT_PATTERN.test(receipt)) return [];
  const parameters = recordParameters({ ...filters, receipt: [receipt] }, { fromMs: 0, toMs: 1 });
  const scope = { tenants: options.tenants };
  return (await runPanel(options.store, panel, parameters, scope)).rows;
}

async function answerMessage(c: Context, options: ApiOptions): Promise<Response> {
  const rows = await rowsOf(quarantinedMessage, c, options);
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
  return c.json({ data: { ...Object.fromEntries(shared), items }, meta: { generated_at } });
}

/** The bytes of a message, which one of its items keeps: found first, then read alone. */
async function bytesOf(
  c: Context,
  options: ApiOptions,
  items: readonly Row[],
): Promise<Uint8Array | null> {
  const keeper = items.find((row) => row["raw_bytes"] !== 0) ?? items[0];
  if (!keeper) return null;
  const filters = { tenant: [String(keeper["tenant"])], item: [String(keeper["item"])] };
  const rows = await rowsOf(quarantinedBytes, c, options, filters);
  return rows[0] ? new Uint8Array(Buffer.from(String(rows[0]["raw_base64"]), "base64")) : null;
}

async function answerBytes(c: Context, options: ApiOptions): Promise<Response> {
  const bytes = await bytesOf(c, options, await rowsOf(quarantinedMessage, c, options));
  if (!bytes) return problem(c, "not-found", NOT_FOUND);
  return c.body(new Uint8Array(bytes), 200, {
    "Content-Type": "application/octet-stream",
    "Content-Disposition": `attachment; filename="${c.req.param("receipt")}.bin"`,
  });
}

function text(cell: Cell | undefined): string {
  return typeof cell === "string" ? cell : "";
}

/** The arrival as it was, so that the message is the same to every later step but for the flag. */
function arrivingOf(row: Row): Arriving {
  const channel: Channel = CHANNELS.find((known) => known === row["channel"]) ?? "import";
  return {
    receipt: text(row["receipt"]),
    receivedAtMs: Date.parse(text(row["received_at"])),
    channel,
    peer: text(row["peer"]),
    helo: text(row["helo"]),
    tls: text(row["tls"]),
    mailFrom: text(row["mail_from"]),
    rcptTo: Array.isArray(row["rcpt_to"]) ? row["rcpt_to"] : [],
    contentType: text(row["content_type"]),
    fileName: text(row["file_name"]),
    key: text(row["url_key"]),
    reprocess: true,
  };
}

/** True for a request that a page of another site made a browser send. */
function isForeign(c: Context): boolean {
  const site = c.req.header("Sec-Fetch-Site");
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  const origin = c.req.header("Origin");
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== c.req.header("Host");
}

async function reprocess(c: Context, options: ApiOptions): Promise<Response> {
  if (isForeign(c)) {
    return problem(c, "foreign-origin", "Send it from the page of this server, or without Origin.");
  }
  if (!options.spool) {
    return problem(c, "spool-unavailable", "This process has no spool: ask one that receives.");
  }
  const rows = await rowsOf(quarantinedMessage, c, options);
  const row = rows[0];
  const bytes = await bytesOf(c, options, rows);
  if (!row || !bytes) return problem(c, "not-found", NOT_FOUND);
  try {
    const receipt = await options.spool.append(arrivingOf(row), bytes);
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
  app.post("/api/v1/quarantine/:receipt/reprocess", (c) => reprocess(c, options));
}
