// The set that the panels are tested with: 287 sessions, 20 of them failed, in four reports that
// count, beside a conflict, a report that lost, and another tenant's report.

import type { Store } from "../../services/store/port.ts";
import { receipt, seedQuarantine, seedReceipt, seedReport, uuid } from "./seed.ts";

export const MX1 = "mx1.example.com";
export const MX2 = "mx2.example.com";
export const EXPIRED = "certificate-expired";
export const NO_TLS = "starttls-not-supported";

/** Reports 1 to 5 are ours, 1 has a conflict, 6 is another tenant's, 7 lost and was deleted. */
export async function seedPanels(store: Store): Promise<void> {
  // One organization that changed the letter case of its name.
  const day1 = { n: 1, day: "2026-03-02", organization: "EXAMPLE mail" };
  const conflict = { status: "conflict", rows_hash: uuid(99), content_hash: uuid(99) };
  const policies1 = [{ domain: "example.com", type: "sts", successful: 100, failed: 0 }];
  await seedReport(store, { ...day1, policies: policies1, trust: "verified" });
  await seedReport(store, { ...day1, policies: policies1, report: conflict });
  // The same sessions under two policy types, as Microsoft lists them.
  const twice = { domain: "example.com", successful: 90, failed: 10 };
  const details2 = [{ type: EXPIRED, mx: MX1, failed: 10 }];
  await seedReport(store, {
    n: 2,
    day: "2026-03-03",
    organization: "Big Sender",
    trust: "verified",
    policies: [
      { ...twice, type: "tlsa", details: details2 },
      { ...twice, type: "sts", details: details2 },
    ],
  });
  const details3 = [
    { type: NO_TLS, mx: MX2, failed: 3 },
    { type: EXPIRED, mx: MX1, failed: 2, sendingIp: "::ffff:198.51.100.7" },
  ];
  await seedReport(store, {
    n: 3,
    day: "2026-03-09",
    organization: "Example Mail",
    report: { deviation_codes: ["bom"], deviation_places: ["/"], deviation_values: [""] },
    policies: [
      { domain: "example.com", type: "sts", successful: 50, failed: 5, details: details3 },
      { domain: "example.net", type: "no-policy-found", successful: 20, failed: 1 },
    ],
  });
  await seedReport(store, {
    n: 5,
    day: "2026-03-10",
    organization: "Quiet Sender",
    trust: "posted",
    policies: [{ domain: "example.com", type: "sts", successful: 7, failed: 4 }],
  });
  const others = [{ type: EXPIRED, mx: MX1, failed: 500 }];
  await seedReport(store, {
    n: 6,
    tenant: "other",
    trust: "keyed",
    day: "2026-03-03",
    organization: "Example Mail",
    policies: [
      { domain: "other.example", type: "sts", successful: 1000, failed: 500, details: others },
    ],
  });
  await seedLoser(store);
}

/** Stored at the same time as something else under its identity, then resolved as the loser. */
async function seedLoser(store: Store): Promise<void> {
  const details = [{ type: EXPIRED, mx: MX1, failed: 80 }];
  const policy = { domain: "example.com", type: "sts", successful: 800, failed: 80, details };
  const loser = { n: 7, day: "2026-03-04", organization: "Example Mail", policies: [policy] };
  await seedReport(store, loser);
  const report = { status: "conflict" };
  await seedReport(store, { ...loser, version: 2, deleted: true, report });
}

/** Five items received, one of them told twice, and seven refused. */
export async function seedLedger(store: Store): Promise<void> {
  const at = (time: string, delay = time) => ({
    received_at: `2026-03-05 ${time}`,
    processed_at: `2026-03-05 ${delay}`,
  });
  await seedReceipt(store, {
    receipt: receipt(1),
    outcome: "stored",
    trust: "verified",
    ...at("10:00:00.000", "10:00:01.500"),
  });
  await seedReceipt(store, {
    receipt: receipt(2),
    outcome: "stored",
    ...at("10:00:00.000", "10:00:00.500"),
  });
  await seedReceipt(store, {
    receipt: receipt(3),
    outcome: "duplicate",
    trust: "imported",
    ...at("11:00:00.000"),
  });
  // First stored, then found to be a conflict with what another writer stored at once.
  await seedReceipt(store, { receipt: receipt(4), outcome: "stored", ...at("12:00:00.000") });
  await seedReceipt(store, {
    receipt: receipt(4),
    outcome: "conflict",
    version: 2,
    ...at("12:00:00.000"),
  });
  const bad = { outcome: "quarantined", reason: "not-json", channel: "https", trust: "posted" };
  await seedReceipt(store, { receipt: receipt(5), ...bad, ...at("13:00:00.000") });
  const refused = { outcome: "refused", reason: "too-large", items: 7 };
  await seedReceipt(store, { receipt: receipt(6), ...refused, ...at("14:00:00.000") });
  await seedReceipt(store, {
    receipt: receipt(7),
    tenant: "other",
    outcome: "stored",
    ...at("14:00:00.000"),
  });
  const held = { receipt: receipt(5), reason: "not-json", received_at: "2026-03-05 13:00:00.000" };
  await seedQuarantine(store, {
    ...held,
    channel: "https",
    trust: "posted",
    message: "=1+1 is no JSON",
  });
  await seedQuarantine(store, { ...held, receipt: receipt(8), tenant: "other" });
  await seedQuarantine(store, { ...held, receipt: receipt(9) });
  await seedQuarantine(store, { ...held, receipt: receipt(9), version: 2, is_deleted: 1 });
}
