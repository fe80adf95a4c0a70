// Names of people as providers and proxies send them, made fit for a line of a page or a log.

import { BOUNDS } from "./bounds.ts";

/** Controls, and marks that turn the direction of text around (UAX #9). */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** One line without anything unseen, cut to a length; "somebody" where nothing is left. */
export function cleanName(text: string): string {
  const seen = text.replace(UNSEEN, " ").trim();
  const cut = [...seen].slice(0, BOUNDS.personCharsMax).join("");
  return cut === "" ? "somebody" : cut;
}
