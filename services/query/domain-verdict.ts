// Is mail to a domain protected, in one sentence, and why: decided by what the panels `domains`, `readiness`,
// `policies` and `problems` say of it. A pure function.

import { FAILURE_DAYS, SILENT_DAYS_MAX } from "../core/readiness/rules.ts";
import type { Row } from "./panel.ts";

/** How a domain stands, the worst that holds. */
export const VERDICTS = ["withheld", "unprotected", "cannot-tell", "failing", "protected"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The state in words. */
export const VERDICT_TITLES: Readonly<Record<Verdict, string>> = {
  withheld: "Mail is being withheld",
  unprotected: "Not protected",
  "cannot-tell": "Cannot tell",
  failing: "Protected, but something fails",
  protected: "Protected",
};

export interface DomainFacts {
  /** Its row of the panel `domains`. */
  domain: Row;
  /** Its row of the panel `readiness`; undefined without one. */
  readiness: Row | undefined;
  /** Its rows of the panel `policies`. */
  policies: readonly Row[];
  /** Its rows of the panel `problems`, those that are resolved too. */
  problems: readonly Row[];
  /** Last complete day that the question is about, YYYY-MM-DD. */
  completeDay: string;
  /** Numbers and days as they are to be read. */
  shown: { range: string; rate: string; sessions: string };
}

const DAY_MS = 86_400_000;

/** Says how a domain stands; the sentence holds names from outside and stays text. */
export function domainVerdict(facts: DomainFacts): { verdict: Verdict; sentence: string } {
  const clauses = [demandInWords(facts), sessionsInWords(facts), problemsInWords(facts)];
  return { verdict: verdictOf(facts), sentence: `${clauses.join("; ")}.` };
}

function verdictOf(facts: DomainFacts): Verdict {
  const { readiness, domain } = facts;
  const withheld = goingOn(facts).some(({ impact }) => impact === "withheld");
  if (withheld || readiness?.["state"] === "withholding") return "withheld";
  if (domain["total_sessions"] === 0 || silentDays(facts) > SILENT_DAYS_MAX) return "cannot-tell";
  if (demands(facts).length === 0) return isModeTold(facts) ? "unprotected" : "cannot-tell";
  return goingOn(facts).length > 0 ? "failing" : "protected";
}

/** What demands TLS, as senders saw it last. */
function demands({ policies, readiness }: DomainFacts): string[] {
  const dane = policies.some((row) => row["policy_type"] === "tlsa" && row["current"] === true);
  const enforced = readiness?.["mode"] === "enforce";
  return [...(dane ? ["DANE"] : []), ...(enforced ? ["MTA-STS (enforce)"] : [])];
}

/** An MTA-STS policy that no report shows the mode of may be in enforce. */
function isModeTold({ readiness }: DomainFacts): boolean {
  return !hasSts(readiness) || readiness?.["mode"] !== "";
}

function hasSts(readiness: Row | undefined): boolean {
  return Number(readiness?.["reported_days"] ?? 0) > 0;
}

function demandInWords(facts: DomainFacts): string {
  const { domain, readiness } = facts;
  const name = String(domain["domain"]);
  const by = demands(facts);
  if (by.length > 0) return `Mail to ${name} is demanded over TLS by ${by.join(" and by ")}`;
  if (!hasSts(readiness)) {
    return `Nothing demands TLS for mail to ${name}: no sender saw a policy of MTA-STS or DANE`;
  }
  switch (readiness?.["mode"]) {
    case "testing":
      return `Nothing demands TLS for mail to ${name}: its MTA-STS policy is in testing`;
    case "none":
      return `Nothing demands TLS for mail to ${name}: the mode of its MTA-STS policy is none`;
    default:
      return `No report says whether the MTA-STS policy of ${name} demands TLS`;
  }
}

function sessionsInWords(facts: DomainFacts): string {
  const { domain, shown } = facts;
  if (domain["total_sessions"] === 0) return `${shown.range}, no session was reported`;
  const told = `${shown.range}, ${shown.rate} of ${shown.sessions} sessions succeeded`;
  const silent = silentDays(facts);
  if (silent <= SILENT_DAYS_MAX) return told;
  return `${told}, but no report came about the ${silent} days since ${domain["last_day"]}`;
}

function problemsInWords(facts: DomainFacts): string {
  const { problems, readiness } = facts;
  const open = goingOn(facts);
  const of = (impact: string) => open.filter((row) => row["impact"] === impact).length;
  if (of("withheld") > 0) return `${counted(of("withheld"), "withholds", "withhold")} mail now`;
  if (readiness?.["state"] === "withholding") {
    const lately = Number(readiness["withheld_sessions"]);
    const sessions = lately === 1 ? "one session" : `${lately} sessions`;
    return `the mail of ${sessions} was withheld in the last ${FAILURE_DAYS} complete days or since`;
  }
  if (of("clear") > 0) return `${counted(of("clear"), "lets", "let")} mail go unencrypted now`;
  if (open.length > 0) return `${counted(open.length, "is", "are")} still reported`;
  const quiet = problems.filter(({ state }) => state === "quiet").length;
  if (quiet > 0) return `no problem is reported now, and ${counted(quiet, "is", "are")} quiet`;
  return "no problem is open";
}

/** Problems that are reported now. */
function goingOn({ problems }: DomainFacts): readonly Row[] {
  return problems.filter(({ state }) => state !== "resolved" && state !== "quiet");
}

/** Complete days since the last one reported on. */
function silentDays({ domain, completeDay }: DomainFacts): number {
  const lastDay = domain["last_day"];
  if (typeof lastDay !== "string") return 0;
  return Math.max(0, Math.round((Date.parse(completeDay) - Date.parse(lastDay)) / DAY_MS));
}

function counted(count: number, one: string, many: string): string {
  return count === 1 ? `one problem ${one}` : `${count} problems ${many}`;
}
