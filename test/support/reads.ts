// Looks at the SQL of a panel as the rule of query/once.ts has it: every table is read within the tenants of the
// caller, and each row once, merged or because it was never written again.

const TABLE =
  /\b(?:FROM|JOIN)\s+(?:reports|policy_summaries|failure_details|quarantine|receipts)\b/g;
const TENANTS = String.raw`tenant IN \{tenants:Array\(String\)\}`;
const MERGED = new RegExp(`^ FINAL WHERE ${TENANTS}`);
const FIRST = new RegExp(`^ WHERE ${TENANTS}[^]* AND rewritten = [01]`);
const AGAIN = new RegExp(
  `^ WHERE ${TENANTS}[^]* AND key_prefix IN \\{again_\\d+:Array\\(UInt16\\)\\} ORDER BY version DESC LIMIT 1 BY `,
);

/** How many tables are read, and how many of these reads are as they should be. */
export function readsOf(sql: string): { reads: number; right: number } {
  const starts = [...sql.matchAll(TABLE)].map((match) => match.index + match[0].length);
  const parts = starts.map((start, i) => sql.slice(start, starts[i + 1]));
  const right = parts.filter((part) => [MERGED, FIRST, AGAIN].some((form) => form.test(part)));
  return { reads: parts.length, right: right.length };
}

/** What a store that remembers its questions answers, so that reads of both kinds are made. */
export function answerAgain(sql: string, again: readonly number[]): { again: readonly number[] }[] {
  return / AS again\s/.test(sql) ? [{ again }] : [];
}
