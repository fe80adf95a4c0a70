// What can go wrong between a sender and an MX before or while TLS begins: STARTTLS, the handshake, the line.

import { RESULT_TYPES } from "../tlsrpt/result-types.ts";
import {
  ASK_SENDER,
  CHECK_DANE,
  type Entry,
  READ_REASON,
  SHOW_CHAIN,
  SHOW_POLICY,
  SHOW_RECORD,
  SHOW_SESSION,
  WAIT_FOR_REPORTS,
} from "./entry.ts";

const SESSION = "RFC 8460 section 4.3.1";
const GENERAL = "RFC 8460 section 4.3.3";

export const SESSION_TYPES = {
  "starttls-not-supported": {
    title: RESULT_TYPES["starttls-not-supported"].title,
    meaning: "The MX did not offer STARTTLS, the command that begins encryption, to this sender.",
    causes: [
      "STARTTLS is switched off at this MX, or was lost in an upgrade.",
      "The mail server could not read its certificate or key, and goes on without TLS.",
      "A firewall that inspects SMTP takes STARTTLS out of the answer, or overwrites it with XXXX.",
      "One address behind the name, often the IPv6 one, leads to another machine.",
      "From one network only, or once: somebody on the way removes STARTTLS to read mail.",
    ],
    actor: "mx-operator",
    fix: [
      "Ask every address of the MX, IPv4 and IPv6, whether it offers STARTTLS.",
      SHOW_SESSION,
      "Where it does not, look in the mail server's log for an error about certificate or key.",
      "Switch SMTP inspection off at the firewall (on Cisco devices: inspect esmtp).",
      "Where it is offered everywhere and one network alone reports this, tell that sender: it " +
        "may be interception.",
    ],
    verify: [SHOW_SESSION, WAIT_FOR_REPORTS],
    reference: `${SESSION}; on interception section 1`,
  },
  "validation-failure": {
    title: RESULT_TYPES["validation-failure"].title,
    meaning:
      "The sender says that a check failed, and not which one: this result type is for whatever " +
      "has none of its own.",
    causes: [
      "The MX is not among those of the MTA-STS policy: there is no result type for that.",
      "The certificate does not hold: expired, for another name, or without its intermediate.",
      "The handshake broke off: no common protocol version or cipher, or the line was cut.",
      "A single one may be a passing fault; if it comes from one network only, interception.",
    ],
    actor: "mx-operator",
    fix: [
      READ_REASON,
      "Look whether each MX stands in the policy, and whether its certificate holds.",
      SHOW_CHAIN,
      SHOW_POLICY,
      ASK_SENDER,
    ],
    verify: [SHOW_CHAIN, WAIT_FOR_REPORTS],
    reference: GENERAL,
    underDane: {
      fix: [
        READ_REASON,
        "Compare the TLSA records with the certificate of the MX.",
        CHECK_DANE,
        ASK_SENDER,
      ],
      verify: [CHECK_DANE, WAIT_FOR_REPORTS],
    },
  },
} as const satisfies Record<string, Entry>;

const LINE_CAUSES = [
  "The MX, or the proxy before it, was busy, restarted, or limits connections of one address.",
  "A firewall or a device that inspects TLS cuts what it does not know.",
  "Large packets get lost on the way (MTU); certificates with long chains show it first.",
  "From one network only: somebody on the way breaks TLS off, hoping for plain text.",
] as const;

const LINE_FIX = [
  "Look in the log of the MX at that time for the sender's address.",
  SHOW_SESSION,
  "Raise limits on connections, or exempt large senders; try from a network outside your own.",
] as const;

