// What can go wrong with DANE: the TLSA records of an MX, and the DNSSEC signatures that make them count.

import { RESULT_TYPES } from "../tlsrpt/result-types.ts";
import {
  ASK_SENDER,
  CHECK_DANE,
  CHECK_DNSSEC,
  type Entry,
  SHOW_KEY_DIGEST,
  SHOW_TLSA,
  WAIT_FOR_REPORTS,
} from "./entry.ts";

const REFERENCE = "RFC 8460 section 4.3.2.1";

const NEXT_FIRST =
  "At the next change of key publish the record of the new key first, wait for the TTL of the " +
  "old records to pass twice, and only then change the key.";

/** Senders with DANE treat a broken answer as an attack. */
const HELD_BY_DANE =
  "Senders that check DANE hold the mail back while this lasts, whatever MTA-STS says; all " +
  "others go on as if nothing was wrong.";

export const DANE_TYPES = {
  "tlsa-invalid": {
    title: RESULT_TYPES["tlsa-invalid"].title,
    meaning:
      "None of the TLSA records (the keys that DNS announces for DANE) fits the certificate that " +
      "the MX showed.",
    causes: [
      "The key was changed before its TLSA record was published: the commonest cause.",
      "A renewal made a new key by itself, as most programs do unless told to keep it.",
      "Old records are cached still, or one of several machines has another key.",
      "The record has a mistake, or a usage that mail does not use (0 or 1).",
      "From one network only: somebody else answers in the place of the MX.",
    ],
    actor: "dns-operator",
    fix: [
      "Compare the records with the digest of the key in use.",
      SHOW_TLSA,
      SHOW_KEY_DIGEST,
      "If none fits, publish the record 3 1 1 with that digest at once, or take the old key again.",
      "Let renewals keep the key (certbot: --reuse-key).",
      NEXT_FIRST,
    ],
    verify: [CHECK_DANE, WAIT_FOR_REPORTS],
    reference: `${REFERENCE}; RFC 7671 section 8`,
    mail: HELD_BY_DANE,
  },
  "dnssec-invalid": {
    title: RESULT_TYPES["dnssec-invalid"].title,
    meaning:
      "The sender's resolver could not validate the DNS answer: its signatures were wrong, " +
      "missing or expired.",
    causes: [
      "The signatures (RRSIG) have expired because the zone is not signed again in time.",
      "The DS record at the registry belongs to an old key, as after a change of DNS provider.",
      "The name server of the MX's zone answers TLSA questions with an error instead of nothing.",
      "A single one may be a fault of the sender's resolver; from one network only, interference.",
    ],
    actor: "dns-operator",
    fix: [
      "Look which zone fails: that of the domain or that of the MX host, which may be another's.",
      CHECK_DNSSEC,
      "$ delv DOMAIN MX",
      "Compare the DS records at the parent zone with the keys of the zone.",
      "$ dig +short DS DOMAIN",
      "$ dig +short DNSKEY DOMAIN",
      "Have the zone signed anew, or the DS record corrected at the registrar.",
    ],
    verify: [CHECK_DNSSEC, "$ delv DOMAIN MX", WAIT_FOR_REPORTS],
    reference: `${REFERENCE}; RFC 7672 section 2.1`,
    mail:
      "Senders that check DANE hold the mail back while this lasts, and where the MX record itself " +
      "fails, so does every sender whose resolver validates.",
  },
  "dane-required": {
    title: RESULT_TYPES["dane-required"].title,
    meaning:
      "This sender is set to demand DANE for your domain, and found no TLSA record with valid " +
      "DNSSEC for this MX.",
    causes: [
      "The sender has a rule of its own for your domain, often by agreement.",
      "One of several MX hosts has no TLSA record, or its zone is not signed.",
      "The MX was moved to a provider that has no DANE.",
    ],
    actor: "dns-operator",
    fix: [
      "Look whether every MX has TLSA records that validate.",
      SHOW_TLSA,
      CHECK_DNSSEC,
      "Publish signed TLSA records for each, or agree with the sender that it drops its rule.",
    ],
    verify: [CHECK_DANE, WAIT_FOR_REPORTS],
    reference: `${REFERENCE}; RFC 7672 section 6`,
    mail: "This sender holds the mail back, by its own rule; all others are not concerned.",
  },
} as const satisfies Record<string, Entry>;

export const DANE_REASONS = {
  "tlsa-no-match": DANE_TYPES["tlsa-invalid"],
  "tlsa-unusable": {
    title: "TLSA records cannot be used",
    meaning: "There are TLSA records for the MX, and none of a kind that mail can use.",
    causes: [
      "All have usage 0 or 1, which are for web browsers; mail uses 2 and 3.",
      "Selector, type or digest are not valid, as a digest that is cut or too long.",
      "This sender does not support usage 2 and there is no record with usage 3.",
    ],
    actor: "dns-operator",
    fix: ["Replace them by the record 3 1 1 of the key in use.", SHOW_TLSA, SHOW_KEY_DIGEST],
    verify: [CHECK_DANE, WAIT_FOR_REPORTS],
    reference: `${REFERENCE}; RFC 7672 section 3.1`,
    mail:
      "Most senders then demand encryption and check nothing: the mail arrives, but DANE does " +
      "not protect it.",
  },
  "tlsa-missing": {
    ...DANE_TYPES["dane-required"],
    title: "No TLSA record with DNSSEC",
    meaning: "The sender looked for TLSA records of this MX and found none that are signed.",
  },
  "dnssec-bogus": DANE_TYPES["dnssec-invalid"],
  "dns-lookup-failed": {
    title: "DNS did not answer",
    meaning: "The sender could not get an answer from DNS that it needed to decide on TLS.",
    causes: [
      "The name servers were down, too slow, or answer some questions with an error (SERVFAIL).",
      "DNSSEC does not validate, which many resolvers report in the same way.",
      "The sender's resolver had a fault; then it passes.",
    ],
    actor: "dns-operator",
    fix: [
      "Ask each question that a sender asks.",
      "$ dig +dnssec MX DOMAIN",
      SHOW_TLSA,
      "$ dig TXT _mta-sts.DOMAIN",
      "If all have answers and one sender alone reports this, it is a fault there.",
      ASK_SENDER,
    ],
    verify: [CHECK_DNSSEC, WAIT_FOR_REPORTS],
    reference: `${REFERENCE} and 4.3.4`,
    mail: "Senders keep the mail and try again later, as they do with every fault of DNS.",
  },
} as const satisfies Record<string, Entry>;

/** An extended DNS error (RFC 8914) that says how DNSSEC failed. */
export const DNSSEC_ERROR: Entry = {
  ...DANE_TYPES["dnssec-invalid"],
  causes: [
    "6: the signatures do not fit (bogus).",
    "7 or 8: the signatures have expired, or are not valid yet.",
    "9: no DNSKEY fits the DS record at the parent zone.",
    "10 or 12: signatures, or the proof that a name is not there, are missing.",
    "1 or 2: a signature method that the resolver does not know.",
  ],
  reference: `${REFERENCE}; RFC 8914 section 4`,
};
