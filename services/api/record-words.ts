// One record (a report, a quarantined message) in words: what its codes mean, from our own tables.

import { NOTES } from "../core/dkim/notes.ts";
import { POLICY_FAULTS, readStsPolicy } from "../core/mta-sts/policy.ts";
import { deviationInWords } from "../query/deviation-words.ts";
import type { Cell, Row } from "../query/panel.ts";
import { attributionInWords, dkimInWords, rowTrustInWords } from "../query/trust-words.ts";

interface Words {
  title: string;
  meaning: string;
  rule: string;
}

const NO_WORDS: Words = { title: "", meaning: "", rule: "" };
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

/** One deviation of a record, with its meaning. */
export interface DeviationTold extends Words {
  code: string;
  docs: string;
  place: string;
  value: string;
}

/** Zips the three columns of deviations and puts each into words. */
export function deviationsOf(row: Row): DeviationTold[] {
  const places = texts(row, "deviation_places");
  const values = texts(row, "deviation_values");
  return texts(row, "deviation_codes").map((code, i) => ({
    code,
    ...deviationInWords(code),
    place: places[i] ?? "",
    value: values[i] ?? "",
  }));
}

/** A row without its deviation columns, which are told in words instead. */
export function withoutDeviations(row: Row): Row {
  const kept = Object.entries(row).filter(([name]) => !name.startsWith("deviation_"));
  return Object.fromEntries(kept);
}

/** How far the sender of a record is known, in words. */
export interface TrustWords {
  trust_title: string;
  trust_meaning: string;
  dkim_words: string;
  dkim_notes: (Words & { code: string })[];
  /** Of reports: what said whose it is. */
  attribution_words?: string;
}

/** What is added to a row to say how far its sender is known, and in place of codes what they mean. */
export function trustOf(row: Row): TrustWords {
  const { title, meaning } = rowTrustInWords(row);
  return {
    trust_title: title,
    trust_meaning: meaning,
    dkim_words: dkimInWords(row),
    dkim_notes: texts(row, "dkim_notes").map((code) => ({ code, ...wordsOf(NOTE_WORDS, code) })),
    ...("attribution" in row && { attribution_words: attributionInWords(row["attribution"]) }),
  };
}

/** What is said of a policy beside its cells. */
export interface PolicyWords {
  /** The text of an MTA-STS policy taken apart; null without one. */
  parsed_policy: {
    version: string;
    mode: string;
    max_age: number | null;
    mx: readonly string[];
    faults: string[];
  } | null;
  details_agree: boolean;
  details_words: string;
}

/** A policy's MTA-STS text taken apart, and how its details relate to its summary. */
export function policyWords(row: Row): PolicyWords {
  const text = row["policy_type"] === "sts" ? readStsPolicy(String(row["policy_text"])) : null;
  const failed = BigInt(String(row["policy_failed"]));
  const detailed = BigInt(String(row["details_failed"]));
  return {
    parsed_policy: text && {
      version: text.version,
      mode: text.mode,
      max_age: text.maxAgeSeconds,
      mx: text.mx,
      faults: text.faults.map((fault) => POLICY_FAULTS[fault]),
    },
    details_agree: failed === detailed,
    details_words: agreementInWords(failed, detailed),
  };
}

/** A policy with what is said of it. */
export function policyInWords(row: Row): Record<string, unknown> {
  return { ...row, ...policyWords(row) };
}

/** RFC 8460 section 4: failure types may overlap, and need not be listed. */
function agreementInWords(failed: bigint, detailed: bigint): string {
  if (failed === detailed) {
    return failed === 0n ? "No session failed." : "The failure details add up to the summary.";
  }
  return detailed < failed
    ? `The failure details explain ${detailed} of ${failed} failed sessions.`
    : `The failure details add up to ${detailed}, the summary says ${failed}: details may overlap.`;
}

/** What two contents of one identity are compared by. */
const COMPARED: Readonly<Record<string, string>> = {
  successful_sessions: "Successful sessions",
  failed_sessions: "Failed sessions",
  domains: "Domains",
  start_at: "Start of the period",
  end_at: "End of the period",
  organization: "Organization",
  contact_info: "Contact",
  submitter: "Submitter",
  trust: "Trust",
  channel: "Channel",
  raw_bytes: "Size of the JSON",
  content_hash: "Hash of what it says",
};

const asText = (cell: Cell | undefined): string =>
  Array.isArray(cell) ? cell.join(", ") : String(cell ?? "");

/** One thing in which another content differs. */
export interface Difference {
  column: string;
  counted: string;
  other: string;
  words: string;
}

/** In what another content differs from the one that counts. */
export function differencesOf(counted: Row, other: Row): Difference[] {
  return Object.entries(COMPARED).flatMap(([column, what]) => {
    const [here, there] = [asText(counted[column]), asText(other[column])];
    if (here === there) return [];
    const words = `${what}: ${there || "nothing"} in place of ${here || "nothing"}.`;
    return [{ column, counted: here, other: there, words }];
  });
}
