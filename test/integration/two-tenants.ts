// Two tenants with rows in every table: about the same domain from the same sender, and each with a name of
// its own in every row.

import type { Store } from "../../services/store/port.ts";
import { receipt, seedQuarantine, seedReceipt, seedReport, uuid } from "./seed.ts";

export const NOBODY = { report: uuid(999), receipt: receipt(999) };
/** Words that stand in every row of a tenant, and nowhere else. */
export const MARKS = { alpha: /alpha/i, beta: /beta/i };

export interface Own {
  tenant: "alpha" | "beta";
  /** Numbers of its reports and receipts begin here. */
  first: number;
  sessions: number;
}

export const ALPHA: Own = { tenant: "alpha", first: 100, sessions: 7 };
/** Newer, larger and with more rows, so that every leak of it would change an answer. */
export const BETA: Own = { tenant: "beta", first: 200, sessions: 1_000_003 };
export const reportOf = ({ first }: Own) => uuid(first);
export const receiptOf = ({ first }: Own) => receipt(first + 10);
/** A quarantined message with an item of each tenant. */
export const SHARED = receipt(50);

/** Inserts all that a tenant has. */
export async function seedTenant(store: Store, own: Own): Promise<void> {
  const { tenant, first, sessions } = own;
  const day = tenant === "alpha" ? "2026-03-02" : "2026-03-20";
  const organization = `${tenant} reporter`;
  const details = [
    { type: "certificate-expired", mx: `mx.${tenant}.example`, failed: sessions },
    { type: `x-${tenant}`, mx: `mx2.${tenant}.example`, failed: 1 },
  ];
  const successful = sessions * 2;
  const failed = sessions + 1;
  const ownPolicy = { domain: `${tenant}.example`, type: "sts", successful, failed, details };
  // Both are about this domain and this sender: only the tenant tells their rows apart.
  const both = { domain: "shared.example", type: "tlsa", successful, failed: 1 };
  const words = { report_id: `${tenant}-id`, subject: `about ${tenant}`, submitter: tenant };
  const raw = { raw_base64: Buffer.from(`{"a":"${tenant}"}`).toString("base64"), raw_bytes: 13 };
  const deviation = {
    deviation_codes: ["text-trimmed"],
    deviation_places: [`/${tenant}`],
    deviation_values: [` ${tenant}`],
  };
  const report = { ...words, ...raw, ...deviation, rcpt_to: [`tlsrpt@${tenant}.example`] };
  const seeds = [
    { organization, policies: [ownPolicy] },
    { organization: "Reporter", policies: [both] },
  ];
  for (const [index, seed] of seeds.entries()) {
    await seedReport(store, { ...seed, n: first + index, tenant, day, report });
    const at = `${day} 12:00:00.000`;
    const end = { tenant, received_at: at, processed_at: at, report_day: day };
    const key = { report_key: uuid(first + index) };
    const again = receipt(first + 20 + index);
    await seedReceipt(store, {
      ...end,
      ...key,
      receipt: receipt(first + index),
      outcome: "stored",
    });
    await seedReceipt(store, { ...end, ...key, receipt: again, outcome: "duplicate" });
  }
  const conflict = { ...report, status: "conflict", content_hash: uuid(first + 5) };
  await seedReport(store, {
    n: first,
    tenant,
    day,
    organization,
    policies: [ownPolicy],
    report: { ...conflict, rows_hash: uuid(first + 5) },
  });
  await seedHeld(store, own, receiptOf(own), 0, `${day} 13:00:00.000`);
  await seedHeld(store, own, SHARED, tenant === "alpha" ? 0 : 1, "2026-03-02 14:00:00.000");
}

async function seedHeld(store: Store, own: Own, id: string, item: number, received_at: string) {
  const { tenant } = own;
  const held = { tenant, receipt: id, item, received_at, reason: "not-json" };
  const raw = Buffer.from(`bytes of ${tenant}`).toString("base64");
  const words = { message: `in ${tenant}`, header_from: `a@${tenant}.example`, subject: tenant };
  await seedQuarantine(store, { ...held, ...words, raw_base64: raw, raw_bytes: 14 });
  await seedReceipt(store, { ...held, outcome: "quarantined", processed_at: received_at });
}
