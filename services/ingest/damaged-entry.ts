// A damaged stretch of the spool as an item of quarantine, so that it is counted like everything that was
// acknowledged. What it held cannot be told, so it belongs to the operator.

import { OPERATOR_TENANT } from "../core/directory/directory.ts";
import { NOT_LOOKED_AT } from "../core/dkim/verdict.ts";
import type { DamagedRecord } from "../spool/port.ts";
import type { Entry } from "./entry.ts";

/** The entry of one stretch; the same stretch gives the same entry. */
export function damagedEntry(record: DamagedRecord): Entry {
  const { receipt, receivedAtMs, segment, start, end, bytes } = record;
  const place = `${segment} ${start}-${end}`;
  return {
    raw: {
      arrival: {
        receipt,
        receivedAtMs,
        channel: "spool",
        peer: "",
        helo: "",
        tls: "",
        mailFrom: "",
        rcptTo: [],
        contentType: "",
        fileName: "",
        key: "",
        reprocess: false,
      },
      bytes,
    },
    index: 0,
    item: {
      kind: "quarantine",
      tenant: OPERATOR_TENANT,
      trust: "unverified",
      dkim: NOT_LOOKED_AT,
      reason: "spool-damaged",
      message: `bytes ${start} to ${end} of the spool segment ${segment} are no valid record`,
      place,
      delivery: { media: "", subject: "", messageId: "", headerFrom: "" },
      deviations: [],
    },
  };
}
