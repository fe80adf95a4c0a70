// Escapes such as \ud800 make strings that are no Unicode text: they cannot be written as UTF-8, and
// the store refuses them. They are replaced once, here, before anything reads the report.

import type { Deviations } from "../deviation.ts";
import { cutText, wellFormed } from "../text.ts";

/** A surrogate escape; text decoded from UTF-8 can hold surrogates in no other way. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/**
 * Replaces lone surrogates in all strings of a value, in place, each with a deviation (RFC 7493
 * section 2.1). Member names stay: those that we read have none.
 * @param text the JSON text that the value came from, to see quickly that there is nothing to do
 * @param value nested no deeper than the bound on the text
 */
export function mendSurrogates(text: string, value: object, deviations: Deviations): void {
  if (SURROGATE_ESCAPE.test(text)) mend(value, "", deviations);
}

function mend(value: object, place: string, deviations: Deviations): void {
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === "object" && member !== null) {
      mend(member, `${place}/${escapeToken(name)}`, deviations);
    } else if (typeof member === "string") {
      const text = wellFormed(member);
      if (text === member) continue;
      deviations.add("lone-surrogate", `${place}/${escapeToken(name)}`, text);
      Object.defineProperty(value, name, { value: text });
    }
  }
}

/** One token of a JSON pointer (RFC 6901 section 3), cut where a name is absurdly long. */
export function escapeToken(name: string): string {
  return cutText(name, 200).replaceAll("~", "~0").replaceAll("/", "~1");
}
