// Looks at the SQL of a panel as the rule of query/once.ts has it: every table is read within the tenants of the
// caller, and each row once, merged or because it was never written again.

import { MARKED_KEYS } from "../../services/query/once.ts";

const TABLE =
  /\b(?:FROM|JOIN)\s+(?:reports|policy_summaries|failure_details|quarantine|receipts)\b/g;
const TENANTS = String.raw`tenant IN \{tenants:Array\(String\)\}`;
const MERGED = new RegExp(`^ FINAL WHERE ${TENANTS}`);
const FIRST = new RegExp(`^ WHERE ${TENANTS}[^]* AND rewritten = [01]`);
const KEYS = Object.values(MARKED_KEYS).join("|");
const AGAIN = new RegExp(
  `^ WHERE ${TENANTS}[^]* AND key_prefix IN (?:\\{again_\\d+:Array\\(UInt32\\)\\}|\\(SELECT key_prefix +SEEN [^]*?\\))` +
    `\\s+ORDER BY version DESC, rewritten DESC, is_deleted DESC LIMIT 1 BY (?:${KEYS})\\s+\\) WHERE is_deleted = 0 AND ${TENANTS}`,
);

/** How many tables are read, and how many of these reads are as they should be. */
export function readsOf(sql: string): { reads: number; right: number } {
  const reads = sql.match(TABLE)?.length ?? 0;
  let [rest, right, found] = [sql, 0, -1];
  // A read may stand within the conditions of another: those that are right are taken out, inside first.
  while (found !== 0) {
    const starts = [...rest.matchAll(TABLE)].reverse();
    found = 0;
    for (const match of starts) {
      const start = match.index + match[0].length;
      const next = starts.find(({ index }) => index > match.index);
      const part = rest.slice(start, next?.index);
      if (![MERGED, FIRST, AGAIN].some((form) => form.test(part))) continue;
      // What it says of its rows must not speak for the read that it stands in.
      const said = part.replace(/ AND rewritten = [01]/, "");
      rest = `${rest.slice(0, match.index)} SEEN ${said}${rest.slice(start + part.length)}`;
      found += 1;
      break;
    }
    right += found;
  }
  return { reads, right };
}

/** What a store that remembers its questions answers, so that reads of both kinds are made. */
export function answerAgain(sql: string, again: readonly number[]): { again: readonly number[] }[] {
  return / AS again\s/.test(sql) ? [{ again }] : [];
}
