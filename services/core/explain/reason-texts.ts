// What senders write in sentences: the words that tell which failure it was. Error texts of OpenSSL, Go,
// rustls and curl are meant, which many senders pass on as they are.

import { alertReason } from "./alerts.ts";

/** Words in a text in lower case, and the reason that they tell; the first that fits counts. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/\bmx\b.{0,60}\b(?:does not match|not (?:listed|authorized|allowed))\b/, "mx-not-in-policy"],
  [/\bmx hosts? of .{0,80} failed mta-sts\b/, "mx-not-in-policy"],
  [/\b[45]\.4\.8\b/, "mx-not-in-policy"],
  [
    /\b[45]\.7\.321\b|\bstarttls\b.{0,30}\bnot (?:offered|advertised|supported)/,
    "starttls-not-supported",
  ],
  [
    /\b[45]\.7\.322\b|\bcertificate (?:has )?expired\b|certificate: expired\b/,
    "certificate-expired",
  ],
  [/\b[45]\.7\.323\b/, "tlsa-invalid"],
  [/\b[45]\.7\.324\b/, "dnssec-invalid"],
  [
    /\b[45]\.7\.325\b|host ?name mismatch|subject does not match|not ?valid ?for ?(?:the )?name\b/,
    "certificate-host-mismatch",
  ],
  [
    /\bcertificate is valid for\b.{0,200}\bnot\b|doesn't contain any ip sans/,
    "certificate-host-mismatch",
  ],
  [/\bcertificate is not yet valid\b|not ?valid ?yet\b/, "certificate-not-yet-valid"],
  [/\bself[- ]signed certificate in (?:the )?certificate chain\b/, "private-authority"],
  [/\bself[- ]signed\b/, "self-signed"],
  [
    /unable to (?:get (?:local )?issuer certificate|verify the first certificate)/,
    "certificate-chain-incomplete",
  ],
  [/\bunknown ?(?:authority|issuer)\b|\buntrusted (?:issuer|root)\b/, "unknown-authority"],
  [/\b(?:certificate|cert) (?:was |is |has been )?revoked\b/, "certificate-revoked"],
  [/\b(?:key|md|digest|signature) (?:is )?too (?:small|weak|short)\b/, "weak-key"],
  [/\bno shared cipher\b|\bno cipher suites? in common\b/, "no-shared-cipher"],
  [/\bunsupported protocol\b|\bprotocol version not supported\b/, "protocol-version"],
  [/\bwrong version number\b|does not look like a tls handshake/, "not-tls"],
  [
    /\b454\b.{0,40}\btls\b|\btls (?:is )?(?:currently |temporarily )?(?:not |un)available\b/,
    "starttls-refused",
  ],
  [/\bno matching (?:certificates?|tlsa)\b|\bno tlsa records? match/, "tlsa-no-match"],
  [/\bno (?:dnssec[- ]\w+ )?tlsa\b/, "tlsa-missing"],
  [/\bbogus\b|\bdnssec validation (?:failed|failure)\b/, "dnssec-bogus"],
  [/\bcontent[- ]type\b/, "http-content-type"],
  [/\bredirect/, "http-redirect"],
  [/\b(?:policy|body|response) (?:is )?too (?:large|big|long)\b/, "policy-too-large"],
  [
    /\bno such host\b|\bcould not resolve\b|\bname or service not known\b|\bnxdomain\b/,
    "host-not-found",
  ],
  [/\bconnection refused\b/, "connection-refused"],
  [/\btime(?:d )?[- ]?out\b|\bdeadline exceeded\b/, "timeout"],
  [
    /\bconnection (?:was )?(?:closed|reset)\b|\breset by peer\b|\bunexpected eof\b/,
    "connection-closed",
  ],
];

const HTTP_STATUS =
  /\b(?:https?|status|response)(?:[- ](?:https?|server|status|response|error|code|returned)){0,4}[-:= ]{1,3}([1-5]\d\d)(?![\w.])/;

/** RFC 8914 section 4, as mox writes it. */
const DNS_ERROR = /^(?:dns-extended|dnssec)-error-(\d{1,5})(?!\d)/;

/** The canonical reason that a text in lower case tells of, "" where none is recognised. */
export function reasonOfText(text: string): string {
  const alert = alertReason(text);
  if (alert !== "") return alert;
  const status = HTTP_STATUS.exec(text)?.[1];
  if (status !== undefined)
    return status.startsWith("3") ? "http-redirect" : `http-status-${status}`;
  const dns = DNS_ERROR.exec(text)?.[1];
  if (dns !== undefined) return `dnssec-error-${Number(dns)}`;
  return SIGNS.find(([words]) => words.test(text))?.[1] ?? "";
}
