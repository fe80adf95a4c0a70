// IANA's registry "STARTTLS Validation Result Types" (https://www.iana.org/assignments/
// starttls-validation-result-types) as a table: what each type means and who can mend it. A type
// that is not here is kept as sent.

/** What failed: the TLS session, one of the two policy mechanisms, or something else. */
export type ResultFamily = "negotiation" | "policy-dane" | "policy-sts" | "general";

/** Whose work usually mends it. Policy and DNS belong to the domain, the certificate to the MX. */
export type Actor = "mx-operator" | "dns-operator" | "policy-operator" | "sender";

interface ResultTypeEntry {
  family: ResultFamily;
  title: string;
  /** In plain words, for someone who runs mail and does not know the RFC. */
  meaning: string;
  /** Who usually must act. */
  actor: Actor;
  /** What to look at first. */
  advice: string;
  /** Section of RFC 8460. */
  section: string;
}

/** The eleven registered result types, in the order of RFC 8460 section 4.3. */
export const RESULT_TYPES = {
  "starttls-not-supported": {
    family: "negotiation",
    title: "STARTTLS not offered",
    meaning: "The MX did not offer STARTTLS to the sender, so no encrypted session was possible.",
    actor: "mx-operator",
    advice:
      "Switch STARTTLS on at this MX and look for a firewall that removes it from the EHLO answer.",
    section: "4.3.1",
  },
  "certificate-host-mismatch": {
    family: "negotiation",
    title: "Certificate is for another name",
    meaning: "The certificate of the MX does not name the host that the sender had to reach.",
    actor: "mx-operator",
    advice: "Put the MX host name, as the MX record has it, into the certificate's names.",
    section: "4.3.1",
  },
  "certificate-expired": {
    family: "negotiation",
    title: "Certificate expired",
    meaning: "The certificate of the MX was past its end date when the sender connected.",
    actor: "mx-operator",
    advice: "Renew the certificate, load it into the mail server, and watch its end date.",
    section: "4.3.1",
  },
  "certificate-not-trusted": {
    family: "negotiation",
    title: "Certificate not trusted",
    meaning: "The sender could not build a chain from the certificate to an authority it trusts.",
    actor: "mx-operator",
    advice:
      "Send the intermediate certificates too, and use an authority that mail servers trust; " +
      "the reason code often names what was missing.",
    section: "4.3.1",
  },
  "validation-failure": {
    family: "general",
    title: "Validation failed, not further named",
    meaning: "Validation failed in a way that has no result type; the reason code may say how.",
    actor: "mx-operator",
    advice:
      "Read the reason code. An MX that the MTA-STS policy does not list is reported in this way.",
    section: "4.3.3",
  },
  "tlsa-invalid": {
    family: "policy-dane",
    title: "TLSA records do not fit",
    meaning: "No TLSA record of the MX was usable with the certificate that the MX showed.",
    actor: "dns-operator",
    advice:
      "Publish a TLSA record of the key in use; at a change of key publish the new record first.",
    section: "4.3.2.1",
  },
  "dnssec-invalid": {
    family: "policy-dane",
    title: "DNSSEC does not validate",
    meaning:
      "The sender's resolver got no valid answer: signatures were wrong, missing or expired.",
    actor: "dns-operator",
    advice: "Check the DNSSEC chain of the domain and of the MX host: signatures, DS, expiry.",
    section: "4.3.2.1",
  },
  "dane-required": {
    family: "policy-dane",
    title: "Sender requires DANE, the MX has none",
    meaning: "The sender is set to demand DANE and found no validated TLSA record for the MX.",
    actor: "dns-operator",
    advice:
      "Publish DNSSEC-signed TLSA records for every MX, or ask the sender why it demands them.",
    section: "4.3.2.1",
  },
  "sts-policy-fetch-error": {
    family: "policy-sts",
    title: "MTA-STS policy cannot be fetched",
    meaning: "The policy file at https://mta-sts.<domain>/ could not be fetched.",
    actor: "policy-operator",
    advice:
      "Fetch the file from outside: DNS of mta-sts.<domain>, port 443, status 200, no redirect.",
    section: "4.3.2.2",
  },
  "sts-policy-invalid": {
    family: "policy-sts",
    title: "MTA-STS policy is not valid",
    meaning: "The policy file was fetched but does not follow the format.",
    actor: "policy-operator",
    advice: "Check the file: one key and value a line, version first, mode, mx, max_age.",
    section: "4.3.2.2",
  },
  "sts-webpki-invalid": {
    family: "policy-sts",
    title: "MTA-STS policy host is not trusted",
    meaning: "The HTTPS certificate of mta-sts.<domain> did not validate.",
    actor: "policy-operator",
    advice: "Renew or correct the web certificate of mta-sts.<domain>; it is not the MX's.",
    section: "4.3.2.2",
  },
} as const satisfies Record<string, ResultTypeEntry>;
export type ResultType = keyof typeof RESULT_TYPES;

const NAMES: ReadonlySet<string> = new Set(Object.keys(RESULT_TYPES));

/** Whether text, in lower case, is a registered result type. */
export function isKnownResultType(text: string): text is ResultType {
  return NAMES.has(text);
}
