// How text is set off on a terminal: colours by what they mean, and signs that a plain locale has too. Colour
// only repeats what the words say.

import type { Terminal } from "./terminal.ts";

/** What a colour says. */
export type Tone = "bad" | "warning" | "good" | "strong" | "faint";

/** What printing must know of where it goes. */
export interface Style {
  /** Columns of the terminal; without one there is no bound. */
  width: number;
  color: boolean;
  unicode: boolean;
  /** True where a person looks: bars are no use to the next program. */
  bars: boolean;
}

/** SGR codes (ECMA-48 section 8.3.117); those of themes, so that they fit light and dark ones. */
const CODES: Record<Tone, number> = { bad: 31, warning: 33, good: 32, strong: 1, faint: 2 };

/** Prose beyond this is hard to read, however wide the terminal is. */
const PROSE_COLUMNS_MAX = 100;

export function styleOf({ columns, color, unicode, outIsTerminal }: Terminal): Style {
  return { width: columns, color, unicode, bars: outIsTerminal || color };
}

/** The text in the colour of a tone, where there are colours. */
export function paint(text: string, tone: Tone | undefined, { color }: { color: boolean }): string {
  if (!color || tone === undefined || text === "") return text;
  return `\u001b[${CODES[tone]}m${text}\u001b[0m`;
}

/** Columns that prose is wrapped to. */
export function proseWidth({ width }: Pick<Style, "width">): number {
  return Math.max(20, Math.min(width, PROSE_COLUMNS_MAX));
}

const PLAIN_SIGNS: Readonly<Record<string, string>> = { "–": "-", "…": "~", "·": "-" };

/** Our own signs as ASCII where the locale has no others; outside text keeps its letters. */
export function signs(text: string, { unicode }: Pick<Style, "unicode">): string {
  return unicode ? text : text.replace(/[–…·]/g, (sign) => PLAIN_SIGNS[sign] ?? sign);
}
