// A deviation is a difference between a report and RFC 8460 that we repaired or tolerated
// (invariant 9). The table is the one place that names them: code, what it means, and the rule.
// `docs/deviations.md` has a heading per code; a test holds the two together.

import { BOUNDS } from "./bounds.ts";
import { cutText } from "./text.ts";
import type { DEVIATIONS } from "./tlsrpt/deviations.ts";

export type DeviationCode = keyof typeof DEVIATIONS;

export interface Deviation {
  code: DeviationCode;
  /** JSON pointer (RFC 6901) into the report, or a mail header's name, or "" for the whole. */
  place: string;
  /** What was found there, as text, cut to 200 characters. */
  value: string;
}

const VALUE_CHARS_MAX = 200;

/** Collects deviations up to the bound; what comes after it is counted, not kept. */
export class Deviations {
  readonly list: Deviation[] = [];
  #dropped = 0;

  add(code: DeviationCode, place: string, value: unknown): void {
    if (this.list.length >= BOUNDS.deviationsMax - 1) {
      this.#dropped += 1;
      return;
    }
    this.list.push({ code, place, value: excerpt(value) });
  }

  /** The list, ending with how many were not kept when the bound was met. */
  finish(): Deviation[] {
    if (this.#dropped === 0) return this.list;
    const value = `${this.#dropped} more`;
    return [...this.list, { code: "deviations-not-all-kept", place: "", value }];
  }
}

function excerpt(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length <= VALUE_CHARS_MAX ? text : `${cutText(text, VALUE_CHARS_MAX - 1)}…`;
}
