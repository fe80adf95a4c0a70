// What can go wrong with MTA-STS: the record in DNS, the policy file on the web, and what the file says.

import { RESULT_TYPES } from "../tlsrpt/result-types.ts";
import {
  ASK_SENDER,
  type Entry,
  SHOW_MX,
  SHOW_POLICY,
  SHOW_RECORD,
  WAIT_FOR_REPORTS,
} from "./entry.ts";

const REFERENCE = "RFC 8460 section 4.3.2.2";

/** A policy that cannot be had stops no mail (RFC 8461 sections 3.3 and 5.1). */
export const OLD_COPIES =
  "Senders that hold an older copy of the policy go on using it until its max_age ends. All " +
  "others deliver as if there was no policy: no mail is held back, and nothing protects it.";

const CHANGE_ID =
  "Then give the record _mta-sts.DOMAIN a new id, so that senders fetch the file anew.";

const SHOW_WEB_CERTIFICATE =
  "$ openssl s_client -connect mta-sts.DOMAIN:443 -servername mta-sts.DOMAIN -verify_hostname " +
  "mta-sts.DOMAIN -verify_return_error </dev/null";

const FILE_IS_READ = [SHOW_POLICY, WAIT_FOR_REPORTS] as const;

export const STS_TYPES = {
  "sts-policy-fetch-error": {
    title: RESULT_TYPES["sts-policy-fetch-error"].title,
    meaning:
      "The record _mta-sts.DOMAIN announces a policy, and the sender could not fetch its file " +
      "from the host mta-sts.DOMAIN. This is about the web server, so the report names no MX.",
    causes: [
      "The host mta-sts.DOMAIN has no address, or its web server is down or blocks the sender.",
      "The answer is not 200: the file is not there (404), or there is a redirect, which senders " +
        "must not follow.",
      "The certificate of the web host expired or has another name.",
      "The file is not sent as text/plain, is too large, or comes too slowly.",
      "A single one may be a passing fault; from one network only, somebody keeps the policy away.",
    ],
    actor: "policy-operator",
    fix: [
      "Fetch the file from outside your own network: status 200, no redirect, text/plain.",
      SHOW_POLICY,
      "$ dig +short mta-sts.DOMAIN A mta-sts.DOMAIN AAAA",
      "Exempt this path from bot protection, log-in pages and redirects.",
      "If MTA-STS is not wanted any more, publish a policy with mode none first, and take record " +
        "and file away only when all max_age that were ever served have passed.",
    ],
    verify: FILE_IS_READ,
    reference: `${REFERENCE}; RFC 8461 section 3.3`,
    mail: OLD_COPIES,
  },
  "sts-policy-invalid": {
    title: RESULT_TYPES["sts-policy-invalid"].title,
    meaning: "The sender fetched the policy file and could not use what stands in it.",
    causes: [
      "A line is missing: version, mode, max_age, and at least one mx are needed.",
      "All stands on one line, or a key is misspelt; each pair has a line of its own.",
      "An mx is not a host name or a name behind *. such as *.mail.example.com.",
      "The web server sends a page (HTML) with status 200 in the place of the file.",
      "max_age is not a number, or is above 31557600 seconds.",
    ],
    actor: "policy-operator",
    fix: [
      "Read what the web server really sends.",
      SHOW_POLICY,
      "Correct the file: version: STSv1, mode: testing or enforce, an mx: line for each host, " +
        "max_age: 604800.",
      CHANGE_ID,
    ],
    verify: FILE_IS_READ,
    reference: `${REFERENCE}; RFC 8461 section 3.2`,
    mail: OLD_COPIES,
  },
  "sts-webpki-invalid": {
    title: RESULT_TYPES["sts-webpki-invalid"].title,
    meaning:
      "The certificate of the web host mta-sts.DOMAIN did not hold, so the sender did not take " +
      "the policy from it. This is not about the certificate of the MX.",
    causes: [
      "It expired, because its renewal does not cover this host.",
      "It does not have the name mta-sts.DOMAIN, as when the host points to a provider that was " +
        "not told of it.",
      "The web server does not send the intermediate certificate.",
      "From one network only: somebody else answers in the place of the web host.",
    ],
    actor: "policy-operator",
    fix: [
      "Look at the certificate of the web host.",
      SHOW_WEB_CERTIFICATE,
      "Get one of a public authority for mta-sts.DOMAIN, load it with its chain, and reload.",
    ],
    verify: [SHOW_WEB_CERTIFICATE, ...FILE_IS_READ],
    reference: `${REFERENCE}; RFC 8461 section 3.3`,
    mail: OLD_COPIES,
  },
} as const satisfies Record<string, Entry>;

