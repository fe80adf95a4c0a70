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
/** What somebody who gets between two servers causes: no STARTTLS, or a certificate of their own. */
export const INTERCEPTION: readonly string[] = [
  "starttls-not-supported",
  "certificate-host-mismatch",
  "certificate-not-trusted",
  "validation-failure",
];

/** Numbers of one problem: a failure is its policy type, result type and reason, at whatever MX host. */
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
  /** Organizations that reported on the domain in the same days, those that saw it included. */
  organizationsReporting: number;
  /** Organizations that saw it and reported successes of the domain too. */
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
    sentence: sentenceOf(kind, evidence),
  };
}

function kindOf(evidence: DistributionEvidence): DistributionKind {
  const { organizationsAnywhere, organizationsReporting, chosenOrganizations } = evidence;
  if (chosenOrganizations || organizationsReporting <= 1) return "cannot-tell";
  if (organizationsAnywhere <= 1) return kindOfOneSender(evidence);
  const widespread = organizationsAnywhere * WIDESPREAD >= organizationsReporting;
  return widespread ? kindOfMany(evidence) : "mixed";
}

function kindOfOneSender(evidence: DistributionEvidence): DistributionKind {
  const { resultType, mx, mxHosts, mxHostsKnown, sendingNetwork } = evidence;
  const works = evidence.organizationsWorking > 0;
  if (mx !== "" && sendingNetwork !== "" && works && INTERCEPTION.includes(resultType)) {
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
  const senders = `${seen} of ${reporting} reporting organizations saw it`;
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
      return `Only 1 of ${reporting} reporting organizations saw it${evidence.mx === "" ? "" : `, ${hosts}`}. So the sender is the likely place.`;
    case "one-sender-one-mx":
      return `Only 1 of ${reporting} reporting organizations saw it, ${hosts}. It may be either side.`;
    case "on-the-path":
      return (
        `Only 1 of ${reporting} reporting organizations saw it, from the network ${sendingNetwork} alone, ` +
        "and its other sessions worked. Somebody on the path may be interfering, or one sending machine is at fault."
      );
    case "mixed":
      return `${senders}, ${hosts}. That is neither all senders nor one.`;
    case "cannot-tell":
      return cannotTell(evidence);
  }
}

function addressOf({ receivingAddress }: DistributionEvidence): string {
  return receivingAddress === "" ? "" : ` All of it was at the address ${receivingAddress}.`;
}

function cannotTell({ chosenOrganizations, organizationsReporting }: DistributionEvidence): string {
  if (chosenOrganizations) {
    return "Only chosen organizations were looked at, which cannot tell sender from MX host.";
  }
  return organizationsReporting === 1
    ? "Cannot tell sender from MX host: only one organization reports in these days."
    : "Cannot tell: no organization reported in these days.";
}
