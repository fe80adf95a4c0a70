// How all domains together stand, in a word or two: decided by what the panel `overview` says of them and by
// their most urgent problem. A pure function.

import { SILENT_DAYS_MAX } from "../core/readiness/rules.ts";
import type { Row } from "./panel.ts";

export interface OverviewVerdict {
  /** How grave it is; "ok" only when nothing failed, TLS is demanded and the reports are fresh. */
  tone: "critical" | "high" | "notice" | "ok" | "quiet";
  words: string;
  /** Complete days without a report at the end of the range, where they are too many; else 0. */
  silentDays: number;
}

const DAY_MS = 86_400_000;
/** Below that share of sessions most mail goes in clear as soon as somebody wants it to. */
const DEMANDED_MIN = 0.5;

/**
 * Says how it all stands.
 * @param row of the panel `overview`
 * @param worst the most urgent problem that is reported now, of the panel `problems`
 * @param completeDay last complete day that the question is about, YYYY-MM-DD
 */
export function overviewVerdict(
  row: Row,
  worst: Row | undefined,
  completeDay: string,
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
  if (share < DEMANDED_MIN) return told("notice", "Nothing failed, but little is demanded");
  return told("ok", "All well");
}

function silence(row: Row, completeDay: string): number {
  const lastDay = row["last_day"];
  if (typeof lastDay !== "string") return 0;
  const days = Math.round((Date.parse(completeDay) - Date.parse(lastDay)) / DAY_MS);
  return days > SILENT_DAYS_MAX ? days : 0;
}
