// failure-reason-code in a form that failures can be grouped by: senders put host names, addresses and
// numbers of one session into it.

/** The reason code without what differs from one session to the next; "" for none. */
export function normalizeReason(code: string): string {
  return code.trim().toLowerCase();
}