/** Reasons that make a general result type concrete. */
export const SESSION_REASONS = {
  "starttls-refused": {
    title: "STARTTLS offered, then refused",
    meaning:
      "The MX offered STARTTLS and answered 454 or another error when the sender asked for it.",
    causes: [
      "The mail server cannot read its certificate or key, as after a renewal with wrong rights.",
      "The part that does TLS is overloaded (in Postfix tlsmgr or tlsproxy).",
      "A limit on TLS handshakes for each client is too low.",
    ],
    actor: "mx-operator",
    fix: [
      "Look in the log of the MX for TLS errors, and at the rights of key and certificate files.",
      SHOW_SESSION,
    ],
    verify: [SHOW_SESSION, WAIT_FOR_REPORTS],
    reference: `${SESSION}; RFC 3207 section 4`,
  },
  "handshake-failure": {
    title: "TLS handshake failed",
    meaning: "The two sides began TLS and could not finish; the sender does not say at which step.",
    causes: [
      "No common protocol version or cipher.",
      "The certificate was not accepted.",
      "The line was cut, or a device in between inspects TLS.",
    ],
    actor: "mx-operator",
    fix: [
      "Look in the log of the MX at that time for the sender's address.",
      SHOW_CHAIN,
      ASK_SENDER,
    ],
    verify: [SHOW_SESSION, WAIT_FOR_REPORTS],
    reference: GENERAL,
  },
  "no-shared-cipher": {
    title: "No cipher in common",
    meaning: "Sender and MX have no encryption method in common, so TLS could not begin.",
    causes: [
      "The MX allows a short list of ciphers only.",
      "The MX has an ECDSA certificate alone and the sender can do RSA only, or the reverse.",
      "The sender's software is very old.",
    ],
    actor: "mx-operator",
    fix: [
      "Allow the default ciphers of your TLS library; offer an RSA certificate beside ECDSA.",
      "$ openssl s_client -starttls smtp -connect MX_HOST:25 -tls1_2 -cipher ECDHE+aRSA -brief " +
        "</dev/null",
    ],
    verify: [SHOW_SESSION, WAIT_FOR_REPORTS],
    reference: GENERAL,
  },
  "protocol-version": {
    title: "No TLS version in common",
    meaning: "Sender and MX do not speak a common version of TLS. Today that is 1.2 or 1.3.",
    causes: [
      "The MX speaks TLS 1.0 or 1.1 only, which senders no longer take.",
      "The MX allows TLS 1.3 only, or the sender is too old for 1.2.",
    ],
    actor: "mx-operator",
    fix: [
      "Offer TLS 1.2 and 1.3 at the MX.",
      "$ openssl s_client -starttls smtp -connect MX_HOST:25 -tls1_2 -brief </dev/null",
    ],
    verify: [SHOW_SESSION, WAIT_FOR_REPORTS],
    reference: `${GENERAL}; RFC 8461 section 7.2`,
  },
  "not-tls": {
    title: "Something that is not TLS answered",
    meaning: "After STARTTLS the sender got bytes that are no TLS: plain text, or an error page.",
    causes: [
      "A firewall or proxy between sees the SMTP session and answers in its own way.",
      "The mail server prints an error or a banner after it agreed to STARTTLS.",
    ],
    actor: "mx-operator",
    fix: ["Switch SMTP inspection off, and try each address of the MX.", SHOW_SESSION],
    verify: [SHOW_SESSION, WAIT_FOR_REPORTS],
    reference: GENERAL,
  },
  timeout: {
    title: "TLS handshake took too long",
    meaning: "The sender waited for an answer while TLS began, and gave up.",
    causes: LINE_CAUSES,
    actor: "network",
    fix: LINE_FIX,
    verify: [SHOW_SESSION, WAIT_FOR_REPORTS],
    reference: `${GENERAL} and 4.3.4`,
  },
  "connection-closed": {
    title: "Connection closed while TLS began",
    meaning: "The line was closed before TLS was ready. Neither side said why.",
    causes: LINE_CAUSES,
    actor: "network",
    fix: LINE_FIX,
    verify: [SHOW_SESSION, WAIT_FOR_REPORTS],
    reference: `${GENERAL} and 4.3.4`,
  },
  "connection-refused": {
    title: "MX refused the connection",
    meaning: "Nothing took the sender's connection at the address of the MX.",
    causes: [
      "The mail server was down or restarting.",
      "A firewall refuses this sender, or one of the addresses of the MX is wrong.",
    ],
    actor: "mx-operator",
    fix: ["Try port 25 at every address of the MX, IPv4 and IPv6.", SHOW_SESSION],
    verify: [SHOW_SESSION, WAIT_FOR_REPORTS],
    reference: `${GENERAL} and 4.3.4`,
  },
  "host-not-found": {
    title: "MX has no address",
    meaning: "The name in the MX record has no address in DNS, as this sender saw it.",
    causes: ["The MX record names a host that was removed.", "The DNS servers gave no answer."],
    actor: "dns-operator",
    fix: ["Correct the MX record, or give the host an address.", "$ dig MX_HOST A MX_HOST AAAA"],
    verify: ["$ dig +short MX_HOST A MX_HOST AAAA", WAIT_FOR_REPORTS],
    reference: GENERAL,
  },
  "sts-policy-required": {
    title: "Sender demands MTA-STS, there is none",
    meaning: "This sender is set to demand an MTA-STS policy of the domain and found none.",
    causes: [
      "The domain has no MTA-STS, and the sender made a rule of its own for it.",
      "The record _mta-sts.DOMAIN is missing or not valid.",
    ],
    actor: "sender",
    fix: [
      "Publish MTA-STS for the domain if you want that; if not, ask the sender to drop its rule.",
      SHOW_RECORD,
    ],
    verify: [SHOW_RECORD, WAIT_FOR_REPORTS],
    reference: `${GENERAL}; RFC 8461 section 3.1`,
    mail: "This sender holds the mail back, by its own rule.",
  },
} as const satisfies Record<string, Entry>;

/** A TLS alert, by whom it came from: what the number means is added to it. */
export const ALERT_REASONS = {
  "handshake-alert": {
    title: "MX broke the TLS handshake off",
    meaning: "The MX ended the handshake with a TLS alert, a numbered error.",
    causes: [
      "40 or 71: no cipher or signature algorithm in common.",
      "70: no TLS version in common; the MX should offer 1.2 and 1.3.",
      "80: an error inside the mail server; its log says which.",
      "42 to 48 or 116: the MX asks for a client certificate, which senders do not have.",
      "112: the MX does not know the name that the sender asked for (SNI); it must not insist on " +
        "one.",
    ],
    actor: "mx-operator",
    fix: [
      "Look in the log of the MX at that time: it says why it refused.",
      SHOW_SESSION,
      "Offer TLS 1.2 and 1.3 with default ciphers, and do not ask for client certificates on " +
        "port 25.",
    ],
    verify: [SHOW_SESSION, WAIT_FOR_REPORTS],
    reference: `${GENERAL}; RFC 8446 section 6.2`,
  },
  "handshake-alert-by-sender": {
    title: "Sender broke the TLS handshake off",
    meaning: "The sender ended the handshake with a TLS alert about what the MX had shown it.",
    causes: [
      "42 to 48: it did not accept the certificate: expired, unknown authority, or damaged.",
      "70 or 71: the MX offered too old a TLS version or too weak a key.",
      "20, 50 or 51: the bytes were damaged, as a device does that inspects TLS.",
    ],
    actor: "mx-operator",
    fix: ["Look at the certificate and the TLS version that the MX shows.", SHOW_CHAIN, ASK_SENDER],
    verify: [SHOW_CHAIN, WAIT_FOR_REPORTS],
    reference: `${GENERAL}; RFC 8446 section 6.2`,
  },
} as const satisfies Record<string, Entry>;
