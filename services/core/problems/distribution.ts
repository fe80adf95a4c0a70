// Whose fault a failure is, judged by who sees it where: what all senders meet at one host is of that host,
// what one sender meets at every host is the sender's, and what one network meets may happen on the way.
// It is a judgement from reports, which name an MX host only where it failed; the numbers stand beside it.

/** What the failure is tied to, as far as reports show it. */
export const DISTRIBUTIONS = {
  "at-mx": "yours",
  "every-mx": "yours",
  "your-change": "yours",
  "not-at-a-host": "yours",
  "one-sender": "theirs",
  "one-sender-one-mx": "unclear",
  "on-the-path": "on the path",
  mixed: "unclear",
  "cannot-tell": "unclear",
} as const;
export type DistributionKind = keyof typeof DISTRIBUTIONS;
export type Whose = (typeof DISTRIBUTIONS)[DistributionKind];
export type Confidence = "low" | "medium" | "high";

/** Of the organizations that report, one in so many makes a failure widespread. */
export const WIDESPREAD = 2;
/** A failure that begins at all hosts within so many days began at once: reports are of days. */
export const AT_ONCE_DAYS = 1;
/** Below any of these there is little to judge by. */
export const LOW = { failedSessions: 5, reporting: 3 };
/** From all of these on there is much. */
export const HIGH = { failedSessions: 20, reporting: 5, daysActive: 3 };
/** From either of these on, one network alone says something: a single session always has one. */
export const PATH = { failedSessions: 5, daysActive: 2 };
/** What somebody in between causes: no STARTTLS, another certificate, no or false answers. */
export const INTERCEPTION: readonly string[] = [
  "starttls-not-supported",
  "certificate-host-mismatch",
  "certificate-not-trusted",
  "validation-failure",
  "tlsa-invalid",
  "dnssec-invalid",
  "sts-policy-fetch-error",
  "sts-webpki-invalid",
];
/** Failures that are of no MX host: of the policy, and of DNS. All others happen at one, named or not. */
const HOSTLESS = /^(?:sts|dnssec)-/;

/**
 * Numbers of one problem, all of one policy type. A failure is its result type at whatever MX host, and
 * its reason too where the result type says nothing.
 */
export interface DistributionEvidence {
  resultType: string;
  /** "" where the reports name none. */
  mx: string;
  failedSessions: number;
  daysActive: number;
  /** First day that it was seen, YYYY-MM-DD. */
  firstDay: string;
  /** Organizations that saw it at this host. */
  organizations: number;
  /** Organizations that saw the failure at any host. */
  organizationsAnywhere: number;
  /** Organizations that reported under the policy type in the same days, those that saw it included. */
  organizationsReporting: number;
  /** Organizations that saw it and reported successes too. */
  organizationsWorking: number;
  /** Organizations that saw it and reported successes before its first day. */
  organizationsBefore: number;
  /** Hosts with the failure. */
  mxHosts: number;
  /** Hosts that a failure or a policy names. */
  mxHostsKnown: number;
  /** Days between the first days of the hosts with the failure. */
  startDaysApart: number;
  /** The one network that it was sent from; "" when there are several, or none is told. */
  sendingNetwork: string;
  /** The one address that it was received at; "" likewise. */
  receivingAddress: string;
  /** Only organizations that somebody chose were looked at. */
  chosenOrganizations: boolean;
  /** There are more organizations or hosts than are looked at. */
  cut: boolean;
}

export interface Distribution {
  kind: DistributionKind;
  whose: Whose;
  confidence: Confidence;
  /** What it is judged by, in one to three sentences with the numbers. */
  sentence: string;
}

/** Judges a problem by its evidence. Total: tiny or contradicting numbers give "cannot-tell" or "mixed". */
export function distribution(evidence: DistributionEvidence): Distribution {
  const kind = kindOf(evidence);
  return {
    kind,
    whose: DISTRIBUTIONS[kind],
    confidence: confidenceOf(kind, evidence),
    sentence: `${sentenceOf(kind, evidence)}${evidence.cut ? CUT : ""}`,
  };
}

const CUT = " There are too many organizations or hosts to look at all, so this is of the largest.";

function kindOf(evidence: DistributionEvidence): DistributionKind {
  const { organizationsAnywhere, organizationsReporting, chosenOrganizations } = evidence;
  if (chosenOrganizations || organizationsReporting <= 1 || isUnnamed(evidence)) {
    return "cannot-tell";
  }
  if (organizationsAnywhere <= 1) return kindOfOneSender(evidence);
  const widespread = organizationsAnywhere * WIDESPREAD >= organizationsReporting;
  return widespread ? kindOfMany(evidence) : "mixed";
}

