// /api/v1/quarantine/{receipt}: one quarantined message, its bytes, and trying it again.

import type { Context, Hono } from "hono";
import { SpoolRefusal } from "../spool/port.ts";
import { needs, scopeOf, storeFor } from "./access.ts";
import { RAW_HEADERS } from "./headers.ts";
import { json } from "./json.ts";
import type { ApiOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { readMessage, readMessageBytes, reprocessMessage } from "./quarantined-record.ts";
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

async function answerMessage(c: Context, options: ApiOptions): Promise<Response> {
  const rows = await readMessage(
    storeFor(c, options, "api"),
    scopeOf(c),
    c.req.param("receipt") ?? "",
  );
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

async function answerBytes(c: Context, options: ApiOptions): Promise<Response> {
  const receipt = c.req.param("receipt") ?? "";
  const bytes = await readMessageBytes(storeFor(c, options, "api"), scopeOf(c), receipt);
  if (!bytes) return problem(c, "not-found", NOT_FOUND);
  return c.body(new Uint8Array(bytes), 200, {
    ...RAW_HEADERS,
    "Content-Type": "application/octet-stream",
    "Content-Disposition": `attachment; filename="${receipt}.bin"`,
  });
}

async function reprocess(c: Context, { store, spool }: ApiOptions): Promise<Response> {
  if (!spool) {
    return problem(c, "spool-unavailable", "This process has no spool: ask one that receives.");
  }
  const receipt = c.req.param("receipt") ?? "";
  try {
    const tried = await reprocessMessage(store, spool, scopeOf(c), receipt);
    if (!tried) return problem(c, "not-found", NOT_FOUND);
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
