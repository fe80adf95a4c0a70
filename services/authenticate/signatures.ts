// The DKIM signatures of a mail, checked one by one (RFC 6376). The only import of mailauth.

import type { KeyAnswer } from "../core/dkim/signature.ts";

/** How one signature came out. */
export interface SignatureCheck {
  /** d= and s=, lower case A-labels. */
  domain: string;
  selector: string;
  result: "pass" | "fail" | "permerror" | "temperror";
  /** Codes for notes of the verdict. */
  notes: string[];
}

/**
 * Checks the signatures of a mail against keys that were looked up before; never asks DNS itself.
 * @param bytes the mail exactly as received
 * @param keys answers by name, see keyNames
 */
export async function checkSignatures(
  _bytes: Uint8Array,
  _keys: ReadonlyMap<string, KeyAnswer>,
): Promise<SignatureCheck[]> {
  return [];
}
