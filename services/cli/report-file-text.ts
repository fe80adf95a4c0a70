// One report file explained on a terminal: the verdict first, then who says it, the policies, what failed
// and what to do, and what is odd about the report. All of it is outside text (invariant 6).

import { showPlural, showTime } from "../api/pages/format.ts";
import type {
  ReadDeviation,
  Reading,
  ReadPolicy,
  ReadProblem,
  ReadReport,
  UnusableFile,
} from "../core/explain/reading.ts";
import { printable } from "../core/printable.ts";
import { stepLines } from "./steps.ts";
import { paint, proseWidth, type Style, signs, type Tone } from "./style.ts";
import { grouped, printTable, type TableColumn } from "./table.ts";
import { wrap } from "./text-width.ts";

const INDENT = "  ";
/** Addresses and texts of a problem that are shown without --wide. */
const FEW = 3;
/** Problems, policies and notes that are shown without --wide: what a person reads. */
const MANY = 25;

/** Prints what was read. @param wide all that is known, not only what is wanted first */
export function printReading(reading: Reading, style: Style, wide: boolean): string {
  const lines = reading.usable ? reportLines(reading, style, wide) : unusableLines(reading, style);
  return signs(lines.map((line) => `${line}\n`).join(""), style);
}

function unusableLines(file: UnusableFile, style: Style): string[] {
  const place = file.place === "" ? "" : ` (at ${file.place})`;
  return [
    ...verdictLines(file, "bad", style),
    ...prose(`${file.reason}: ${file.message}${place}`, style),
    ...prose(`${file.advice} See ${file.docs}.`, style),
    ...deviationLines(file.deviations, style, false),
  ];
}

function verdictLines({ verdict, file }: Reading, tone: Tone, style: Style): string[] {
  const lines = wrap(`${printable(verdict)}.`, proseWidth(style));
  return [...lines.map((line) => paint(line, tone, style)), ...prose(file, style, "faint")];
}

function reportLines(report: ReadReport, style: Style, wide: boolean): string[] {
  const shown = <T>(all: readonly T[]) => (wide ? all : all.slice(0, MANY));
  const more = (all: readonly unknown[], what: string) => {
    const left = all.length - shown(all).length;
    return left === 0
      ? []
      : prose(`and ${showPlural(left, `more ${what}`)}: --wide`, style, "faint");
  };
  const problems = shown(report.problems).flatMap((one) => ["", ...problemLines(one, style, wide)]);
  const leftOut = more(report.problems, "problem");
  const notes = report.details_agree
    ? ["Totals and details agree.", ...report.notes]
    : report.notes;
  return [
    ...verdictLines(report, toneOf(report), style),
    "",
    ...headLines(report, style),
    "",
    ...policyTable(shown(report.policies), style).trimEnd().split("\n"),
    ...more(report.policies, "policy"),
    ...(wide ? report.policies.flatMap((one) => policyTextLines(one, style)) : []),
    ...problems,
    ...(leftOut.length > 0 ? ["", ...leftOut] : []),
    "",
    ...shown(notes).flatMap((note) => prose(note, style)),
    ...more(notes, "note"),
    ...deviationLines(report.deviations, style, wide),
  ];
}

function toneOf({ successful_sessions: successful, failed_sessions: failed }: ReadReport): Tone {
  if (failed > 0) return "bad";
  return successful > 0 ? "good" : "warning";
}

function headLines(report: ReadReport, style: Style): string[] {
  const contact = report.contact_info === "" ? "" : `, contact ${report.contact_info}`;
  const who = report.organization || report.submitter || "An unnamed sender";
  const id = report.report_id === "" ? "without a report-id" : `report ${report.report_id}`;
  return [
    ...prose(`${who}${contact}`, style, "strong"),
    ...prose(`${showTime(report.start_at)} to ${showTime(report.end_at)}, ${id}`, style),
    ...prose(`about ${report.domains.filter(Boolean).join(", ") || "no domain"}`, style),
    ...prose(`read as ${report.media}`, style, "faint"),
  ];
}

const POLICY_COLUMNS: readonly TableColumn[] = [
  { name: "policy_type", title: "policy" },
  { name: "policy_mode", title: "mode", show: (value) => String(value || "–") },
  { name: "policy_domain", title: "domain", show: (value) => String(value || "–") },
  { name: "mx_patterns", title: "MX", show: (value) => String(value) || "–" },
  { name: "successful_sessions", title: "successful", numeric: true },
  { name: "failed_sessions", title: "failed", numeric: true, tone: (value) => toneOfFailed(value) },
];

