// One record (a report, a quarantined message) in words: what its codes mean, from our own tables.

import { NOTES } from "../core/dkim/notes.ts";
import { DEVIATIONS } from "../core/tlsrpt/deviations.ts";
import type { Row } from "../query/panel.ts";
import { attributionInWords, dkimInWords, rowTrustInWords } from "../query/trust-words.ts";

interface Words {
  title: string;
  meaning: string;
  rule: string;
}

const NO_WORDS: Words = { title: "", meaning: "", rule: "" };
const DEVIATION_WORDS: Readonly<Record<string, Words>> = DEVIATIONS;
const NOTE_WORDS: Readonly<Record<string, Words>> = NOTES;

/** The entry of a code; empty words for a code of a later version. */
function wordsOf(table: Readonly<Record<string, Words>>, code: string): Words {
  const { title, meaning, rule } = (Object.hasOwn(table, code) && table[code]) || NO_WORDS;
  return { title, meaning, rule };
}

function texts(row: Row, name: string): readonly string[] {
  const cell = row[name];
  return Array.isArray(cell) ? cell : [];
}

/** Zips the three columns of deviations and puts each into words. */
export function deviationsOf(row: Row): Record<string, string>[] {
  const places = texts(row, "deviation_places");
  const values = texts(row, "deviation_values");
  return texts(row, "deviation_codes").map((code, i) => ({
    code,
    ...wordsOf(DEVIATION_WORDS, code),
    place: places[i] ?? "",
    value: values[i] ?? "",
  }));
}

/** A row without its deviation columns, which are told in words instead. */
export function withoutDeviations(row: Row): Row {
  const kept = Object.entries(row).filter(([name]) => !name.startsWith("deviation_"));
  return Object.fromEntries(kept);
}

/** What is added to a row to say how far its sender is known, and in place of codes what they mean. */
export function trustOf(row: Row): Record<string, unknown> {
  const { title, meaning } = rowTrustInWords(row);
  return {
    trust_title: title,
    trust_meaning: meaning,
    dkim_words: dkimInWords(row),
    dkim_notes: texts(row, "dkim_notes").map((code) => ({ code, ...wordsOf(NOTE_WORDS, code) })),
    ...("attribution" in row && { attribution_words: attributionInWords(row["attribution"]) }),
  };
}
