// Harmful texts in every field of reports, and in messages that cannot be used, put through the real pipeline
// into a store. Several texts stand in one field, so that few pages show all of them.

import { createHash } from "node:crypto";
import { buildDirectory } from "../../services/core/directory/directory.ts";
import { printReceipt } from "../../services/core/receipt.ts";
import { commitBatch } from "../../services/ingest/commit.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import type { Store } from "../../services/store/port.ts";
import { received } from "./mails.ts";
import { PAYLOADS, payloadMail, payloadReport } from "./payloads.ts";
import { NOW_MS } from "./postmaster.ts";

const TEXTS_TOGETHER = 6;
const DAY_MS = 86_400_000;
const FIRST_MS = Date.parse("2026-04-01T00:00:00Z");

/** What stands in every field of one report each. */
export const HOSTILE_TEXTS: readonly string[] = textsTogether();

function textsTogether(): string[] {
  // A field may be cut where it is too long, so that one stands by itself.
  const { long = "", ...others } = PAYLOADS;
  const texts = Object.values(others);
  const joined: string[] = [];
  while (texts.length > 0) joined.push(texts.splice(0, TEXTS_TOGETHER).join(" "));
  return [...joined, long];
}

/** Reports with the texts, and messages with them that are held in quarantine. */
export async function seedHostile(store: Store): Promise<void> {
  const context = {
    directory: buildDirectory([]),
    dkim: "flag" as const,
    keyRequired: false,
    nowMs: NOW_MS,
    keys: new Map(),
  };
  const raws = HOSTILE_TEXTS.flatMap((text, i) => {
    const atMs = FIRST_MS + i * DAY_MS;
    const report = payloadReport(text, new Date(atMs).toISOString().slice(0, 10));
    const bodies = [payloadMail(text, { report }), payloadMail(text, { report: null })];
    return bodies.map((body, way) => {
      const digest = createHash("sha256").update(`${i} ${way}`).digest("hex");
      const arrival = { receipt: printReceipt(atMs, Buffer.from(digest, "hex")), channel: "smtp" };
      const from = { helo: text, mailFrom: text, rcptTo: [text] };
      return received(body, { ...arrival, ...from, channel: "smtp", receivedAtMs: atMs + DAY_MS });
    });
  });
  const items = await Promise.all(raws.map((raw) => ingest(raw, context)));
  const entries = raws.flatMap((raw, i) =>
    (items[i] ?? []).map((item, index) => ({ raw, index, item })),
  );
  await commitBatch(store, entries, NOW_MS);
}