/** The failure is at some MX host, and the reports do not say which: some senders never name one. */
function isUnnamed({ mx, resultType }: DistributionEvidence): boolean {
  return mx === "" && !HOSTLESS.test(resultType);
}

function kindOfOneSender(evidence: DistributionEvidence): DistributionKind {
  const { resultType, mx, mxHosts, mxHostsKnown, sendingNetwork } = evidence;
  const { failedSessions, daysActive } = evidence;
  const works = evidence.organizationsWorking > 0;
  const often = failedSessions >= PATH.failedSessions || daysActive >= PATH.daysActive;
  if (often && sendingNetwork !== "" && works && INTERCEPTION.includes(resultType)) {
    return "on-the-path";
  }
  if (mx === "" || mxHosts >= mxHostsKnown) return "one-sender";
  return mxHosts === 1 ? "one-sender-one-mx" : "mixed";
}

function kindOfMany(evidence: DistributionEvidence): DistributionKind {
  const { mx, mxHosts, mxHostsKnown, organizations, organizationsBefore } = evidence;
  if (mx === "") return "not-at-a-host";
  if (mxHostsKnown < 2 || mxHosts < mxHostsKnown) return "at-mx";
  const before = organizationsBefore > 0 && organizationsBefore * WIDESPREAD >= organizations;
  return before && evidence.startDaysApart <= AT_ONCE_DAYS ? "your-change" : "every-mx";
}

function confidenceOf(kind: DistributionKind, evidence: DistributionEvidence): Confidence {
  const { failedSessions, daysActive, organizationsReporting: reporting } = evidence;
  const few = failedSessions < LOW.failedSessions || reporting < LOW.reporting;
  if (few || kind === "cannot-tell") return "low";
  const many =
    failedSessions >= HIGH.failedSessions &&
    reporting >= HIGH.reporting &&
    daysActive >= HIGH.daysActive;
  return many ? "high" : "medium";
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function sentenceOf(kind: DistributionKind, evidence: DistributionEvidence): string {
  const { organizationsAnywhere: seen, organizationsReporting: reporting } = evidence;
  const { mxHosts, mxHostsKnown, firstDay, sendingNetwork } = evidence;
  const all = `${reporting} organizations that report under this policy type`;
  const senders = `${seen} of ${all} saw it`;
  const hosts = `at ${mxHosts} of ${counted(mxHostsKnown, "known MX host", "known MX hosts")}`;
  switch (kind) {
    case "at-mx":
      return `${senders}, ${hosts}. So look at ${mxHosts === 1 ? "this host" : "these hosts"}.${addressOf(evidence)}`;
    case "every-mx":
      return `${senders}, ${hosts}. So look at what all your hosts share: certificate, setting, policy.`;
    case "your-change":
      return (
        `${senders}, ${hosts}, since ${firstDay}; before, they reported successes. ` +
        "So look at what you changed then."
      );
    case "not-at-a-host":
      return `${senders}, and name no MX host. So look at what holds for the whole domain: its policy and DNS.`;
    case "one-sender":
      return `Only 1 of ${all} saw it${evidence.mx === "" ? "" : `, ${hosts}`}. So the sender is the likely place.`;
    case "one-sender-one-mx":
      return `Only 1 of ${all} saw it, ${hosts}. It may be either side.`;
    case "on-the-path":
      return (
        `Only 1 of ${all} saw it, from the network ${sendingNetwork} alone, ` +
        "and its other sessions worked. Somebody on the path may be interfering, or one sending machine is at fault."
      );
    case "mixed":
      return `${senders}${evidence.mx === "" ? "" : `, ${hosts}`}. That is neither one sender alone nor all.`;
    case "cannot-tell":
      return cannotTell(evidence);
  }
}

function addressOf({ receivingAddress }: DistributionEvidence): string {
  return receivingAddress === "" ? "" : ` All of it was at the address ${receivingAddress}.`;
}

function cannotTell(evidence: DistributionEvidence): string {
  const { organizationsAnywhere: seen, organizationsReporting: reporting } = evidence;
  if (evidence.chosenOrganizations) {
    return "Only chosen organizations were looked at, which cannot tell sender from MX host.";
  }
  if (reporting === 0) return "Cannot tell: no organization reported in these days.";
  if (reporting === 1) {
    return (
      "Cannot tell sender from MX host: only one organization reports under this policy type in " +
      "these days."
    );
  }
  return (
    `${seen} of ${reporting} organizations that report under this policy type saw it, and it is not said ` +
    "at which MX host. So sender and host cannot be told apart."
  );
}
