// What can be wrong with the certificate that an MX shows.

import { RESULT_TYPES } from "../tlsrpt/result-types.ts";
import {
  ASK_SENDER,
  CHECK_DANE,
  type Entry,
  SHOW_CERTIFICATE,
  SHOW_CHAIN,
  SHOW_KEY_DIGEST,
  SHOW_MX,
  SHOW_TLSA,
  WAIT_FOR_REPORTS,
} from "./entry.ts";

const REFERENCE = "RFC 8460 section 4.3.1";

/** Where the records name the key itself, neither date nor name nor authority matters. */
const PREFER_KEY =
  "Simplest is a TLSA record 3 1 1, which names the key itself: then dates, names and " +
  "authorities of the certificate do not matter.";

export const CERTIFICATE_TYPES = {
  "certificate-host-mismatch": {
    title: RESULT_TYPES["certificate-host-mismatch"].title,
    meaning: "The certificate of the MX does not have the name that stands in the MX record.",
    causes: [
      "The certificate is for the domain or the web site, not for the MX host.",
      "The MX record names an alias that the certificate does not have.",
      "The name stands in the common name alone; senders read the alternative names (SAN) only.",
      "Of several certificates the mail server shows the wrong one.",
      "From one network only: somebody else answers in the place of the MX.",
    ],
    actor: "mx-operator",
    fix: [
      "Look at the names in the certificate and compare them with the MX record.",
      SHOW_CERTIFICATE,
      SHOW_MX,
      "Get a certificate that has the MX host among its names, or point the MX record to a name " +
        "it has.",
      "Load it into the mail server, for every address of the MX.",
    ],
    verify: [SHOW_CHAIN, WAIT_FOR_REPORTS],
    reference: `${REFERENCE}; RFC 8461 section 4.2`,
    underDane: {
      causes: [
        "The TLSA records have usage 2 (an authority), which needs the right name in the " +
          "certificate.",
        "The sender checks names although usage 3 does not ask for it.",
      ],
      fix: ["Look which usage the TLSA records have.", SHOW_TLSA, SHOW_CERTIFICATE, PREFER_KEY],
      verify: [CHECK_DANE, WAIT_FOR_REPORTS],
      reference: `${REFERENCE}; RFC 7671 section 5.2`,
    },
  },
  "certificate-expired": {
    title: RESULT_TYPES["certificate-expired"].title,
    meaning: "The certificate of the MX was past its end date when the sender connected.",
    causes: [
      "It was renewed, and the mail server still has the old one in memory: the commonest cause, " +
        "with Let's Encrypt above all.",
      "The renewal fails, and nobody saw it.",
      "One of several machines or addresses of the MX was left out.",
      "An intermediate certificate in the file has expired, not the certificate itself.",
    ],
    actor: "mx-operator",
    fix: [
      "Look at the dates of the certificate that the MX shows, and of the file on its disk.",
      SHOW_CERTIFICATE,
      "If the file is newer, reload the mail server; do so after every renewal (certbot: " +
        "--deploy-hook).",
      "If not, renew it and see why the renewal failed.",
    ],
    verify: [SHOW_CERTIFICATE, WAIT_FOR_REPORTS],
    reference: REFERENCE,
    underDane: {
      causes: [
        "The TLSA records have usage 2 (an authority), for which dates count.",
        "The sender checks dates although usage 3 tells it not to.",
      ],
      fix: [
        "Renew the certificate with the same key, so that the TLSA records stay right, and reload.",
        SHOW_CERTIFICATE,
        SHOW_TLSA,
        PREFER_KEY,
      ],
      verify: [CHECK_DANE, WAIT_FOR_REPORTS],
      reference: `${REFERENCE}; RFC 7671 section 5.1`,
    },
  },
  "certificate-not-trusted": {
    title: RESULT_TYPES["certificate-not-trusted"].title,
    meaning:
      "The sender could not follow the certificate of the MX to an authority that it trusts.",
    causes: [
      "The mail server does not send the intermediate certificate: the commonest cause.",
      "The certificate is self-signed or from an authority of your own.",
      "The authority is not, or no longer, in the sender's list.",
      "From one network only: somebody else answers in the place of the MX.",
    ],
    actor: "mx-operator",
    fix: [
      "Look at what the MX sends; the chain must go up to, but need not hold, the root.",
      SHOW_CHAIN,
      "Give the mail server the file with the whole chain (certbot: fullchain.pem), and reload it.",
      "If the certificate is self-signed, get one of a public authority.",
    ],
    verify: [SHOW_CHAIN, WAIT_FOR_REPORTS],
    reference: REFERENCE,
    underDane: {
      causes: [
        "The TLSA records have usage 2 (an authority) and the MX does not send its certificate.",
        "The records have usage 0 or 1, which mail does not use.",
        "No TLSA record fits the key, and the sender reports it in this way.",
      ],
      fix: ["Compare records and chain.", SHOW_TLSA, SHOW_CHAIN, SHOW_KEY_DIGEST, PREFER_KEY],
      verify: [CHECK_DANE, WAIT_FOR_REPORTS],
      reference: `${REFERENCE}; RFC 7671 section 5.2`,
    },
  },
} as const satisfies Record<string, Entry>;

