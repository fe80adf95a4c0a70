// How all domains together stand, in a word or two: decided by what the panel `overview` says of them, by
// their most urgent problem, and by their own verdicts where these are known. A pure function.

import { SILENT_DAYS_MAX } from "../core/readiness/rules.ts";
import { PROTECTED_MIN, type Verdict } from "./domain-verdict.ts";
import type { Row } from "./panel.ts";

export interface OverviewVerdict {
  /** How grave it is; "ok" only when nothing failed, all is protected and the reports are fresh. */
  tone: "critical" | "high" | "notice" | "ok" | "quiet";
  words: string;
  /** Complete days without a report at the end of the range, where they are too many; else 0. */
  silentDays: number;
}

const DAY_MS = 86_400_000;
/** What counts as protected of the verdicts on a domain. */
const PROTECTED: ReadonlySet<Verdict> = new Set(["protected", "failing"]);

export const isProtected = ({ verdict }: { verdict: Verdict }) => PROTECTED.has(verdict);

/**
 * Says how it all stands.
 * @param row of the panel `overview`
 * @param worst the most urgent problem that is reported now, of the panel `problems`
 * @param completeDay last complete day that the question is about, YYYY-MM-DD
 * @param all every domain with sessions; null where not all of them are known
 */
export function overviewVerdict(
  row: Row,
  worst: Row | undefined,
  completeDay: string,
  all: readonly { verdict: Verdict }[] | null,
): OverviewVerdict {
  const silentDays = silence(row, completeDay);
  const told = (tone: OverviewVerdict["tone"], words: string) => ({ tone, words, silentDays });
  if (Number(row["total_sessions"] ?? 0) === 0) return told("quiet", "Nothing to tell");
  if (worst?.["severity"] === "critical") return told("critical", "Act now");
  if (worst?.["severity"] === "high") return told("high", "Act soon");
  if (silentDays > 0) return told("notice", "No report lately");
  if (worst !== undefined || Number(row["failed_sessions"]) > 0) {
    return told("notice", "Some failures");
  }
  const share = Number(row["protected_rate"] ?? 0);
  if (share === 0) return told("notice", "Nothing failed, but nothing is demanded");
  // One domain with much mail can hide that others have no protection at all.
  const every = row["protected_sessions"] === row["total_sessions"];
  if (all === null ? every : all.every(isProtected)) return told("ok", "All well");
  if (all === null && share >= PROTECTED_MIN) {
    return told("ok", "Nothing failed, and nearly all is demanded");
  }
  return told("notice", "Nothing failed, but not all is protected");
}

function silence(row: Row, completeDay: string): number {
  const lastDay = row["last_day"];
  if (typeof lastDay !== "string") return 0;
  const days = Math.round((Date.parse(completeDay) - Date.parse(lastDay)) / DAY_MS);
  return days > SILENT_DAYS_MAX ? days : 0;
}
