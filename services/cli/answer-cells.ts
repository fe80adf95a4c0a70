// The cells of an answer as a terminal shows them: by the type of their column, and in the colour of what
// they say.

import { showRate, showTime } from "../api/pages/format.ts";
import { type Column, columnsOf, type Panel } from "../query/panel.ts";
import type { Tone } from "./style.ts";
import { grouped, type TableColumn } from "./table.ts";

/** What the API answers, as far as it is printed; a server of another version may say less. */
export interface Answer {
  data: Record<string, unknown>[];
  meta: AnswerMeta;
}

export interface AnswerMeta {
  filters?: Record<string, readonly string[]>;
  from?: string;
  to?: string;
  timezone?: string | null;
  step?: string | null;
  by?: string | null;
  compare?: string | null;
  sort?: unknown;
  fields?: readonly string[] | null;
  next_cursor?: string | null;
  totals?: Record<string, unknown>;
  complete_through?: string | null;
  generated_at?: string;
  newest_report_day?: string | null;
  newest_report_at?: string | null;
  open?: boolean;
}

/** Words of our own tables that say how well it is; anything else has no colour. */
const TONES: Readonly<Record<Tone, readonly string[]>> = {
  bad: [
    "critical",
    "high",
    "failed",
    "conflict",
    "quarantined",
    "refused",
    "silent",
    "withholding",
  ],
  warning: ["medium", "new", "returned", "ongoing", "quiet", "unverified", "wait", "fix_first"],
  good: ["resolved", "stored", "verified", "reporting", "enforce_now", "enforcing", "ready"],
  strong: [],
  faint: ["low", "duplicate", "cannot_tell"],
};
const TONE_OF = new Map(
  Object.entries(TONES).flatMap(([tone, words]) => words.map((word) => [word, tone] as const)),
);
/** Columns with such words; elsewhere the same word is somebody's text. */
const TONED = /^(?:severity|state|status|outcome|trust)$|_(?:state|status|severity)$/;
/** Below this share of successes it is no longer a matter of a few sessions. */
const RATE_WARNING_MIN = 0.95;

/** The tone of one of our words, whether its blanks are blanks, hyphens or underscores. */
export function toneOfWord(word: unknown): Tone | undefined {
  const tone = TONE_OF.get(String(word).toLowerCase().replace(/[ -]/g, "_"));
  return tone as Tone | undefined;
}

function toneOfRate(value: unknown): Tone | undefined {
  if (typeof value !== "number") return undefined;
  if (value === 1) return "good";
  return value < RATE_WARNING_MIN ? "bad" : "warning";
}

/** A value as text: numbers with separators, shares as per cent, times to the minute. */
export function cellWords({ name, type }: Column, value: unknown): string {
  if (value === null || value === undefined) return "–";
  switch (type) {
    case "count":
      return grouped(value);
    case "ratio":
      return typeof value === "number" ? showRate(value) : String(value);
    case "time":
      return typeof value === "string" ? showTime(value) : String(value);
    case "flag":
      return value === true ? "yes" : "no";
    case "texts":
      return Array.isArray(value) ? value.map((one) => one || "–").join(", ") : String(value);
    default:
      return value === "" && LEFT_OUT.has(name) ? "(not said)" : String(value);
  }
}

/** What a sender may leave out; an empty cell would look like a mistake of ours. */
const LEFT_OUT = new Set(["mx", "domain"]);

/** "12 failed sessions", "1 report". */
export function countedWords(column: Column, value: unknown): string {
  const name = column.name.replaceAll("_", " ");
  const one = value === 1 && name.endsWith("s") ? name.slice(0, -1) : name;
  return `${cellWords(column, value)} ${one}`;
}

/** How a column of an answer stands in a table. */
export function tableColumn(column: Column): TableColumn {
  const { name, type } = column;
  return {
    name,
    numeric: type === "count" || type === "ratio",
    lines: name === "policy_text",
    show: (value) => cellWords(column, value),
    tone: (value) => cellTone(column, value),
  };
}

/** The tone of a value; none for what others wrote. */
export function cellTone({ name, type }: Column, value: unknown): Tone | undefined {
  if (name === "success_rate") return toneOfRate(value);
  return type === "text" && TONED.test(name) ? toneOfWord(value) : undefined;
}

/** The columns that are shown, and how many more there are. */
export interface Shown {
  columns: readonly Column[];
  more: number;
}

/**
 * Columns of an answer: those asked for, else all with `wide`, else the important ones, without the tenant
 * where it is the same for all. What tells of the period before is there where it was asked for.
 */
export function shownColumns(panel: Panel, { data, meta }: Answer, wide: boolean): Shown {
  const all = columnsOf(panel);
  if (meta.fields && meta.fields.length > 0) {
    const asked = meta.fields.flatMap((name) => all.find((one) => one.name === name) ?? []);
    return { columns: asked, more: 0 };
  }
  const compared = (column: Column) => meta.compare === "previous" || !/_before$/.test(column.name);
  const told = all.filter(compared);
  const tenants = new Set(data.map((row) => row["tenant"]));
  const needed = ({ name, rank }: Column) =>
    rank !== "more" && (name !== "tenant" || tenants.size > 1);
  const columns = wide ? told : told.filter(needed);
  return { columns, more: told.length - columns.length };
}