const fetch = STS_TYPES["sts-policy-fetch-error"];
const invalid = STS_TYPES["sts-policy-invalid"];

const POLICY_NOT_IN_DNS: Entry = {
  ...fetch,
  title: "Policy: DNS did not answer",
  meaning:
    "The sender could not look up the record _mta-sts.DOMAIN, or the host mta-sts.DOMAIN, or the " +
    "answer did not hold against DNSSEC.",
  causes: [
    "The name servers were down, too slow, or answered with an error (SERVFAIL).",
    "The DNSSEC signatures of the zone have expired, or do not fit the DS record.",
    "The sender's resolver had a fault; then it passes.",
  ],
  fix: [
    "Ask both questions through a resolver that validates.",
    "$ delv _mta-sts.DOMAIN TXT",
    "$ delv mta-sts.DOMAIN A",
    "Have the zone signed anew, or the name servers mended.",
  ],
};

/** Reasons that concern the policy file and its record. */
export const STS_REASONS = {
  "http-status": {
    ...fetch,
    title: "Policy file: web server gives an error",
    meaning:
      "The web server of mta-sts.DOMAIN answered with another status than 200; the number in the " +
      "reason is the status. Senders take 200 only.",
    causes: [
      "404 or 410: the file is not at /.well-known/mta-sts.txt of the host mta-sts.DOMAIN.",
      "401, 403 or 429: bot protection, a log-in page or a limit keeps senders out.",
      "500 and above: the web server has a fault, or the proxy before it finds nobody behind.",
    ],
  },
  "http-redirect": {
    ...fetch,
    title: "Policy file: redirect",
    meaning: "The web server of mta-sts.DOMAIN sends senders elsewhere, and they must not follow.",
    causes: [
      "A rule sends every host to the main web site, or adds www or a slash.",
      "A log-in page or a page on cookies comes first.",
    ],
    fix: [
      "Serve the file at this address itself, with status 200.",
      SHOW_POLICY,
      "To have it elsewhere use a reverse proxy, or a CNAME with a certificate for mta-sts.DOMAIN.",
    ],
  },
  "http-content-type": {
    ...fetch,
    title: "Policy file: wrong content type",
    meaning: "The file is not sent as text/plain, so the sender did not take it for a policy.",
    causes: ["The web server does not know .txt, or sends an HTML page in its place."],
    fix: ["Send Content-Type: text/plain for this file.", SHOW_POLICY],
    reference: `${REFERENCE}; RFC 8461 section 3.2`,
  },
  "host-not-found": {
    ...fetch,
    title: "Policy file: web host not in DNS",
    meaning: "There is a record _mta-sts.DOMAIN, but the host mta-sts.DOMAIN has no address.",
    causes: [
      "The host was taken away and the record stayed.",
      "The host name was never made: the record alone does not give a policy.",
    ],
  },
  timeout: {
    ...fetch,
    title: "Policy file: no answer in time",
    meaning: "The web server of mta-sts.DOMAIN did not send the file in time, often a minute.",
    causes: [
      "A firewall drops the sender's packets.",
      "One of its addresses, often the IPv6 one, does not answer.",
      "The web server was overloaded.",
    ],
  },
  "connection-refused": {
    ...fetch,
    title: "Policy file: connection refused",
    meaning: "Nothing took the connection at port 443 of mta-sts.DOMAIN.",
    causes: [
      "The web server is down, or serves port 80 only; senders use https only.",
      "The address of the host is wrong.",
    ],
  },
  "connection-closed": {
    ...fetch,
    title: "Policy file: connection closed",
    meaning: "The web server of mta-sts.DOMAIN, or something on the way, closed the connection.",
    causes: [
      "The web server has no site for this host name and hangs up.",
      "A firewall or bot protection cuts the sender off.",
    ],
  },
  "dns-lookup-failed": POLICY_NOT_IN_DNS,
  "dnssec-bogus": POLICY_NOT_IN_DNS,
  "dnssec-error": POLICY_NOT_IN_DNS,
  "policy-not-served": {
    ...fetch,
    title: "Policy file not there",
    meaning: "There is a record _mta-sts.DOMAIN, but no file at the place where it must be.",
    causes: [
      "The web server answers 404: the file lies elsewhere, or on the main web site.",
      "The host mta-sts.DOMAIN does not exist.",
    ],
  },
  "policy-fetch-failed": fetch,
  "policy-syntax": invalid,
  "policy-too-large": {
    ...invalid,
    title: "Policy file too large",
    meaning: "The file is larger than the sender reads; 64 KB is the usual bound.",
    causes: ["A page (HTML) is sent in the place of the file.", "The list of mx is far too long."],
    reference: `${REFERENCE}; RFC 8461 section 3.3`,
  },
  "sts-record-missing": {
    ...invalid,
    title: "MTA-STS record not found",
    meaning: "The sender knows a policy of the domain, and the record _mta-sts.DOMAIN is gone.",
    causes: [
      "The record was deleted while senders hold copies of the policy.",
      "DNS gave no answer, or somebody on the way keeps the record away.",
    ],
    fix: [
      "Publish the record again.",
      SHOW_RECORD,
      "To leave MTA-STS, serve mode none with a new id until all older max_age have passed.",
    ],
    verify: [SHOW_RECORD, WAIT_FOR_REPORTS],
    reference: `${REFERENCE}; RFC 8461 section 8.3`,
  },
  "sts-record-repeated": {
    ...invalid,
    title: "More than one MTA-STS record",
    meaning: "There are several records at _mta-sts.DOMAIN; senders then act as if there was none.",
    causes: ["A new record was added and the old one stayed."],
    fix: ["Leave one.", SHOW_RECORD],
    verify: [SHOW_RECORD, WAIT_FOR_REPORTS],
    reference: `${REFERENCE}; RFC 8461 section 3.1`,
  },
  "sts-record-syntax": {
    ...invalid,
    title: "MTA-STS record not valid",
    meaning: "The record _mta-sts.DOMAIN does not have the form that senders can read.",
    causes: [
      "The id has other characters than letters and digits, or more than 32.",
      "The semicolon after v=STSv1 is missing.",
    ],
    fix: ["Write it as v=STSv1; id=20240501; with an id of your own.", SHOW_RECORD],
    verify: [SHOW_RECORD, WAIT_FOR_REPORTS],
    reference: `${REFERENCE}; RFC 8461 section 3.1`,
  },
} as const satisfies Record<string, Entry>;

