// The DKIM signatures of a mail, checked one by one (RFC 6376). The only import of mailauth, which gets
// a mail with nothing in it but what a signature covers and what we have found sound: it looks at too
// much of a header, and not at l=, versions, flags, services and times.

import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { canonicalBody } from "../core/dkim/body.ts";
import {
  fieldText,
  type HeaderBlock,
  type HeaderField,
  readHeaderBlock,
} from "../core/dkim/header.ts";
import type { CheckedSignature } from "../core/dkim/judge.ts";
import { type KeyReading, readKey } from "../core/dkim/key.ts";
import type { NoteCode } from "../core/dkim/notes.ts";
import {
  hasTooManySignatures,
  type KeyAnswer,
  readSignatures,
  type Signature,
} from "../core/dkim/signature.ts";
import { domainOfAddress, domainOrNone } from "../core/dns/name.ts";

type Outcome = Pick<CheckedSignature, "result" | "notes">;

/** A signature whose key may verify it. */
interface Sound {
  signature: Signature;
  key: Exclude<KeyReading, { kind: "unfit" }>;
}

/**
 * Checks the signatures of a mail against keys that were looked up before; never asks DNS itself and never
 * throws: what cannot be checked is a permanent error of that signature alone.
 * @param bytes the mail exactly as received
 * @param keys answers by name, see keyNames; what is not there is "unknown"
 * @param atMs when the mail came in, epoch milliseconds
 */
export async function checkSignatures(
  bytes: Uint8Array,
  keys: ReadonlyMap<string, KeyAnswer>,
  atMs: number,
): Promise<CheckedSignature[]> {
  const block = readHeaderBlock(bytes);
  if (block === null) return [];
  const outcomes = new Map<Signature, Outcome>();
  const sound: Sound[] = [];
  const signatures = readSignatures(bytes, block, atMs);
  for (const signature of signatures) {
    if (signature.fault !== null) {
      outcomes.set(signature, permanent(signature.fault));
      continue;
    }
    const key = readKey(keys.get(signature.keyName) ?? "unknown", signature);
    if (key.kind === "unfit") outcomes.set(signature, permanent(key.note));
    else sound.push({ signature, key });
  }
  for (const group of groups(sound)) await checkGroup({ bytes, block, sound }, group, outcomes);
  const excess: NoteCode[] = hasTooManySignatures(block) ? ["too-many-signatures"] : [];
  return signatures.map((signature) => {
    const { result, notes } = outcomes.get(signature) ?? permanent("signature-malformed");
    const { domain, selector } = signature;
    const { covers, repeated } = covered(bytes, block, signature);
    return { domain, selector, result, notes: [...notes, ...repeated, ...excess], covers };
  });
}

function permanent(note: NoteCode): Outcome {
  return { result: "permerror", notes: [note] };
}

/** The names that a signature vouches for besides what the body says. */
function covered(bytes: Uint8Array, { fields }: HeaderBlock, { headers }: Signature) {
  const repeated: NoteCode[] = [];
  const only = (name: string): string => {
    const [field, ...others] = fields.filter((one) => one.name === name);
    if (others.length > 0) repeated.push("header-repeated");
    if (field === undefined || others.length > 0 || !headers.includes(name)) return "";
    return fieldText(bytes, field);
  };
  const covers = {
    submitter: domainOrNone(only("tls-report-submitter")),
    from: domainOfAddress(only("from")),
  };
  return { covers, repeated: repeated.slice(0, 1) };
}

/** What shares a canonical body and a type of key is checked together; there are four at most. */
function groups(sound: readonly Sound[]): Sound[][] {
  const found = new Map<string, Sound[]>();
  for (const one of sound) {
    const { bodyCanonicalization, keyType } = one.signature;
    const name = `${bodyCanonicalization} ${keyType}`;
    found.set(name, [...(found.get(name) ?? []), one]);
  }
  return [...found.values()];
}

interface Mail {
  bytes: Uint8Array;
  block: HeaderBlock;
  sound: readonly Sound[];
}

/** Checks what has the same canonical body and type of key. */
async function checkGroup(
  mail: Mail,
  group: readonly Sound[],
  outcomes: Map<Signature, Outcome>,
): Promise<void> {
  const form = group[0]?.signature.bodyCanonicalization ?? "simple";
  const body = canonicalBody(mail.bytes.subarray(mail.block.bodyStart), form);
  const hash = createHash("sha256").update(body).digest("base64");
  // RFC 6376 section 6.1.3. Nothing else can mend it, so nobody needs to wait for DNS.
  const [intact, changed] = partition(
    group,
    ({ signature }) => signature.written.bodyHash === hash,
  );
  for (const { signature } of changed) {
    outcomes.set(signature, { result: "fail", notes: ["body-changed"] });
  }
  await checkIntact(mail, body, intact, outcomes);
}

