// Is mail to a domain protected, in one sentence, and why: decided by the share of its sessions that TLS was
// demanded in, and by what the panels `readiness`, `policies` and `problems` say of it. A pure function.

import { FAILURE_DAYS, SILENT_DAYS_MAX, WITHHELD_DAYS } from "../core/readiness/rules.ts";
import { lastSeen } from "../core/readiness/silence.ts";
import type { Row } from "./panel.ts";

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

/** The state in words, where no day belongs to it. */
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
  /** The range ended before the last complete day there is: all is told of then, not of now. */
  isPast: boolean;
  /** Numbers and days as they are to be read. */
  shown: { range: string; rate: string; protectedRate: string; sessions: string };
}

const DAY_MS = 86_400_000;
/** From this share on all counts as protected: a sender that knows of neither DANE nor MTA-STS is usual. */
export const PROTECTED_MIN = 0.99;

export interface ToldVerdict {
  verdict: Verdict;
  title: string;
  sentence: string;
}

/** Says how a domain stands; the sentence holds names from outside and stays text. */
export function domainVerdict(facts: DomainFacts): ToldVerdict {
  const clauses = [demandInWords(facts), sessionsInWords(facts), problemsInWords(facts)];
  const verdict = verdictOf(facts);
  return { verdict, title: titleOf(verdict, facts), sentence: `${clauses.join("; ")}.` };
}

function titleOf(verdict: Verdict, facts: DomainFacts): string {
  const until = verdict === "withheld" ? withheldUntil(facts) : null;
  if (until !== null) return `Mail was withheld until ${until}`;
  const title = VERDICT_TITLES[verdict];
  const told = facts.isPast ? title.replace("something fails", "something failed") : title;
  const since = verdict === "protected" || verdict === "failing" ? protectedSince(facts) : null;
  return since === null ? told : told.replace("Protected", `Protected since ${since}`);
}

/** The last day that mail was withheld on, where that is over; null where it may go on. */
function withheldUntil(facts: DomainFacts): string | null {
  const failed = facts.readiness?.["last_failure_day"];
  const withheld = facts.problems.filter(
    ({ impact, state }) => impact === "withheld" && state !== "resolved",
  );
  const days = [failed, ...withheld.map((row) => row["last_day"])].filter(
    (day) => typeof day === "string",
  );
  const last = days.toSorted().at(-1);
  if (last === undefined) return null;
  const isOld = daysFrom(last, facts.completeDay) >= WITHHELD_DAYS && goingOn(facts).length === 0;
  return facts.isPast || isOld ? last : null;
}

function verdictOf(facts: DomainFacts): Verdict {
  const { readiness, domain } = facts;
  const withheld = goingOn(facts).some(({ impact }) => impact === "withheld");
  if (withheld || readiness?.["state"] === "withholding") return "withheld";
  if (domain["total_sessions"] === 0 || silentDays(facts) > SILENT_DAYS_MAX) return "cannot-tell";
  if (demands(facts).length === 0) return isModeTold(facts) ? "unprotected" : "cannot-tell";
  const share = protectedShare(facts);
  if (share === 0) return "unprotected";
  if (share < PROTECTED_MIN && protectedSince(facts) === null) return "partly";
  return goingOn(facts).length > 0 ? "failing" : "protected";
}

/** Of its sessions, those for which the sender saw DANE or an MTA-STS policy in mode enforce. */
function protectedShare({ domain }: DomainFacts): number {
  return Number(domain["protected_rate"] ?? 0);
}

/**
 * The first day from which all sessions were under a policy that demands TLS, where the range has others
 * before: what holds now goes before its past. On the day of the change senders may have seen either. Null
 * where there is no such day, it is too new, or somebody still has an older policy.
 */
