// What a report file says, in words: the shape that the command, the page and a thread between them hand on.

import type { Explanation } from "./explanation.ts";

export interface ReadDeviation {
  code: string;
  /** JSON pointer into the report, or the name of a mail header. */
  place: string;
  value: string;
  title: string;
  meaning: string;
  docs: string;
}

export interface ReadPolicy {
  domain: string;
  policy_domain: string;
  policy_type: string;
  policy_mode: string;
  policy_text: string;
  mx_patterns: string[];
  successful_sessions: number;
  failed_sessions: number;
  /** Sum over the failure details. */
  details_failed: number;
}

/** Failures of one cause: one policy type and mode, result type, MX host and reason. */
export interface ReadProblem extends Explanation {
  domain: string;
  mx: string;
  policy_type: string;
  policy_mode: string;
  result_type: string;
  reason: string;
  failed_sessions: number;
  /** The reason codes and texts as sent. */
  said: string[];
  sending_ips: string[];
  receiving_ips: string[];
}

/** A report that would be counted. Sessions are never added over policy types. */
export interface ReadReport {
  file: string;
  usable: true;
  verdict: string;
  organization: string;
  contact_info: string;
  submitter: string;
  report_id: string;
  start_at: string;
  end_at: string;
  domains: string[];
  media: string;
  successful_sessions: number;
  failed_sessions: number;
  policies: ReadPolicy[];
  problems: ReadProblem[];
  deviations: ReadDeviation[];
  /** Whether each summary has as many failed sessions as its details, and what is to be said of it. */
  details_agree: boolean;
  notes: string[];
}

/** A thing that would go to quarantine. */
export interface UnusableFile {
  file: string;
  usable: false;
  verdict: string;
  reason: string;
  message: string;
  place: string;
  advice: string;
  docs: string;
  media: string;
  deviations: ReadDeviation[];
}

export type Reading = ReadReport | UnusableFile;

/** A report of which the long lists are cut to what a page shows. */
export interface CutReport extends ReadReport {
  /** How many of each list are not there. */
  left_out: Readonly<Record<CutList, number>>;
}

export const CUT_LISTS = ["policies", "problems", "notes", "deviations"] as const;
export type CutList = (typeof CUT_LISTS)[number];

/** What became of one file that was given to be explained. */
export interface FileReading {
  readings: readonly (CutReport | UnusableFile)[];
  /** Messages in it that cannot be read at all, such as one that is too large. */
  unread: readonly { place: string; why: string }[];
  /** True when it holds more messages than are explained at once. */
  more: boolean;
}