/** Concerns the MX records and the policy together, and is told as a failure of the session. */
export const MX_NOT_IN_POLICY: Entry = {
  title: "MX not in the MTA-STS policy",
  meaning:
    "An MX record of the domain names a host that the sender's copy of the MTA-STS policy does " +
    "not allow.",
  causes: [
    "The MX records were changed and the policy was not: the commonest cause.",
    "The policy was changed and the id of its record was not, so senders keep their old copy.",
    "The pattern does not fit: *.example.com stands for one label, not for example.com nor " +
      "a.b.example.com.",
    "At Microsoft 365 the policy needs *.mail.protection.outlook.com, or your own host there. With " +
      "inbound DANE the host is another one, whose name ends in mx.microsoft: then the policy needs " +
      "that name too, as the MX record has it.",
    "From one network only: somebody forges the MX records of the domain.",
  ],
  actor: "policy-operator",
  fix: [
    "Compare every MX with the mx lines of the policy; Microsoft does not say which MX it was.",
    SHOW_MX,
    SHOW_POLICY,
    "Add what is missing to the file, or take the MX away if it is not yours.",
    CHANGE_ID,
    SHOW_RECORD,
  ],
  verify: [SHOW_POLICY, WAIT_FOR_REPORTS],
  reference: "RFC 8460 section 4.3.3; RFC 8461 sections 4.1 and 8.1",
};

/** A result type that the registry does not have, without a reason that is known. */
export const UNKNOWN: Entry = {
  title: "A failure in the sender's own words",
  meaning:
    "This result type is the sender's own word: RFC 8460 does not know it, and neither does this " +
    "catalogue. What it means the sender alone can say.",
  causes: [
    "The sender uses a name of its own, or misspells one.",
    "It is newer than this catalogue.",
  ],
  actor: "unknown",
  fix: [
    "Read the reason and the link that the sender gives, if any, in the report itself.",
    "Look at what fails most: whether each MX offers STARTTLS and shows a certificate that holds.",
    "$ openssl s_client -starttls smtp -connect MX_HOST:25 -servername MX_HOST -verify_hostname " +
      "MX_HOST -verify_return_error </dev/null",
    ASK_SENDER,
  ],
  verify: [WAIT_FOR_REPORTS],
  reference: "RFC 8460 section 4.3",
};
