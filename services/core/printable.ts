// Outside text made fit to be looked at (invariant 6): what a terminal may obey, or any reader hide or
// turn round, is written out instead. Exact text is to be had as JSON.

/** Line and paragraph separators, direction marks and overrides, invisible characters, tags, private use. */
const DECEIVING =
  "\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}" +
  "\\u00ad\\u061c\\u180e\\u200b\\u200c\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff" +
  "\\ufff9-\\ufffb\\u{e0000}-\\u{e0fff}";

/** With C0, DEL and C1 controls. The joiner of emoji (U+200D) is kept. */
const UNSAFE = new RegExp(`[\\p{Cc}${DECEIVING}]`, "gu");
/** In JSON text C0 controls stand between tokens only: within strings they are escaped already. */
const UNSAFE_IN_JSON = new RegExp(`[\\u007f-\\u009f${DECEIVING}]`, "gu");
/** Most text is plain, and this is the cheapest way to know. */
const PLAIN = /^[\x20-\x7e]*$/;

/** The text with every character that could be obeyed, hide or mislead written as \xNN or \u{N}. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** JSON text that says the same, with those characters as escapes of JSON. */
export function printableJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, (character) =>
    Array.from({ length: character.length }, (_, i) => escapeUnit(character.charCodeAt(i))).join(
      "",
    ),
  );
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
