// What is to be said of a DKIM signature besides whether it verified, as one table: `docs/dkim.md` has a
// heading for each.

interface Note {
  title: string;
  meaning: string;
  /** Where the rule stands. */
  rule: string;
}

export const NOTES = {
  "algorithm-retired": {
    title: "Signed with rsa-sha1",
    meaning: "SHA-1 proves nothing any more; such a signature counts as broken.",
    rule: "RFC 8301 section 3.1",
  },
  "algorithm-unknown": {
    title: "Signed with an algorithm that is not known",
    meaning: "Known are rsa-sha256 and ed25519-sha256.",
    rule: "RFC 6376 section 3.3, RFC 8463",
  },
  "body-changed": {
    title: "The body is not the one that was signed",
    meaning: "Something changed the mail on its way, as mailing lists and some gateways do.",
    rule: "RFC 6376 section 6.1.3",
  },
  "body-length-limited": {
    title: "The signature covers a part of the body only",
    meaning: "With l= anybody can add to the body, so the signature does not qualify.",
    rule: "RFC 8460 section 3",
  },
  "contact-not-aligned": {
    title: "The signing domain is not that of the contact-info",
    meaning:
      "The signature proves who sent the mail, and not that the organisation which the report " +
      "names had it sent.",
    rule: "RFC 8460 section 5.3",
  },
  expired: {
    title: "The signature had expired when the mail came in",
    meaning: "Its x= lies before the arrival; the mail was held up, or is sent once more.",
    rule: "RFC 6376 section 3.5",
  },
  forwarded: {
    title: "The report may be quoted from another mail",
    meaning:
      "It stands in an attached mail, or in an automatic answer or a bounce. Whoever signs those " +
      "vouches for the mail around the report, and not for what others wrote in it.",
    rule: "RFC 8460 section 3 and 5.3",
  },
  "from-not-signed": {
    title: "The signature does not cover the From field",
    meaning: "Every signature has to.",
    rule: "RFC 6376 section 5.4",
  },
  "header-repeated": {
    title: "From or TLS-Report-Submitter stands more than once",
    meaning: "Nobody can tell which of them was meant, so the signature is not measured by them.",
    rule: "RFC 6376 section 8.15",
  },
  "identity-outside-domain": {
    title: "The identity in i= does not belong to the signing domain",
    meaning: "It has to be the domain in d= or one below it, and d= itself where the key has t=s.",
    rule: "RFC 6376 section 3.5 and 3.6.1",
  },
  "key-for-email-only": {
    title: "The key is for mail in general",
    meaning:
      "Its s= says email and not tlsrpt. Few senders set a key of its own for reports, so the " +
      "signature counts all the same.",
    rule: "RFC 8460 section 3, RFC 6376 section 3.6.1",
  },
  "key-missing": {
    title: "There is no key at that name",
    meaning: "DNS has no TXT record at <selector>._domainkey.<domain>: withdrawn, or never there.",
    rule: "RFC 6376 section 6.1.2",
  },
  "key-not-for-reports": {
    title: "The key is for other services",
    meaning: "Its s= names neither tlsrpt nor *, nor email; it must be ignored here.",
    rule: "RFC 6376 section 3.6.1",
  },
  "key-revoked": {
    title: "The key was revoked",
    meaning: "Its p= is empty.",
    rule: "RFC 6376 section 3.6.1",
  },
  "key-testing": {
    title: "The domain is testing DKIM",
    meaning:
      "The key has t=y; until that is gone the mail is treated like one without a signature.",
    rule: "RFC 6376 section 3.6.1",
  },
  "key-unanswered": {
    title: "DNS did not answer for the key",
    meaning: "It is asked again for as long as the answer can change something.",
    rule: "RFC 6376 section 6.1.2",
  },
  "key-unusable": {
    title: "The key record cannot be used",
    meaning: "It is no DKIM key, or one for another algorithm than the signature's.",
    rule: "RFC 6376 section 6.1.2",
  },
  "key-weak": {
    title: "The key is too short",
    meaning: "RSA keys of less than 1024 bits can be broken.",
    rule: "RFC 8301 section 3.2",
  },
  "signature-malformed": {
    title: "The signature field cannot be read",
    meaning: "A tag is missing, stands twice, or holds what it must not.",
    rule: "RFC 6376 section 3.5",
  },
  "signature-wrong": {
    title: "The signature does not fit key and header",
    meaning: "A signed header field was changed, or it was signed with another key.",
    rule: "RFC 6376 section 6.1.3",
  },
  "signed-in-future": {
    title: "The signature is from the future",
    meaning: "Its t= lies after the arrival; check the sender's clock, and ours.",
    rule: "RFC 6376 section 3.5",
  },
  "submitter-not-signed": {
    title: "TLS-Report-Submitter is not signed",
    meaning: "Anybody on the way may have added it, so the signature is not measured by it.",
    rule: "RFC 8460 section 5.3",
  },
  "too-many-signatures": {
    title: "More signatures than are looked at",
    meaning: "See services/core/bounds.ts, dkimSignaturesMax.",
    rule: "RFC 6376 section 8.4",
  },
} as const satisfies Record<string, Note>;
export type NoteCode = keyof typeof NOTES;
