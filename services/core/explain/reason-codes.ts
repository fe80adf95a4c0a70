// The codes that senders are known to use as failure-reason-code, and what each means here. A code is
// compared by its letters and digits alone, so that case, hyphens, underscores and spaces do not matter.

import { RESULT_TYPES } from "../tlsrpt/result-types.ts";

/**
 * Canonical reasons and the codes that say the same: Microsoft's constants, the words of mox, Stalwart and
 * Postfix, and the names of OpenSSL's verification errors.
 */
const CODES = {
  "mx-not-in-policy": [
    "MX_HOSTS_MISMATCH",
    "mx-mismatch",
    "mx-host-mismatch",
    "mtasts-policy-mx-mismatch",
    "MX not authorized by policy",
    "sts-mx-mismatch",
  ],
  "certificate-chain-incomplete": [
    "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT",
    "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "missing-intermediate",
    "incomplete-chain",
    "partial-chain",
  ],
  "unknown-authority": [
    "X509_V_ERR_CERT_UNTRUSTED",
    "UnknownIssuer",
    "unknown-ca",
    "untrusted-root",
    "untrusted",
    "certificate-untrusted",
  ],
  "self-signed": ["X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed-certificate"],
  "private-authority": ["X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN"],
  "certificate-revoked": ["X509_V_ERR_CERT_REVOKED", "revoked"],
  "certificate-not-yet-valid": ["X509_V_ERR_CERT_NOT_YET_VALID", "NotValidYet"],
  "weak-key": [
    "X509_V_ERR_EE_KEY_TOO_SMALL",
    "X509_V_ERR_CA_KEY_TOO_SMALL",
    "X509_V_ERR_CA_MD_TOO_WEAK",
  ],
  "name-constraint": [
    "X509_V_ERR_PERMITTED_VIOLATION",
    "X509_V_ERR_EXCLUDED_VIOLATION",
    "ca-not-authorized-for-this-name",
    "name-constraint-without-sans",
    "unconstrained-name",
    "too-many-constraints",
  ],
  "wrong-key-usage": [
    "X509_V_ERR_INVALID_PURPOSE",
    "incompatible-key-usage",
    "ca-not-authorized-for-ext-key-usage",
    "InvalidPurpose",
  ],
  "certificate-chain-broken": [
    "X509_V_ERR_INVALID_CA",
    "X509_V_ERR_PATH_LENGTH_EXCEEDED",
    "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED",
    "X509_V_ERR_CERT_CHAIN_TOO_LONG",
    "X509_V_ERR_CERT_SIGNATURE_FAILURE",
    "not-authorized-to-sign",
    "too-many-intermediates",
    "parent-subject-child-issuer-mismatch",
  ],
  "sender-without-roots": ["no-system-roots"],
  "handshake-failure": [
    "tls-remote-error",
    "tls-handshake-failure",
    "tls-handshake-failed",
    "tls-error",
    "unknown-go-certificate-verification-error",
  ],
  "no-shared-cipher": ["no-shared-cipher-suites"],
  "protocol-version": ["unsupported-protocol", "protocol-version-not-supported"],
  "not-tls": ["tls-record-header-error", "wrong-version-number"],
  timeout: ["io-timeout-during-handshake", "timed-out"],
  "connection-closed": ["connection-closed-during-handshake"],
  "connection-refused": [],
  "host-not-found": ["nxdomain", "no-such-host"],
  "starttls-refused": ["tls-not-available", "tls-not-available-due-to-temporary-reason"],
  "tlsa-no-match": [
    "X509_V_ERR_DANE_NO_MATCH",
    "No matching certificates found",
    "No matching certificates found in TLSA records",
    "no-matching-tlsa-record",
    "tlsa-mismatch",
  ],
  "tlsa-unusable": ["all-unusable-records+ignored", "Invalid TLSA record"],
  "tlsa-missing": [
    "No TLSA records found for MX",
    "No TLSA records found",
    "No TLSA DNSSEC records found",
  ],
  "dnssec-bogus": ["bogus", "dnssec-bogus-answer"],
  "dns-lookup-failed": ["dns-lookup", "dns-lookup-failure", "dns-error", "servfail"],
  "http-redirect": ["redirect-not-allowed"],
  "http-content-type": ["wrong-content-type", "invalid-content-type"],
  "policy-not-served": ["no-policy-served"],
  "policy-fetch-failed": ["cannot-fetch-policy", "policy-fetch-error", "policy-fetch-failure"],
  "policy-syntax": ["policy-syntax-error", "invalid-policy"],
  "policy-too-large": [],
  "sts-record-missing": ["no-mta-sts-dns-txt-record", "no-mta-sts-record"],
  "sts-record-repeated": ["multiple-mta-sts-records", "multiple-mta-sts-dns-txt-records"],
  "sts-record-syntax": ["mta-sts-dns-txt-record-syntax-error", "record-syntax-error"],
  "sts-policy-required": ["MTA-STS is required and no policy was found"],
  // Result types that are given as the reason of a more general one.
  "starttls-not-supported": [
    "starttls-not-offered",
    "starttls-not-advertised",
    "STARTTLS was not advertised by host",
  ],
  "certificate-host-mismatch": [
    "X509_V_ERR_HOSTNAME_MISMATCH",
    "hostname-mismatch",
    "subject-mismatch",
    "NotValidForName",
  ],
  "certificate-expired": ["X509_V_ERR_CERT_HAS_EXPIRED", "certificate-has-expired"],
  "sts-policy-fetch-error": ["mta-sts-policy-fetch-error"],
} as const satisfies Record<string, readonly string[]>;

/** Every canonical reason that has no number in it. */
export const REASONS: ReadonlySet<string> = new Set([
  ...Object.keys(RESULT_TYPES),
  ...Object.keys(CODES),
]);

const BY_LETTERS: ReadonlyMap<string, string> = new Map([
  ...[...REASONS].map((reason): [string, string] => [lettersOf(reason), reason]),
  ...Object.entries(CODES).flatMap(([reason, codes]) =>
    codes.map((code): [string, string] => [lettersOf(code), reason]),
  ),
]);

/** The canonical reason of a code that is known, "" for every other text. */
export function reasonOfCode(code: string): string {
  return BY_LETTERS.get(lettersOf(code)) ?? "";
}

function lettersOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "");
}
