// What decoding one received message gives: items, each a report ready for the store or a thing for
// quarantine. Items cross the border of a worker thread, so rows travel as text, not as objects.

import type { Deviation } from "../core/deviation.ts";
import type { DkimVerdict } from "../core/dkim/verdict.ts";
import type { QuarantineReason } from "../core/outcome.ts";
import type { Delivery } from "../core/tlsrpt/report.ts";
import type { Trust } from "../core/trust.ts";

export type { Delivery };

/** A report that can be counted. Hashes are 128 bits as UUID text. */
export interface ReportItem {
  kind: "report";
  tenant: string;
  trust: Trust;
  /** Orders claims to one identity, see trustRank. */
  trustRank: number;
  /** UTC date of the report's start, YYYY-MM-DD. */
  day: string;
  reportKey: string;
  contentHash: string;
  rowsHash: string;
  organization: string;
  /** Cells of the row for `reports`, JSON array text without brackets and without the last (status). */
  reportCells: string;
  /** JSONCompactEachRow text, one line per policy, each ending in a line feed. */
  summaryLines: string;
  /** JSONCompactEachRow text, one line per failure detail, each ending in a line feed. */
  detailLines: string;
}

/** A thing that cannot be counted; the whole received message goes to quarantine with it. */
export interface QuarantineItem {
  kind: "quarantine";
  tenant: string;
  trust: Trust;
  dkim: DkimVerdict;
  reason: QuarantineReason;
  /** One sentence for the reader: what was found. */
  message: string;
  /** JSON pointer, part number or header that it is about; "" for the whole. */
  place: string;
  delivery: Delivery;
  deviations: Deviation[];
}

export type Item = ReportItem | QuarantineItem;
