// DKIM-Signature fields of a mail (RFC 6376 section 3.5), read for what is to be looked up.

/**
 * What DNS said at a key's name: the text of its TXT records; "absent" when there surely is none;
 * "unknown" when DNS did not answer (yet), so that it is worth asking again.
 */
export type KeyAnswer = readonly string[] | "absent" | "unknown";

/**
 * DNS names of the keys of all signatures of a mail, lower case, at most dkimSignaturesMax; none for
 * what is no mail. Looks at the header block only and never throws.
 */
export function keyNames(_bytes: Uint8Array): string[] {
  return [];
}
