// The member names of a report as they are sent (RFC 8460 section 4.4), the name of the RFC first
// and then the ones that senders write in its place. Inside, the names of report.ts are used.

/** One member: its name, and others under which it is accepted with a deviation. */
export type Names = readonly [name: string, ...aliases: string[]];

export const MEMBERS = {
  organizationName: ["organization-name"],
  dateRange: ["date-range"],
  startDatetime: ["start-datetime"],
  endDatetime: ["end-datetime"],
  contactInfo: ["contact-info"],
  reportId: ["report-id"],
  /** Some senders wrap their policies under the name of the report. */
  policies: ["policies", "tls-report"],
  policy: ["policy"],
  policyType: ["policy-type"],
  policyString: ["policy-string"],
  policyDomain: ["policy-domain"],
  /** Section 4.4 has mx-host in its JSON and mx-host-pattern in the list that explains it. */
  mxHost: ["mx-host", "mx-host-pattern"],
  summary: ["summary"],
  totalSuccessful: ["total-successful-session-count"],
  totalFailure: ["total-failure-session-count"],
  failureDetails: ["failure-details"],
  resultType: ["result-type"],
  sendingMtaIp: ["sending-mta-ip"],
  receivingMxHostname: ["receiving-mx-hostname", "receiving-mx-host-name"],
  receivingMxHelo: ["receiving-mx-helo"],
  receivingIp: ["receiving-ip"],
  failedSessionCount: ["failed-session-count"],
  /** Again two names in section 4.4: the JSON's, and the one of the list that explains it. */
  additionalInformation: ["additional-information", "additional-info-uri"],
  /** The drafts' example used failure-error-code until 2018. */
  failureReasonCode: ["failure-reason-code", "failure-error-code"],
} as const satisfies Record<string, Names>;

/** Members of the top level: an object with none of them is not a report. */
export const TOP_LEVEL: readonly Names[] = [
  MEMBERS.organizationName,
  MEMBERS.dateRange,
  MEMBERS.contactInfo,
  MEMBERS.reportId,
  MEMBERS.policies,
];

/** policy-type of RFC 8460 section 4.4. */
export const POLICY_TYPES: ReadonlySet<string> = new Set(["tlsa", "sts", "no-policy-found"]);
