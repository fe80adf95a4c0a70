// Builds mails of odd shapes out of parts, and messages as a receiver would hand them on.

import type { Arrival, Raw } from "../../services/core/raw.ts";

/** A part or a mail: header lines, an empty line, a body of any bytes. */
export function entity(headers: string[], body: string | Buffer): Buffer {
  const head = [...headers, "", ""].join("\r\n");
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

/** A multipart body out of parts, with its Content-Type line among `headers`. */
export function multipart(
  subtype: string,
  parts: Buffer[],
  headers: string[] = [],
  boundary = "=_b",
): Buffer {
  const pieces = parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n`), part, CRLF]);
  const body = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
  return entity([...headers, `Content-Type: multipart/${subtype}; boundary="${boundary}"`], body);
}

const CRLF = Buffer.from("\r\n");

/** The header fields of RFC 8460 section 5.3 besides the type. */
export const REPORT_HEADERS = [
  "From: tls-reports@sender.example",
  "Subject: Report Domain: example.com Submitter: sender.example Report-ID: <1@sender.example>",
  "Message-ID: <1@sender.example>",
  "TLS-Report-Domain: example.com",
  "TLS-Report-Submitter: sender.example",
  "MIME-Version: 1.0",
];

/** The subtype of RFC 8460 section 5.3 with its parameter. */
export const REPORT_SUBTYPE = "report; report-type=tlsrpt";

export const PROSE = entity(["Content-Type: text/plain"], "This is an aggregate TLS report.");

export const FILE_NAME = "sender.example!example.com!1793491200!1793577599.json.gz";

/** A part with bytes in base64. */
export function attachment(bytes: Buffer | string, headers: string[]): Buffer {
  const body = Buffer.from(bytes).toString("base64").replace(/.{76}/g, "$&\r\n");
  return entity([...headers, "Content-Transfer-Encoding: base64"], body);
}

/** The part of RFC 8460 section 5.3 that is the report. */
export function gzipPart(bytes: Buffer): Buffer {
  return attachment(bytes, [
    "Content-Type: application/tlsrpt+gzip",
    `Content-Disposition: attachment; filename="${FILE_NAME}"`,
  ]);
}

/** A received message. */
export function received(bytes: Uint8Array | string, arrival: Partial<Arrival> = {}): Raw {
  return {
    bytes: typeof bytes === "string" ? Buffer.from(bytes) : bytes,
    arrival: {
      receipt: "01K9ZZZZZZZZZZZZZZZZZZZZZZ",
      receivedAtMs: Date.UTC(2026, 10, 2, 3),
      channel: "import",
      peer: "",
      helo: "",
      tls: "",
      mailFrom: "",
      rcptTo: [],
      contentType: "",
      fileName: "",
      key: "",
      reprocess: false,
      ...arrival,
    },
  };
}
