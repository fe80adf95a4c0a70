// How far messages are, in one sentence: the same on a page and in its events.

import type { Outcomes } from "../query/outcomes.ts";
import { showCount, showPlural } from "./pages/format.ts";

/** "3 of 12 messages are done: 2 reports stored, 1 quarantined." @param total messages */
export function progressWords(outcomes: Outcomes, total: number): string {
  const { ended, stored, duplicate, conflict, quarantined } = outcomes;
  const counts = [
    `${showPlural(stored, "report")} stored`,
    duplicate > 0 ? `${showPlural(duplicate, "duplicate")}` : "",
    conflict > 0 ? `${showPlural(conflict, "conflict")}` : "",
    quarantined > 0 ? `${showCount(quarantined)} quarantined` : "",
  ].filter((text) => text !== "");
  const how = ended >= total ? "All done" : "Being stored";
  return `${how}: ${showCount(ended)} of ${showPlural(total, "message")}; ${counts.join(", ")}.`;
}
