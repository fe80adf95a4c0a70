// Which day's reports can be expected to be here.

const DAY_MS = 86_400_000;

/**
 * Midnight UTC of the last day that counts as complete at this time: the day two days before, so on 10
 * March it is 8 March. A day's reports come late by design: senders wait a random delay before they send
 * (RFC 8460 section 4.1: up to four hours, so that not all come at midnight) and try again for up to 24
 * hours when the receiver cannot be reached (RFC 8460 section 5.5).
 */
export function lastCompleteDayMs(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS) * DAY_MS - 2 * DAY_MS;
}
