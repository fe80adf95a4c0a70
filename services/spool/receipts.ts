// Gives receipts: time from the clock, chance from the system in pages, since asking for sixteen
// bytes at a time would cost more than the rest of an append.

import { randomFillSync } from "node:crypto";
import { printReceipt } from "../core/receipt.ts";

const PAGE_BYTES = 4_096;
const RECEIPT_BYTES = 16;

/** A function that gives a new receipt for the time, epoch milliseconds. */
export function createReceipts(): (timeMs: number) => string {
  const page = new Uint8Array(PAGE_BYTES);
  let used = PAGE_BYTES;
  return (timeMs) => {
    if (used + RECEIPT_BYTES > PAGE_BYTES) {
      randomFillSync(page);
      used = 0;
    }
    used += RECEIPT_BYTES;
    return printReceipt(timeMs, page.subarray(used - RECEIPT_BYTES, used));
  };
}