const untrusted = CERTIFICATE_TYPES["certificate-not-trusted"];

/** What DANE does not change. */
const { underDane: _, ...unusable } = untrusted;

/** Certificates that fail in a way that the result type does not say. */
export const CERTIFICATE_REASONS = {
  "certificate-chain-incomplete": {
    ...untrusted,
    title: "Intermediate certificate missing",
    meaning: "The MX did not send all certificates between its own and the authority's root.",
    causes: [
      "The mail server was given the certificate alone, without the intermediate: the commonest " +
        "cause.",
      "After a renewal the authority signs with another intermediate, and the old one is still " +
        "sent.",
      "The authority is one of your own, which senders cannot know.",
    ],
  },
  "unknown-authority": {
    ...untrusted,
    title: "Authority not known to the sender",
    causes: [
      "The mail server does not send the intermediate certificate: the commonest cause.",
      "The certificate is from an authority of your own, or from one that was dropped from the " +
        "lists.",
      "The sender's list of authorities is old.",
      "From one network only: somebody else answers in the place of the MX.",
    ],
  },
  "self-signed": {
    ...untrusted,
    title: "Self-signed certificate",
    meaning:
      "The MX shows a certificate that it signed itself, so it proves nothing to the sender.",
    causes: [
      "The mail server still has the certificate that its installation made.",
      "Of several machines or addresses of the MX one was left out.",
      "From one network only: somebody else answers in the place of the MX.",
    ],
    fix: [
      "Look at what the MX shows, at each of its addresses.",
      SHOW_CHAIN,
      "Get a certificate of a public authority for the MX host, load it with its chain, and " +
        "reload.",
    ],
  },
  "private-authority": {
    ...untrusted,
    title: "Certificate of an authority of your own",
    meaning: "The chain ends at a root certificate that senders do not have in their list.",
    causes: [
      "The MX has a certificate of an in-house authority.",
      "A device that inspects TLS puts its own certificate in the place of the MX's.",
    ],
    fix: [
      "Look who issued the certificates.",
      SHOW_CHAIN,
      "Use a certificate of a public authority on port 25. TLSA records help with senders that " +
        "check DANE alone; under MTA-STS the others go on asking for a public authority.",
    ],
  },
  "certificate-chain-broken": {
    ...untrusted,
    title: "Certificate chain not valid",
    meaning: "The certificates that the MX sends do not follow from each other as they must.",
    causes: [
      "The file holds the wrong intermediate, or the certificates in the wrong order.",
      "A certificate that may not sign others stands in the place of an authority.",
    ],
    fix: [
      "Look at the chain: each certificate must be issued by the next one.",
      SHOW_CHAIN,
      "Put the file together anew: certificate of the MX first, then the intermediates.",
    ],
  },
  "certificate-revoked": {
    ...unusable,
    title: "Certificate revoked",
    meaning: "The authority has withdrawn the certificate of the MX before its end date.",
    causes: [
      "The authority had to revoke it, as after a mistake of its own, and told you by mail.",
      "Somebody of your organisation had it revoked.",
    ],
    fix: ["Get a new certificate with a new key, load it, and reload.", SHOW_CERTIFICATE],
  },
  "certificate-not-yet-valid": {
    ...CERTIFICATE_TYPES["certificate-expired"],
    title: "Certificate not valid yet",
    meaning: "The certificate of the MX begins later than the sender's clock said.",
    causes: ["It was loaded before its first day.", "The sender's clock is wrong."],
    fix: ["Look at the dates of the certificate.", SHOW_CERTIFICATE, ASK_SENDER],
  },
  "weak-key": {
    ...unusable,
    title: "Key or signature too weak",
    meaning:
      "The key is too short, or the certificate is signed by a method that is no longer safe.",
    causes: ["An RSA key of less than 2048 bits.", "A signature with SHA-1 or MD5."],
    fix: [
      "Get a certificate with an RSA key of 2048 bits or an ECDSA key, signed with SHA-256.",
      SHOW_CHAIN,
    ],
  },
  "name-constraint": {
    ...untrusted,
    title: "Authority may not certify this name",
    meaning: "An authority in the chain is limited to other names than that of the MX.",
    causes: ["An in-house authority with name constraints.", "The wrong intermediate is sent."],
  },
  "wrong-key-usage": {
    ...unusable,
    title: "Certificate is for another use",
    meaning: "The certificate may not be used by a TLS server.",
    causes: ["It was made for clients, for signing mail or for code."],
    fix: ["Get a certificate for TLS servers, load it, and reload.", SHOW_CHAIN],
  },
  "sender-without-roots": {
    ...unusable,
    title: "Sender has no list of authorities",
    meaning: "The sender's system has no certificates of authorities, so it can trust nobody.",
    causes: ["The package of root certificates is missing at the sender."],
    actor: "sender",
    fix: ["There is nothing to mend at your side.", ASK_SENDER],
    verify: [WAIT_FOR_REPORTS],
  },
} as const satisfies Record<string, Entry>;