function toneOfFailed(value: unknown): Tone | undefined {
  return value === 0 ? undefined : "bad";
}

function policyTable(policies: readonly ReadPolicy[], style: Style): string {
  const rows = policies.map((policy) => ({ ...policy }));
  return printTable(POLICY_COLUMNS, rows, style);
}

function policyTextLines({ policy_text: text, policy_type: type }: ReadPolicy, style: Style) {
  if (text === "") return [];
  const lines = text.split("\n").flatMap((line) => prose(line, style, "faint", INDENT));
  return [...prose(`${type} as the sender saw it:`, style), ...lines];
}

function problemLines(problem: ReadProblem, style: Style, wide: boolean): string[] {
  const at = problem.mx === "" ? "" : ` at ${problem.mx}`;
  const about = [problem.result_type, problem.policy_type, problem.policy_mode, problem.domain];
  const sessions = showPlural(problem.failed_sessions, "failed session");
  const list = (texts: readonly string[]) => {
    const shown = wide ? texts : texts.slice(0, FEW);
    const left = texts.length - shown.length;
    return left === 0 ? shown.join(", ") : `${shown.join(", ")} and ${grouped(left)} more`;
  };
  const facts: string[] = [`${sessions}; ${about.filter((text) => text !== "").join(", ")}`];
  if (problem.said.length > 0) facts.push(`the sender says: ${list(problem.said)}`);
  if (problem.sending_ips.length > 0) facts.push(`from ${list(problem.sending_ips)}`);
  if (problem.receiving_ips.length > 0) facts.push(`to ${list(problem.receiving_ips)}`);
  const steps = (name: string, texts: readonly string[]) =>
    texts.length === 0 ? [] : [`${INDENT}${name}`, ...stepLines(texts, style, INDENT)];
  return [
    ...prose(`${problem.title}${at}`, style, "strong"),
    ...facts.flatMap((fact) => prose(fact, style, undefined, INDENT)),
    ...prose(problem.meaning, style, undefined, INDENT),
    ...prose(`Who must act: ${ACTORS[problem.actor]}`, style, undefined, INDENT),
    ...(wide ? steps("Likely causes:", problem.causes) : []),
    ...steps("What to do:", problem.fix),
    ...(wide ? steps("How to see that it is mended:", problem.verify) : []),
    ...prose(problem.reference, style, "faint", INDENT),
  ];
}

const ACTORS: Readonly<Record<ReadProblem["actor"], string>> = {
  "mx-operator": "who runs the MX host.",
  "dns-operator": "who runs the DNS of the domain.",
  "policy-operator": "who publishes the MTA-STS policy.",
  sender: "the sender.",
  network: "who runs the network between sender and MX host.",
  unknown: "that cannot be told from the report.",
};

function deviationLines(
  deviations: readonly ReadDeviation[],
  style: Style,
  wide: boolean,
): string[] {
  if (deviations.length === 0) return [];
  const count = showPlural(deviations.length, "deviation");
  const heading = `${count} from RFC 8460, repaired or tolerated:`;
  const codes = [...new Set(deviations.map(({ code }) => code))];
  const lines = codes.flatMap((code) => {
    const group = deviations.filter((one) => one.code === code);
    const [first] = group;
    if (first === undefined) return [];
    const shown = wide ? group : group.slice(0, 1);
    const left = group.length - shown.length;
    const places = shown.map(
      ({ place, value }) => `${place || "the whole"}: ${value || "nothing"}`,
    );
    const more = left === 0 ? "" : `; and ${grouped(left)} more`;
    return [
      ...prose(`${first.title}. ${first.meaning} See ${first.docs}.`, style, undefined, INDENT),
      ...prose(`${places.join("; ")}${more}`, style, "faint", "    "),
    ];
  });
  return ["", ...prose(heading, style, "strong"), ...lines];
}

/** Text in lines below each other. It is made printable here. */
function prose(text: string, style: Style, tone?: Tone, indent = ""): string[] {
  const lines = wrap(printable(text), proseWidth(style) - indent.length);
  return lines.map((line) => `${indent}${paint(line, tone, style)}`);
}