function protectedSince(facts: DomainFacts): string | null {
  const { policies, readiness, completeDay } = facts;
  if (protectedShare(facts) >= PROTECTED_MIN) return null;
  if (Number(readiness?.["stale_organizations"] ?? 0) > 0) return null;
  const told = policies.filter((row) => Number(row["total_sessions"] ?? 0) > 0);
  const days = (rows: readonly Row[], name: string) =>
    rows.map((row) => String(row[name])).toSorted();
  const [current] = days(
    told.filter((row) => row["current"] === true && isProtecting(row)),
    "first_day",
  );
  const [first] = days(told.filter(isProtecting), "first_day");
  const others = told.filter((row) => !isProtecting(row));
  const last = days(others, "last_day").at(-1);
  if (current === undefined || first === undefined || last === undefined || last > current) {
    return null;
  }
  const since = last < first ? first : dayAfter(last);
  return daysFrom(since, completeDay) >= 1 ? since : null;
}

/** As PROTECTING of sessions.ts has it. */
function isProtecting(row: Row): boolean {
  const type = row["policy_type"];
  return type === "tlsa" || (type === "sts" && row["mode"] === "enforce");
}

/** What demands TLS, as senders saw it last, whether or not they told its text. */
function demands(facts: DomainFacts): string[] {
  const dane = lastDayOf(facts, "tlsa");
  const enforced =
    facts.readiness?.["mode"] === "enforce" && !isGone(facts, lastDayOf(facts, "sts"));
  return [
    ...(dane !== null && !isGone(facts, dane) ? ["DANE"] : []),
    ...(enforced ? ["MTA-STS (enforce)"] : []),
  ];
}

/** The last day that a policy of the type was seen on; null for one that was not. */
function lastDayOf({ policies }: DomainFacts, type: string): string | null {
  const days = policies.filter((row) => row["policy_type"] === type).map((row) => row["last_day"]);
  return days.map(String).toSorted().at(-1) ?? null;
}

/** Not seen for longer than a sender of a weekly report is silent; `readiness` and `policies` agree. */
function isGone({ completeDay }: DomainFacts, lastDay: string | null): boolean {
  return lastDay !== null && daysFrom(lastDay, completeDay) > SILENT_DAYS_MAX;
}

/** MTA-STS was enforced and is not seen any more: others finding none does not say that it is gone. */
function isEnforceGone(facts: DomainFacts): boolean {
  return facts.readiness?.["mode"] === "enforce" && isGone(facts, lastDayOf(facts, "sts"));
}

/** An MTA-STS policy that no report shows the mode of may be in enforce. */
function isModeTold(facts: DomainFacts): boolean {
  const { readiness } = facts;
  if (isEnforceGone(facts)) return false;
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
  const { domain, readiness, shown, isPast } = facts;
  const name = String(domain["domain"]);
  const share = protectedShare(facts);
  if (demands(facts).length > 0) return demandersInWords(facts, name, share);
  const [is, verb] = isPast ? ["was", "demanded"] : ["is", "demands"];
  const nothing = `Nothing ${verb} TLS for mail to ${name}`;
  const gone = goneInWords(facts);
  if (gone !== "") {
    const unsure = isEnforceGone(facts) || silentDays(facts) > SILENT_DAYS_MAX;
    if (unsure) return `Nothing confirms that TLS ${is} demanded for mail to ${name}: ${gone}`;
    return `${nothing}${isPast ? "" : " now"}: ${gone}`;
  }
  if (!hasSts(readiness)) {
    return share > 0
      ? `TLS was demanded in ${shown.protectedRate} of sessions to ${name}, and nothing says by what`
      : `${nothing}: no sender saw a policy of MTA-STS or DANE`;
  }
  const mode = readiness?.["mode"];
  if (mode !== "testing" && mode !== "none")
    return `No report says whether the MTA-STS policy of ${name} ${verb} TLS`;
  const lost = stsGoneInWords(facts);
  if (lost !== "") return `${nothing}: ${lost}`;
  return mode === "testing"
    ? `${nothing}: its MTA-STS policy ${is} in testing`
    : `${nothing}: the mode of its MTA-STS policy ${is} none`;
}

