// Makes report mails and files with made-up names: as many distinct ones as a test wants.

import { gzipSync } from "node:zlib";

export interface ReportShape {
  /** Distinguishes reports: part of report-id. */
  number: number;
  organization?: string;
  domain?: string;
  /** UTC date, YYYY-MM-DD. */
  day?: string;
  successful?: number;
  failures?: number;
}

/** One day's report of an sts policy with `failures` failure details of one session each. */
export function reportJson(shape: ReportShape): string {
  const {
    number,
    organization = "Sender One",
    domain = "example.com",
    day = "2026-11-01",
    successful = 10,
    failures = 1,
  } = shape;
  const details = Array.from({ length: failures }, (_, i) => failureDetail(domain, number + i));
  return JSON.stringify({
    "organization-name": organization,
    "date-range": { "start-datetime": `${day}T00:00:00Z`, "end-datetime": `${day}T23:59:59Z` },
    "contact-info": "tls-reports@sender.example",
    "report-id": `${day}T00:00:00Z_${domain}_${number}`,
    policies: [
      {
        policy: {
          "policy-type": "sts",
          "policy-string": ["version: STSv1", "mode: testing", `mx: *.${domain}`, "max_age: 86400"],
          "policy-domain": domain,
          "mx-host": [`*.${domain}`],
        },
        summary: {
          "total-successful-session-count": successful,
          "total-failure-session-count": failures,
        },
        ...(failures > 0 ? { "failure-details": details } : {}),
      },
    ],
  });
}

/** As varied as real ones are, so that they do not compress better than those. */
function failureDetail(domain: string, seed: number): Record<string, unknown> {
  const spread = (seed * 2_654_435_761) % 4_294_967_296;
  const [a, b] = [spread >>> 24, (spread >>> 8) & 0xffff];
  const kind = FAILURE_KINDS[seed % FAILURE_KINDS.length] ?? FAILURE_KINDS[0];
  return {
    "result-type": kind?.[0],
    "sending-mta-ip":
      seed % 3 === 0 ? `2001:db8:${b.toString(16)}::${a.toString(16)}` : `198.51.100.${a}`,
    "receiving-mx-hostname": `mx${(seed % 3) + 1}.${domain}`,
    "receiving-ip": `203.0.113.${b % 250}`,
    "failed-session-count": 1,
    ...(kind?.[1] === undefined ? {} : { "failure-reason-code": kind[1] }),
  };
}

const FAILURE_KINDS = [
  ["certificate-expired"],
  ["starttls-not-supported"],
  ["validation-failure", "MX_HOSTS_MISMATCH"],
  ["certificate-not-trusted", "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
  ["certificate-host-mismatch"],
] as const;

/** The same report as a mail of RFC 8460 section 5.3, gzip in base64. */
export function reportMail(shape: ReportShape): Buffer {
  const domain = shape.domain ?? "example.com";
  const body = gzipSync(reportJson(shape)).toString("base64").replace(/.{76}/g, "$&\r\n");
  const name = `sender.example!${domain}!1793491200!1793577599!${shape.number}.json.gz`;
  const lines = [
    "From: tls-reports@sender.example",
    `To: tlsrpt@${domain}`,
    `Subject: Report Domain: ${domain} Submitter: sender.example Report-ID: <${shape.number}@sender.example>`,
    "Date: Mon, 02 Nov 2026 01:00:00 +0000",
    `Message-ID: <${shape.number}.${domain}@sender.example>`,
    `TLS-Report-Domain: ${domain}`,
    "TLS-Report-Submitter: sender.example",
    "MIME-Version: 1.0",
    'Content-Type: multipart/report; report-type="tlsrpt"; boundary="=_b"',
    "",
    "--=_b",
    "Content-Type: text/plain; charset=utf-8",
    "",
    `This is an aggregate TLS report from sender.example about ${domain}.`,
    "--=_b",
    "Content-Type: application/tlsrpt+gzip",
    "Content-Transfer-Encoding: base64",
    `Content-Disposition: attachment; filename="${name}"`,
    "",
    body,
    "--=_b--",
    "",
  ];
  return Buffer.from(lines.join("\r\n"));
}
