// Tag lists, the common form of DKIM signatures and keys (RFC 6376 section 3.2).

/** Values by tag, white space around them removed. */
export type Tags = ReadonlyMap<string, string>;

const TAG = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * Reads a tag list, null when it is none: a part without "=", a name that is none, a tag that stands
 * twice (RFC 6376 section 3.2: then the whole list is invalid). Names are case-sensitive.
 */
export function parseTags(text: string): Tags | null {
  const tags = new Map<string, string>();
  const parts = text.split(";");
  if (parts.at(-1)?.trim() === "") parts.pop();
  for (const part of parts) {
    const equals = part.indexOf("=");
    const name = part.slice(0, Math.max(equals, 0)).trim();
    if (equals < 0 || !TAG.test(name) || tags.has(name)) return null;
    tags.set(name, part.slice(equals + 1).trim());
  }
  return tags.size === 0 ? null : tags;
}

/** A value whose white space has no meaning: base64 and lists (RFC 6376 section 2.10). */
export function squeeze(value: string): string {
  return value.replace(/[ \t\r\n]+/g, "");
}

/** A colon-separated list in lower case, without empty elements. */
export function listOf(value: string): string[] {
  return squeeze(value)
    .toLowerCase()
    .split(":")
    .filter((element) => element !== "");
}
