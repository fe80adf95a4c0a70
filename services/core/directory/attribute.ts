// Whose report it is. In this order: the address or URL key it was sent to, TLS-Report-Domain, Subject,
// file name, policy-domain. Pure: a directory and what the message says in, a tenant out.

import { type Directory, OPERATOR_TENANT } from "./directory.ts";

/** What the attribution rests on; kept with the report. */
export const ATTRIBUTIONS = [
  "open",
  "address",
  "key",
  "report-domain-header",
  "subject",
  "file-name",
  "policy-domain",
  "mx-host",
] as const;
export type AttributionBasis = (typeof ATTRIBUTIONS)[number];

/** What a message says of whom it is for; "" for what it does not say. Names as parsed, lower case. */
export interface MessageEvidence {
  rcptTo: readonly string[];
  /** Last part of the URL that it was posted to. */
  key: string;
  reportDomainHeader: string;
  subjectDomain: string;
  fileNameDomain: string;
}

/** What a report in it says. */
export interface PolicyEvidence {
  /** policy-domain, "" when absent. */
  domain: string;
  /** policy-type in lower case. */
  type: string;
}

export type Attribution =
  | {
      known: true;
      tenant: string;
      basis: AttributionBasis;
      /** The domain that the rows of each policy are counted on, in the order of the policies. */
      domains: string[];
    }
  | { known: false; reason: "unknown-domain" | "several-tenants"; message: string };

/** The tenant of a report, and the domain of each of its policies. */
export function attributeReport(
  directory: Directory,
  message: MessageEvidence,
  policies: readonly PolicyEvidence[],
): Attribution {
  const hint = message.reportDomainHeader || message.subjectDomain || message.fileNameDomain;
  if (directory.open) {
    const domains = policies.map(({ domain }) => domain || hint);
    return { known: true, tenant: OPERATOR_TENANT, basis: "open", domains };
  }
  return { known: false, reason: "unknown-domain", message: "" };
}

/** The tenant that sees what is no report; the operator's where the message does not say. */
export function attributeMessage(_directory: Directory, _message: MessageEvidence): string {
  return OPERATOR_TENANT;
}
