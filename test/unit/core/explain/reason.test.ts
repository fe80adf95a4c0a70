// failure-reason-code in its normal form: what senders write, and what it is grouped by.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BOUNDS } from "../../../../services/core/bounds.ts";
import { normalizeReason } from "../../../../services/core/explain/reason.ts";
import { REASONS } from "../../../../services/core/explain/reason-codes.ts";

const words = (texts: Record<string, string>) => {
  for (const [text, reason] of Object.entries(texts)) {
    it(text, () => expect(normalizeReason(text)).toBe(reason));
  }
};

describe("codes", () =>
  words({
    MX_HOSTS_MISMATCH: "mx-not-in-policy",
    "mtasts-policy-mx-mismatch": "mx-not-in-policy",
    "MX not authorized by policy.": "mx-not-in-policy",
    VALIDATION_FAILURE: "validation-failure",
    CERTIFICATE_EXPIRED: "certificate-expired",
    X509_V_ERR_CERT_HAS_EXPIRED: "certificate-expired",
    X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED: "certificate-chain-broken",
    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate-chain-incomplete",
    X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: "self-signed",
    "no-system-roots": "sender-without-roots",
    "all-unusable-records+ignored": "tlsa-unusable",
    "tls-remote-alert-70-protocol-version-not-supported": "handshake-alert-70",
    "tls-remote-alert-40-handshake-failure": "handshake-alert-40",
    "tls-local-alert-42-bad-certificate": "handshake-alert-42-by-sender",
    "tls-remote-alert-321": "handshake-alert-321",
    "tls-remote-error": "handshake-failure",
    "tls-record-header-error": "not-tls",
    "io-timeout-during-handshake": "timeout",
    "connection-closed-during-handshake": "connection-closed",
    "dns-extended-error-7-Signature-Expired": "dnssec-error-7",
    "no-mta-sts-dns-txt-record": "sts-record-missing",
    "no-policy-served": "policy-not-served",
    "policy-syntax-error": "policy-syntax",
    "STARTTLS was not advertised by host": "starttls-not-supported",
    "No matching certificates found.": "tlsa-no-match",
    "No TLSA DNSSEC records found.": "tlsa-missing",
    "MTA-STS is required and no policy was found.": "sts-policy-required",
  }));

describe("sentences", () =>
  words({
    "bad https response code: 404": "http-status-404",
    "HTTP status 503 while status 200 is required": "http-status-503",
    "http status: 302": "http-redirect",
    'Get "https://mta-sts.example.com/.well-known/mta-sts.txt": redirect not allowed':
      "http-redirect",
    'Get "https://mta-sts.example.com/": dial tcp: lookup mta-sts.example.com: no such host':
      "host-not-found",
    "connect to 192.0.2.7:443: Connection refused": "connection-refused",
    "unable to get local issuer certificate": "certificate-chain-incomplete",
    "unable to verify the first certificate (num=21)": "certificate-chain-incomplete",
    "self-signed certificate": "self-signed",
    "self signed certificate in certificate chain": "private-authority",
    "x509: certificate signed by unknown authority": "unknown-authority",
    "x509: certificate is valid for www.example.com, not mx1.example.com":
      "certificate-host-mismatch",
    "invalid peer certificate: UnknownIssuer": "unknown-authority",
    "invalid peer certificate: Expired": "certificate-expired",
    "4.7.5 [internal] SSL certificate subject does not match host": "certificate-host-mismatch",
    "450 4.7.323 tlsa-invalid: The domain failed DANE validation": "tlsa-invalid",
    "received fatal alert: HandshakeFailure": "handshake-alert-40",
    "error:0A000410:SSL routines::sslv3 alert handshake failure": "handshake-alert-40",
    "error:1409442E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version":
      "handshake-alert-70",
    "SSL alert number 80": "handshake-alert-80",
    "error:0A000102:SSL routines::unsupported protocol": "protocol-version",
    "error:0A00010B:SSL routines::wrong version number": "not-tls",
    "Code: 454, Enhanced code: 4.7.0, Message: TLS not available due to temporary reason":
      "starttls-refused",
    "read tcp 192.0.2.1:4410->198.51.100.2:25: i/o timeout": "timeout",
    "unexpected EOF": "connection-closed",
  }));

describe("unknown words are kept without what differs", () =>
  words({
    "Strange   thing at\tmx1.example.com [192.0.2.9]:25": "strange thing at <name> [<address>]:#",
    "peer 2001:db8::1 said no at 2024-05-01T10:00:00Z": "peer <address> said no at <time>",
    'Policy "v1 of May" for <post@example.net> unread': "policy <text> for <mail> unread",
    "See https://example.org/a?b=1 (id 4f3c9a7be01d22aa)": "see <url> (id <hex>)",
    "took 3.5s of 12": "took # of #",
    "odd TLSv1 thing in x509": "odd tlsv1 thing in x509",
    "Ende der Verbindung!": "ende der verbindung",
    ошибка: "ошибка",
    "...": ".",
    "": "",
    "  \n": "",
  }));

describe("of any text", () => {
  const pieces = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom(
      ...["alert ", "number 70", '"', "'", " ", "::", "ab:cd", "1.2.3.4", "https://a.b/", "@x.org"],
      ...[
        "http status ",
        "404",
        "12:30",
        "deadbeef",
        "-by-sender",
        "mx ",
        "not listed",
        "<name>",
        "#",
      ],
      ...["self", "-signed", "no ", "tlsa", "May 3", "2024-01-02", "a.example", "İ", "…", "."],
    ),
  );
  const text = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(""));

  it("the answer to an answer is the answer", () =>
    fc.assert(
      fc.property(text, (code) => {
        const reason = normalizeReason(code);
        expect(normalizeReason(reason)).toBe(reason);
      }),
      { numRuns: 2_000 },
    ));

  it("something stays something, is short, and well-formed", () =>
    fc.assert(
      fc.property(text, (code) => {
        const reason = normalizeReason(code);
        if (code.slice(0, BOUNDS.reasonReadCharsMax).trim() !== "") expect(reason).not.toBe("");
        expect(reason.length).toBeLessThanOrEqual(BOUNDS.reasonCharsMax);
        expect(reason.isWellFormed()).toBe(true);
      }),
      { numRuns: 2_000 },
    ));

  it("case and white space make no difference", () =>
    fc.assert(
      fc.property(fc.constantFrom(...REASONS), (reason) => {
        expect(normalizeReason(` ${reason.toUpperCase().replaceAll("-", "_")} `)).toBe(reason);
      }),
    ));

  it("the longest text that is hard to read takes no time to speak of", () => {
    const hard = ["a.", "a-", ":", "'", '"', "1.", "ab", "0:", "@", "jan 1 ", "mx ", "alert "];
    const start = performance.now();
    for (const one of hard) normalizeReason(one.repeat(100_000));
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
