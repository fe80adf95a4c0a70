// The catalogue of failures as a whole: which entry a failure has. A reason comes before the result type
// where it says more; `docs/problems.md` has a heading for every entry.

import { isKnownResultType, type ResultType } from "../tlsrpt/result-types.ts";
import { CERTIFICATE_REASONS, CERTIFICATE_TYPES } from "./catalogue-certificate.ts";
import { DANE_REASONS, DANE_TYPES, DNSSEC_ERROR } from "./catalogue-dane.ts";
import { ALERT_REASONS, SESSION_REASONS, SESSION_TYPES } from "./catalogue-session.ts";
import { MX_NOT_IN_POLICY, STS_REASONS, STS_TYPES } from "./catalogue-sts.ts";
import type { Entry } from "./entry.ts";
import type { FailureKind } from "./explanation.ts";

/** What each registered result type means by itself. */
export const TYPE_ENTRIES: Readonly<Record<ResultType, Entry>> = {
  ...SESSION_TYPES,
  ...CERTIFICATE_TYPES,
  ...DANE_TYPES,
  ...STS_TYPES,
};

/** What a reason means where a sender and an MX talk, or DNS is asked about them. */
export const SESSION_ENTRIES: Readonly<Record<string, Entry>> = {
  "mx-not-in-policy": MX_NOT_IN_POLICY,
  ...SESSION_REASONS,
  ...ALERT_REASONS,
  ...CERTIFICATE_REASONS,
  ...DANE_REASONS,
  "dnssec-error": DNSSEC_ERROR,
};

/** What a reason means where the policy file is fetched. */
export const POLICY_FILE_ENTRIES: Readonly<Record<string, Entry>> = STS_REASONS;

/** They say no more than a result type does, so they explain the most general one only. */
const GENERAL_REASONS: ReadonlySet<string> = new Set(["validation-failure", "handshake-failure"]);

/** The entry of a failure, undefined where neither its reason nor its result type is known. */
export function entryOf({ resultType, reason }: FailureKind): Entry | undefined {
  const type = isKnownResultType(resultType) ? TYPE_ENTRIES[resultType] : undefined;
  const general = type === undefined || resultType === "validation-failure";
  if (GENERAL_REASONS.has(reason) && !general) return type;
  return entryOfReason(resultType, withoutNumber(reason)) ?? type;
}

function entryOfReason(resultType: string, reason: string): Entry | undefined {
  if (reason === "mx-not-in-policy") return MX_NOT_IN_POLICY;
  if (resultType.startsWith("sts-")) {
    if (Object.hasOwn(POLICY_FILE_ENTRIES, reason)) return POLICY_FILE_ENTRIES[reason];
    if (isOfCertificate(reason)) return TYPE_ENTRIES["sts-webpki-invalid"];
    return isKnownResultType(reason) && reason.startsWith("sts-")
      ? TYPE_ENTRIES[reason]
      : undefined;
  }
  if (Object.hasOwn(SESSION_ENTRIES, reason)) return SESSION_ENTRIES[reason];
  if (Object.hasOwn(POLICY_FILE_ENTRIES, reason)) return POLICY_FILE_ENTRIES[reason];
  return isKnownResultType(reason) ? TYPE_ENTRIES[reason] : undefined;
}

/** The certificate is that of the web host where the policy file was fetched. */
function isOfCertificate(reason: string): boolean {
  return Object.hasOwn(CERTIFICATE_TYPES, reason) || Object.hasOwn(CERTIFICATE_REASONS, reason);
}

/** "http-status" of "http-status-404"; the alert that a sender gave keeps its end. */
function withoutNumber(reason: string): string {
  return reason.replace(/-\d+(?=-by-sender$|$)/, "");
}
