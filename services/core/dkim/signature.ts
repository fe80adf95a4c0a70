// DKIM-Signature fields of a mail (RFC 6376 section 3.5): what each says, and which do not qualify whatever
// their key says. Nothing is verified here.

import { BOUNDS } from "../bounds.ts";
import { domainOfAddress, domainOrNone, isBelow } from "../dns/name.ts";
import { fieldText, type HeaderBlock, type HeaderField, readHeaderBlock } from "./header.ts";
import type { NoteCode } from "./notes.ts";
import { listOf, parseTags, squeeze, type Tags } from "./tags.ts";

/**
 * What DNS said at a key's name: the text of its TXT records; "absent" when there surely is none;
 * "unknown" when DNS did not answer (yet), so that it is worth asking again.
 */
export type KeyAnswer = readonly string[] | "absent" | "unknown";

export type KeyType = "rsa" | "ed25519";
export type Canonicalization = "simple" | "relaxed";

/** One signature as its field says. */
export interface Signature {
  field: HeaderField;
  /** d= and s= as lower case A-labels; "" when the field cannot be read so far. */
  domain: string;
  selector: string;
  /** DNS name of the key; "" when there is nothing to look up. */
  keyName: string;
  keyType: KeyType;
  bodyCanonicalization: Canonicalization;
  /** d=, s=, bh= and b= without white space, as any reader of the field must find them. */
  written: { domain: string; selector: string; bodyHash: string; value: string };
  /** Names in h=, lower case, in order. */
  headers: readonly string[];
  /** True when i= names the domain of d= itself, which t=s of a key asks for. */
  identityExact: boolean;
  /** Why it does not count whatever DNS says; null when it may. */
  fault: NoteCode | null;
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const NUMBER = /^[0-9]{1,12}$/;
/** Readers that are not as strict take these for comments, quotes and escapes. */
const AMBIGUOUS = /[()"'\\]/;

/**
 * All signatures of a mail in the order of the header, at most dkimSignaturesMax.
 * @param atMs when the mail came in: what had expired then does not count (RFC 6376 section 3.5, x=)
 */
export function readSignatures(bytes: Uint8Array, block: HeaderBlock, atMs: number): Signature[] {
  return signatureFields(block).map((field) => readSignature(bytes, field, atMs));
}

/** Whether a mail has more signatures than are looked at. */
export function hasTooManySignatures({ fields }: HeaderBlock): boolean {
  return fields.filter(isSignature).length > BOUNDS.dkimSignaturesMax;
}

/**
 * DNS names of the keys of all signatures of a mail, lower case, at most dkimSignaturesMax; none for
 * what is no mail. Looks at the header block only and never throws.
 */
export function keyNames(bytes: Uint8Array): string[] {
  const block = readHeaderBlock(bytes);
  if (block === null) return [];
  // Times do not matter here: an expired signature costs a question that nobody needs.
  const signatures = readSignatures(bytes, block, 0);
  const timely = signatures.filter(
    ({ fault }) => fault === null || fault === "expired" || fault === "signed-in-future",
  );
  return [...new Set(timely.map(({ keyName }) => keyName))];
}

function signatureFields({ fields }: HeaderBlock): HeaderField[] {
  return fields.filter(isSignature).slice(0, BOUNDS.dkimSignaturesMax);
}

function isSignature({ name }: HeaderField): boolean {
  return name === "dkim-signature";
}

function readSignature(bytes: Uint8Array, field: HeaderField, atMs: number): Signature {
  const text = fieldText(bytes, field);
  const tags = parseTags(text) ?? new Map<string, string>();
  const domain = domainOrNone(tags.get("d") ?? "");
  const selector = domainOrNone(tags.get("s") ?? "");
  const identity = identityDomain(tags.get("i"), domain);
  const named = domain !== "" && selector !== "";
  const keyName = domainOrNone(named ? `${selector}._domainkey.${domain}` : "");
  const [, body = "simple"] = canonicalizations(tags);
  const signature: Omit<Signature, "fault"> = {
    field,
    domain: keyName === "" ? "" : domain,
    selector: keyName === "" ? "" : selector,
    keyName,
    keyType: tags.get("a")?.toLowerCase().startsWith("ed25519") ? "ed25519" : "rsa",
    bodyCanonicalization: body === "relaxed" ? "relaxed" : "simple",
    written: {
      domain: tags.get("d") ?? "",
      selector: tags.get("s") ?? "",
      bodyHash: squeeze(tags.get("bh") ?? ""),
      value: squeeze(tags.get("b") ?? ""),
    },
    headers: listOf(tags.get("h") ?? ""),
    identityExact: identity === domain,
  };
  const fault = formFault(signature, tags) ?? ruleFault(signature, tags, identity, atMs);
  return { ...signature, fault };
}

/** RFC 6376 section 3.5: what must be there, and in which form. */
function formFault(signature: Omit<Signature, "fault">, tags: Tags): NoteCode | null {
  const { keyName, written, headers } = signature;
  const canonical = canonicalizations(tags);
  const methods = listOf(tags.get("q") ?? "dns/txt");
  const sound =
    keyName !== "" &&
    tags.get("v") === "1" &&
    BASE64.test(written.value) &&
    BASE64.test(written.bodyHash) &&
    headers.length > 0 &&
    canonical.length <= 2 &&
    canonical.every((one) => one === "simple" || one === "relaxed") &&
    methods.includes("dns/txt") &&
    ["t", "x", "l"].every((name) => !tags.has(name) || NUMBER.test(tags.get(name) ?? "")) &&
    [...tags].every(([name, value]) => name === "z" || name === "i" || !AMBIGUOUS.test(value));
  return sound ? null : "signature-malformed";
}

/** What RFC 8460 section 3, RFC 8301 and RFC 6376 section 6.1.1 ask of a signature that can be read. */
function ruleFault(
  signature: Omit<Signature, "fault">,
  tags: Tags,
  identity: string,
  atMs: number,
): NoteCode | null {
  const { domain, headers } = signature;
  const algorithm = (tags.get("a") ?? "").toLowerCase();
  if (algorithm === "rsa-sha1") return "algorithm-retired";
  if (algorithm !== "rsa-sha256" && algorithm !== "ed25519-sha256") return "algorithm-unknown";
  if (tags.has("l")) return "body-length-limited";
  if (!headers.includes("from")) return "from-not-signed";
  if (identity !== domain && !isBelow(identity, domain)) return "identity-outside-domain";
  return timeFault(tags, atMs);
}

function timeFault(tags: Tags, atMs: number): NoteCode | null {
  const at = (name: string) => (tags.has(name) ? Number(tags.get(name)) * 1_000 : null);
  const [signedMs, expiresMs] = [at("t"), at("x")];
  if (signedMs !== null && expiresMs !== null && expiresMs <= signedMs) {
    return "signature-malformed";
  }
  if (expiresMs !== null && expiresMs < atMs) return "expired";
  const ahead = signedMs !== null && signedMs > atMs + BOUNDS.dkimClockMsMax;
  return ahead ? "signed-in-future" : null;
}

/** c= as one or two words; simple where it is silent (RFC 6376 section 3.5). */
function canonicalizations(tags: Tags): string[] {
  return (tags.get("c") ?? "simple/simple")
    .toLowerCase()
    .split("/")
    .map((word) => word.trim());
}

/** The domain in i=; that of d= where there is none, "" where it holds something else. */
function identityDomain(identity: string | undefined, domain: string): string {
  return identity === undefined ? domain : domainOfAddress(identity);
}
