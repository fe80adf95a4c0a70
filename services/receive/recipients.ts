// Which recipients the SMTP receiver takes. Pure: addresses in, yes or no out.

import { domainToASCII } from "node:url";

export type AcceptsRecipient = (address: string) => boolean;

/** Entries as configured, or a function that gives them where they change while the program runs. */
export type Recipients = readonly string[] | (() => readonly string[]);

/** The same as acceptRecipients for entries that may change; they are read when they do. */
export function acceptNow(recipients: Recipients): AcceptsRecipient {
  if (typeof recipients !== "function") return acceptRecipients(recipients);
  let entries = recipients();
  let accepts = acceptRecipients(entries);
  return (address) => {
    const now = recipients();
    if (now !== entries) {
      entries = now;
      accepts = acceptRecipients(now);
    }
    return accepts(address);
  };
}

/**
 * Reads the configured recipients. An entry is "local@domain", or "@domain" or "*@domain" for every
 * local part of a domain; no entries at all mean that every recipient is taken. Letter case does
 * not count, and an internationalised domain may be written either way. "local+tag@domain" is
 * taken for "local@domain" too, so that one mailbox can tell its reporters apart. postmaster is
 * always taken, without a domain or at a configured one (RFC 5321 section 4.5.1).
 */
export function acceptRecipients(entries: readonly string[]): AcceptsRecipient {
  if (entries.length === 0) return () => true;
  const mailboxes = new Set<string>();
  const domains = new Set<string>();
  const whole = new Set<string>();
  for (const entry of entries) {
    const { local, domain } = split(entry.trim());
    domains.add(domain);
    if (local === "" || local === "*") whole.add(domain);
    else mailboxes.add(`${local}@${domain}`);
  }
  return (address) => {
    const { local, domain } = split(address);
    if (whole.has(domain)) return true;
    if (local === "postmaster" && (domain === "" || domains.has(domain))) return true;
    return mailboxes.has(`${local}@${domain}`) || mailboxes.has(`${untagged(local)}@${domain}`);
  };
}

function split(address: string): { local: string; domain: string } {
  const at = address.lastIndexOf("@");
  if (at < 0) return { local: address.toLowerCase(), domain: "" };
  const domain = address.slice(at + 1).toLowerCase();
  return { local: address.slice(0, at).toLowerCase(), domain: domainToASCII(domain) || domain };
}

function untagged(local: string): string {
  const plus = local.indexOf("+");
  return plus < 1 ? local : local.slice(0, plus);
}
