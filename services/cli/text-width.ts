// How many columns printable text takes in a terminal, and text cut to that many.

const ZERO_WIDTH = /^[\p{M}\p{Cf}]+$/u;
const WIDE = new RegExp(
  "[\\p{Emoji_Presentation}\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\ua960-\\ua97f" +
    "\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f\\uff00-\\uff60\\uffe0-\\uffe6" +
    "\\u{1b000}-\\u{1b2ff}\\u{20000}-\\u{3fffd}]|\\ufe0f",
  "u",
);
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Columns that printable text takes in a terminal: 2 for East Asian wide characters and emoji. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += segmentWidth(segment);
  return columns;
}

function segmentWidth(segment: string): number {
  if (ZERO_WIDTH.test(segment)) return 0;
  return WIDE.test(segment) ? 2 : 1;
}

/** The text cut to so many columns, its end marked with … when something is gone. */
export function truncate(text: string, columnsMax: number): string {
  if (displayWidth(text) <= columnsMax) return text;
  let kept = "";
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) {
    columns += segmentWidth(segment);
    if (columns > columnsMax - 1) break;
    kept += segment;
  }
  return columnsMax < 1 ? "" : `${kept}…`;
}

const HARD_BLANK = "\u00a0";

/** Parts with something between them in lines of so many columns; a part that fits stays in one line. */
export function wrapParts(parts: readonly string[], between: string, columnsMax: number): string[] {
  const whole = parts.map((part) => part.replaceAll(" ", HARD_BLANK)).join(between);
  return wrap(whole, columnsMax).map((line) => line.replaceAll(HARD_BLANK, " "));
}

/** The text in lines of so many columns, between words where they fit; one line at least. */
export function wrap(text: string, columnsMax: number): string[] {
  const lines: string[] = [];
  let line = "";
  let columns = 0;
  const end = () => {
    lines.push(line.trimEnd());
    line = "";
    columns = 0;
  };
  for (const word of text.split(/(?<= )/)) {
    const width = displayWidth(word.trimEnd());
    if (columns > 0 && columns + width > columnsMax) end();
    const whole = displayWidth(word);
    if (columns + whole <= columnsMax) {
      line += word;
      columns += whole;
      continue;
    }
    for (const { segment } of graphemes.segment(word)) {
      const own = segmentWidth(segment);
      if (columns > 0 && segment !== " " && columns + own > columnsMax) end();
      line += segment;
      columns += own;
    }
  }
  end();
  return lines;
}
