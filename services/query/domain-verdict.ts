// Is mail to a domain protected, in one sentence, and why: decided by the share of its sessions that TLS was
// demanded in, and by what the panels `readiness`, `policies` and `problems` say of it. A pure function.

import { FAILURE_DAYS, SILENT_DAYS_MAX } from "../core/readiness/rules.ts";
import type { Row } from "./panel.ts";
import { CURRENT_DAYS } from "./policy-sightings.ts";

/** How a domain stands, the worst that holds. */
export const VERDICTS = [
  "withheld",
  "unprotected",
  "cannot-tell",
  "partly",
  "failing",
  "protected",
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The state in words. */
export const VERDICT_TITLES: Readonly<Record<Verdict, string>> = {
  withheld: "Mail is being withheld",
  unprotected: "Not protected",
  "cannot-tell": "Cannot tell",
  partly: "Partly protected",
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
  shown: { range: string; rate: string; protectedRate: string; sessions: string };
}

const DAY_MS = 86_400_000;
/** From this share on all counts as protected: a sender that knows of neither DANE nor MTA-STS is usual. */
const PROTECTED_MIN = 0.99;

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
  const share = protectedShare(facts);
  if (share === 0) return "unprotected";
  if (share < PROTECTED_MIN) return "partly";
  return goingOn(facts).length > 0 ? "failing" : "protected";
}

/** Of its sessions, those for which the sender saw DANE or an MTA-STS policy in mode enforce. */
function protectedShare({ domain }: DomainFacts): number {
  return Number(domain["protected_rate"] ?? 0);
}

/** What demands TLS, as senders saw it last, whether or not they told its text. */
function demands(facts: DomainFacts): string[] {
  const dane = lastSeen(facts, "tlsa");
  const enforced =
    facts.readiness?.["mode"] === "enforce" && !isGone(facts, lastSeen(facts, "sts"));
  return [
    ...(dane !== null && !isGone(facts, dane) ? ["DANE"] : []),
    ...(enforced ? ["MTA-STS (enforce)"] : []),
  ];
}

/** The last day that a policy of the type was seen on; null for one that was not. */
function lastSeen({ policies }: DomainFacts, type: string): string | null {
  const days = policies.filter((row) => row["policy_type"] === type).map((row) => row["last_day"]);
  return days.map(String).toSorted().at(-1) ?? null;
}

/** Reports went on without it for longer than a sender of a weekly report is silent. */
function isGone({ domain }: DomainFacts, lastDay: string | null): boolean {
  const newest = domain["last_day"];
  if (lastDay === null || typeof newest !== "string") return false;
  return Date.parse(newest) - Date.parse(lastDay) > CURRENT_DAYS * DAY_MS;
}

/** An MTA-STS policy that no report shows the mode of may be in enforce. */
function isModeTold(facts: DomainFacts): boolean {
  const { readiness } = facts;
  return hasSts(readiness)
    ? readiness?.["mode"] !== ""
    : protectedShare(facts) === 0 || isOver(facts);
}

/** What demanded TLS is not seen any more. */
function isOver(facts: DomainFacts): boolean {
  return goneInWords(facts) !== "";
}

function hasSts(readiness: Row | undefined): boolean {
  return Number(readiness?.["reported_days"] ?? 0) > 0;
}

function demandInWords(facts: DomainFacts): string {
  const { domain, readiness, shown } = facts;
  const name = String(domain["domain"]);
  const by = demands(facts);
  const share = protectedShare(facts);
  if (by.length > 0) {
    const what = by.join(" and by ");
    // Without a session there is no share to tell.
    if (share >= PROTECTED_MIN || domain["total_sessions"] === 0)
      return `TLS is demanded for mail to ${name} by ${what}`;
    const hosts = by.includes("DANE") ? " (DANE is a matter of each MX host)" : "";
    if (share === 0)
      return `Senders saw ${by.join(" and ")} for ${name}, but in no session${hosts}`;
    return `TLS was demanded in ${shown.protectedRate} of sessions to ${name}, by ${what}${hosts}`;
  }
  const gone = goneInWords(facts);
  if (gone !== "") return `Nothing demands TLS for mail to ${name} now: ${gone}`;
  if (!hasSts(readiness)) {
    return share > 0
      ? `TLS was demanded in ${shown.protectedRate} of sessions to ${name}, and nothing says by what`
      : `Nothing demands TLS for mail to ${name}: no sender saw a policy of MTA-STS or DANE`;
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

/** What demanded TLS once and is not seen any more; "" for nothing. */
function goneInWords(facts: DomainFacts): string {
  const [dane, sts] = [lastSeen(facts, "tlsa"), lastSeen(facts, "sts")];
  const enforced = facts.readiness?.["mode"] === "enforce";
  return [
    ...(isGone(facts, dane) ? [`DANE was not seen since ${dane}`] : []),
    ...(enforced && isGone(facts, sts) ? [`MTA-STS (enforce) was not seen since ${sts}`] : []),
  ].join(" and ");
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
