// One entry of the catalogue, and the commands that many entries share. DOMAIN and MX_HOST stand for the
// names of the reader; a step that begins with "$ " is a command.

import type { Explanation } from "./explanation.ts";

export interface Entry extends Omit<Explanation, "known"> {
  /** What becomes of the mail, where policy type and mode alone would say it wrongly. */
  mail?: string;
  /** What to say instead where the policy is one of DANE. */
  underDane?: Partial<Omit<Explanation, "known" | "title">>;
}

export const READ_REASON =
  "Read the reason that the sender gives, if any: it says more than the result type.";
export const ASK_SENDER =
  "Ask the sending organisation for its log lines; the contact address stands in the report.";

/** What the MX says and shows, as a sender sees it. */
export const SHOW_CHAIN =
  "$ openssl s_client -starttls smtp -connect MX_HOST:25 -servername MX_HOST -verify_hostname " +
  "MX_HOST -verify_return_error -showcerts </dev/null";
export const SHOW_CERTIFICATE =
  "$ openssl s_client -starttls smtp -connect MX_HOST:25 -servername MX_HOST </dev/null " +
  "2>/dev/null | openssl x509 -noout -dates -issuer -ext subjectAltName";
export const SHOW_SESSION =
  "$ openssl s_client -starttls smtp -connect MX_HOST:25 -servername MX_HOST -brief </dev/null";

/** The digest that a TLSA record 3 1 1 of the key in use has. */
export const SHOW_KEY_DIGEST =
  "$ openssl s_client -starttls smtp -connect MX_HOST:25 -servername MX_HOST </dev/null " +
  "2>/dev/null | openssl x509 -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst " +
  "-sha256";
export const SHOW_TLSA = "$ dig +dnssec TLSA _25._tcp.MX_HOST";
export const CHECK_DNSSEC = "$ delv _25._tcp.MX_HOST TLSA";
export const CHECK_DANE = "$ posttls-finger -c -l dane-only -L summary DOMAIN";

export const SHOW_POLICY = "$ curl -v https://mta-sts.DOMAIN/.well-known/mta-sts.txt";
export const SHOW_RECORD = "$ dig +short TXT _mta-sts.DOMAIN";
export const SHOW_MX = "$ dig +short MX DOMAIN";

/** Every entry ends with this, since reports come a day late. */
export const WAIT_FOR_REPORTS =
  "The reports for the second full day from now have no such failures any more.";
