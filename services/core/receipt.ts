// Receipts name one received message. They are ULIDs (https://github.com/ulid/spec): 26 characters
// of Crockford base32, ten of time and sixteen of chance, so that text order is time order.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARS = 10;
const RANDOM_CHARS = 16;

/** Matches a receipt as this file prints it. */
export const RECEIPT_PATTERN = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** The time in a receipt, epoch milliseconds. @param receipt of RECEIPT_PATTERN */
export function receiptTimeMs(receipt: string): number {
  let ms = 0;
  for (const char of receipt.slice(0, TIME_CHARS)) ms = ms * 32 + ALPHABET.indexOf(char);
  return ms;
}

/**
 * Prints a receipt.
 * @param timeMs epoch milliseconds, 0 to 2^48-1
 * @param random at least 16 random bytes; only the low five bits of each are used
 */
export function printReceipt(timeMs: number, random: Uint8Array): string {
  let rest = Math.max(0, Math.floor(timeMs));
  let time = "";
  for (let i = 0; i < TIME_CHARS; i++) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let chance = "";
  for (let i = 0; i < RANDOM_CHARS; i++) chance += ALPHABET.charAt((random[i] ?? 0) & 31);
  return time + chance;
}
