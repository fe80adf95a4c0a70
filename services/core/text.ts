// Text from outside as we keep it: whole characters, at most so many. What JSON and a database cannot
// hold as UTF-8, a surrogate without its other half, never leaves here.

/** The text with U+FFFD in place of each surrogate that lacks its other half. */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}

/**
 * The beginning of a text, well-formed and never cut inside a character.
 * @param charsMax most UTF-16 units that are kept
 */
export function cutText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return wellFormed(text);
  const last = text.charCodeAt(charsMax - 1);
  const parted = last >= 0xd800 && last <= 0xdbff && isLowSurrogate(text.charCodeAt(charsMax));
  return wellFormed(text.slice(0, parted ? charsMax - 1 : charsMax));
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
