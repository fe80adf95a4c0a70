// Rows of the ledger and of the quarantine as JSONCompactEachRow text, in the order of
// core/tlsrpt/columns.ts. Rows of reports are made in core/tlsrpt/rows.ts.

import { OPERATOR_TENANT } from "../core/directory/directory.ts";
import { wellFormed } from "../core/text.ts";
import type { RefusalCount } from "../spool/port.ts";
import type { Ended, Entry } from "./entry.ts";
import type { Claim } from "./identities.ts";
import type { QuarantineItem } from "./item.ts";

const NO_KEY = "00000000-0000-0000-0000-000000000000";
const NO_DAY = "1970-01-01";

/** "YYYY-MM-DD hh:mm:ss.mmm" in UTC, as DateTime64(3) reads it. */
function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").slice(0, 23);
}

/** The ledger row of one item that ended. */
export function receiptLine(ended: Ended, nowMs: number, version: number): string {
  const { raw, index, item } = ended.entry;
  const report = item.kind === "report" ? item : null;
  return line([
    item.tenant,
    raw.arrival.receipt,
    index,
    timestamp(raw.arrival.receivedAtMs),
    timestamp(nowMs),
    raw.arrival.channel,
    item.trust,
    ended.outcome,
    ended.reason,
    1,
    report?.organization ?? "",
    report?.reportKey ?? NO_KEY,
    report?.day ?? NO_DAY,
    version,
    0,
  ]);
}

/**
 * The ledger row that corrects another writer's, made from its claim alone; that writer's own row may
 * come later and has the lower version.
 */
export function claimReceiptLine(claim: Claim, version: number, nowMs: number): string {
  return line([
    claim.tenant,
    claim.receipt,
    claim.item,
    claim.received_at,
    timestamp(nowMs),
    claim.channel,
    claim.trust,
    claim.status,
    "",
    1,
    claim.organization,
    claim.report_key,
    claim.day,
    version,
    0,
  ]);
}

/** The ledger rows of what was refused before acknowledgement, one per channel and reason. */
export function refusalLines(
  record: { receipt: string; receivedAtMs: number; refusals: readonly RefusalCount[] },
  nowMs: number,
): string {
  const at = timestamp(record.receivedAtMs);
  return record.refusals
    .map(({ channel, reason, count }, index) =>
      line([
        OPERATOR_TENANT,
        record.receipt,
        index,
        at,
        timestamp(nowMs),
        channel,
        "",
        "refused",
        reason,
        count,
        "",
        NO_KEY,
        NO_DAY,
        nowMs,
        0,
      ]),
    )
    .join("");
}

/** The quarantine row of one item; `withBytes` on the row that keeps the whole message. */
export function quarantineLine(
  entry: Entry,
  item: QuarantineItem,
  version: number,
  withBytes: boolean,
): string {
  const { arrival, bytes } = entry.raw;
  const { deviations, delivery, dkim } = item;
  return line([
    item.tenant,
    arrival.receipt,
    entry.index,
    timestamp(arrival.receivedAtMs),
    arrival.channel,
    arrival.peer,
    arrival.helo,
    arrival.tls,
    arrival.mailFrom,
    arrival.rcptTo,
    arrival.fileName,
    arrival.contentType,
    arrival.key,
    delivery.media,
    delivery.subject,
    delivery.messageId,
    delivery.headerFrom,
    item.trust,
    dkim.result,
    dkim.domain,
    dkim.selector,
    dkim.basis,
    dkim.notes,
    item.reason,
    item.message,
    item.place,
    deviations.map((one) => one.code),
    deviations.map((one) => one.place),
    deviations.map((one) => one.value),
    withBytes ? Buffer.from(bytes).toString("base64") : "",
    withBytes ? bytes.length : 0,
    version,
    0,
  ]);
}

/** Half a character, which outside text may hold, would make the store refuse the row. */
function line(cells: unknown[]): string {
  return `${JSON.stringify(cells, (_, cell) => (typeof cell === "string" ? wellFormed(cell) : cell))}\n`;
}