function demandersInWords(facts: DomainFacts, name: string, share: number): string {
  const { domain, shown, isPast } = facts;
  const by = demands(facts);
  const lost = stsGoneInWords(facts);
  const besides = lost === "" ? "" : ` (${lost})`;
  const what = `${by.join(" and by ")}${besides}`;
  const demanded = `TLS ${isPast ? "was" : "is"} demanded for mail to ${name} by ${what}`;
  // Without a session there is no share to tell.
  if (share >= PROTECTED_MIN || domain["total_sessions"] === 0) return demanded;
  const hosts = by.includes("DANE") ? " (DANE is a matter of each MX host)" : "";
  if (share === 0)
    return `Senders saw ${by.join(" and ")} for ${name}, but in no session${hosts}${besides}`;
  const since = protectedSince(facts);
  if (since !== null)
    return `${demanded}, in all sessions since ${since} and in ${shown.protectedRate} of the range`;
  return `TLS was demanded in ${shown.protectedRate} of sessions to ${name}, by ${what}${hosts}`;
}

/** What demanded TLS once and is not seen any more; "" for nothing. */
function goneInWords(facts: DomainFacts): string {
  const dane = lastDayOf(facts, "tlsa");
  return [
    ...(dane !== null && isGone(facts, dane) ? [`DANE was ${lastSeen(dane)}`] : []),
    ...(isEnforceGone(facts) ? [stsGoneInWords(facts)] : []),
  ].join(" and ");
}

/** Of MTA-STS in any mode; "" where it is seen, or never was. */
function stsGoneInWords(facts: DomainFacts): string {
  const day = lastDayOf(facts, "sts");
  if (day === null || !isGone(facts, day)) return "";
  const mode = facts.readiness?.["mode"] || "mode not told";
  return `MTA-STS (${mode}) was ${lastSeen(day)}`;
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
  const { problems, readiness, isPast } = facts;
  const open = goingOn(facts);
  const of = (impact: string) => open.filter((row) => row["impact"] === impact).length;
  const said = (count: number, ...[is, are, was, were]: Forms) =>
    isPast ? counted(count, was, were) : counted(count, is, are);
  const then = isPast ? "then" : "now";
  if (of("withheld") > 0) {
    return `${said(of("withheld"), "withholds", "withhold", "withheld", "withheld")} mail ${then}`;
  }
  if (readiness?.["state"] === "withholding") {
    const lately = Number(readiness["withheld_sessions"]);
    const sessions = lately === 1 ? "one session" : `${lately} sessions`;
    const range = isPast ? " of the range" : "";
    return `the mail of ${sessions} was withheld in the last ${FAILURE_DAYS} complete days${range} or since`;
  }
  if (of("clear") > 0) {
    return `${said(of("clear"), "lets", "let", "let", "let")} mail go unencrypted ${then}`;
  }
  if (open.length > 0) return `${said(open.length, ...BE)} still reported`;
  const is = isPast ? "was" : "is";
  const quiet = problems.filter(({ state }) => state === "quiet").length;
  if (quiet > 0) return `no problem ${is} reported ${then}, and ${said(quiet, ...BE)} quiet`;
  return `no problem ${is} open`;
}

/** A verb of the present for one and for many, then of the past. */
type Forms = readonly [string, string, string, string];
const BE: Forms = ["is", "are", "was", "were"];

/** Problems that are reported now. */
function goingOn({ problems }: DomainFacts): readonly Row[] {
  return problems.filter(({ state }) => state !== "resolved" && state !== "quiet");
}

/** Complete days since the last one reported on. */
function silentDays({ domain, completeDay }: DomainFacts): number {
  const lastDay = domain["last_day"];
  if (typeof lastDay !== "string") return 0;
  return Math.max(0, daysFrom(lastDay, completeDay));
}

function daysFrom(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS);
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
}

function counted(count: number, one: string, many: string): string {
  return count === 1 ? `one problem ${one}` : `${count} problems ${many}`;
}
