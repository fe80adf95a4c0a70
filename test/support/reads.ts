// Looks at the SQL of a panel as the rule of query/run.ts has it: every table is read within the tenants of the
// caller, and each row once, by FINAL or by leaving out what was written again.

const TABLE = "(?:reports|policy_summaries|failure_details|quarantine|receipts)";
const TENANTS = "tenant IN \\{tenants:Array\\(String\\)\\}";
const ON_KEY = "(?: AND \\w+ (?:IN|>=|<=) \\{\\w+:\\w+(?:\\(\\w+\\))?\\})*";
const AGAIN = new RegExp(
  `\\(SELECT key_prefix FROM ${TABLE} WHERE rewritten = 1 AND ${TENANTS}${ON_KEY}\\)`,
  "g",
);
const MERGED = new RegExp(
  `FROM ${TABLE} FINAL (?:PREWHERE key_prefix IN AGAIN )?WHERE ${TENANTS}`,
  "g",
);
const WITHOUT = new RegExp(
  `FROM ${TABLE} WHERE ${TENANTS}(?:(?! FROM | UNION ).)*? AND key_prefix NOT IN AGAIN`,
  "gs",
);

/** How many tables are read, and how many of these reads are as they should be. */
export function readsOf(sql: string): { reads: number; right: number } {
  const short = sql.replace(AGAIN, "AGAIN");
  const count = (pattern: RegExp) => short.match(pattern)?.length ?? 0;
  const reads = count(new RegExp(`\\b(?:FROM|JOIN)\\s+${TABLE}\\b`, "g"));
  return { reads, right: count(MERGED) + count(WITHOUT) };
}