function partition<Value>(values: readonly Value[], keep: (value: Value) => boolean) {
  return [values.filter(keep), values.filter((value) => !keep(value))] as const;
}

async function checkIntact(
  mail: Mail,
  body: Uint8Array,
  group: readonly Sound[],
  outcomes: Map<Signature, Outcome>,
): Promise<void> {
  if (group.length === 0) return;
  try {
    const message = Buffer.concat([...headerOf(mail, group), body]);
    // One piece: mailauth reads a long line anew for each piece of it.
    const { results } = await dkimVerify(Readable.from(message), { resolver: resolverOf(group) });
    for (const one of group) outcomes.set(one.signature, outcomeOf(one, results));
  } catch {
    // One of them, or a field that it covers, is too odd for mailauth: it must not hide the others.
    const [only, ...others] = group;
    if (only === undefined) return;
    if (others.length === 0) outcomes.set(only.signature, permanent("signature-malformed"));
    else for (const one of group) await checkIntact(mail, body, [one], outcomes);
  }
}

const LINE_BREAK = Buffer.from("\r\n");
/** An ARC set that cannot be: mailauth then leaves all ARC fields alone. */
const NO_ARC = Buffer.from("ARC-Seal: i=99\r\n");

/** The fields that the signatures cover, the signatures, and an empty line. */
function headerOf({ bytes, block, sound }: Mail, group: readonly Sound[]): Uint8Array[] {
  const names = new Set(group.flatMap(({ signature }) => signature.headers));
  const signatures = names.has("dkim-signature") ? sound : group;
  const own = new Set<HeaderField>(signatures.map(({ signature }) => signature.field));
  const needed = (field: HeaderField) =>
    field.name === "dkim-signature" ? own.has(field) : names.has(field.name);
  const lines = block.fields
    .filter(needed)
    .flatMap(({ start, end }) => [bytes.subarray(start, end), LINE_BREAK]);
  return [NO_ARC, ...lines, LINE_BREAK];
}

function resolverOf(group: readonly Sound[]): (name: string) => Promise<string[][]> {
  const records = new Map<string, string>();
  for (const { signature, key } of group) {
    const { selector, domain } = signature.written;
    if (key.kind === "key") records.set(`${selector}._domainkey.${domain}`, key.record);
  }
  return async (name) => {
    const record = records.get(name);
    if (record === undefined) throw Object.assign(new Error("no answer"), { code: "ETIMEOUT" });
    return [[record]];
  };
}

/** The result that mailauth gives for the signature as we read it; another reading is no result. */
function outcomeOf({ signature, key }: Sound, results: readonly object[]): Outcome {
  const { written } = signature;
  const result = results.find(
    (one) =>
      property(one, "signingDomain") === written.domain &&
      property(one, "selector") === written.selector &&
      property(one, "signature") === written.value &&
      property(one, "bodyHashExpecting") === written.bodyHash &&
      property(one, "canonBodyLengthLimited") === false,
  );
  const status = result === undefined ? undefined : property(result, "status");
  if (typeof status !== "object" || status === null) return permanent("signature-malformed");
  const notes = key.kind === "key" ? key.notes : [];
  const { result: word, note } = wordOf(property(status, "result"), property(status, "comment"));
  return { result: word, notes: note === null ? notes : [note, ...notes] };
}

function wordOf(
  result: unknown,
  comment: unknown,
): { result: CheckedSignature["result"]; note: NoteCode | null } {
  if (result === "pass") return { result, note: null };
  if (result === "fail") return { result, note: "signature-wrong" };
  if (result === "temperror") return { result, note: "key-unanswered" };
  if (result === "policy") return { result: "permerror", note: "key-weak" };
  // Where mailauth reads the body otherwise than the hash says, it is its reading that counts less.
  if (comment === "body hash did not verify") return { result: "fail", note: "body-changed" };
  return { result: "permerror", note: "key-unusable" };
}

/** The types of mailauth leave out what it gives. */
function property(of: object, name: string): unknown {
  return Object.entries(of).find(([key]) => key === name)?.[1];
}
