// What the codes of deviations mean, from our own table.

import { DEVIATIONS } from "../core/tlsrpt/deviations.ts";
import type { Column } from "./panel.ts";

interface Words {
  title: string;
  meaning: string;
  rule: string;
}

const WORDS: Readonly<Record<string, Words>> = DEVIATIONS;

export const DEVIATION_WORD_COLUMNS: readonly Column[] = [
  { name: "title", type: "text", description: "The deviation in a few words." },
  {
    name: "meaning",
    type: "text",
    rank: "more",
    description: "What was found, and what was made of it.",
  },
  { name: "rule", type: "text", description: "The rule that it departs from." },
  { name: "docs", type: "text", rank: "more", description: "Where the documentation has it." },
];

/** A code in words; empty for a code of a later version. */
export function deviationInWords(code: unknown): Words & { docs: string } {
  const words = Object.hasOwn(WORDS, String(code)) ? WORDS[String(code)] : undefined;
  if (words === undefined) return { title: "", meaning: "", rule: "", docs: "" };
  const { title, meaning, rule } = words;
  return { title, meaning, rule, docs: `docs/deviations.md#${code}` };
}
