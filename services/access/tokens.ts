// API tokens: how one is made, read and checked. A token is `swt_<id>_<secret><checksum>`: the id is
// looked up, the secret is 32 random bytes, and the checksum tells a paste that lost a character.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { TokenRecord } from "../core/token-list.ts";
import { type AccessScope, type Caller, SCOPES } from "./caller.ts";

const PREFIX = "swt_";
const ID_BYTES = 6;
/** 256 bits: what is random to this degree cannot be guessed, however fast guesses are. */
const SECRET_BYTES = 32;
const CHECKSUM_CHARS = 6;
const TOKEN = /^swt_([0-9a-f]{12})_[A-Za-z0-9_-]{43}[0-9a-f]{6}$/;
const TOKEN_CHARS = 66;

/** What a new token is to be. */
export interface TokenRequest {
  name: string;
  tenants: readonly string[] | "all";
  scopes: readonly AccessScope[];
  /** Epoch milliseconds; null for a token that does not expire. */
  expiresMs: number | null;
}

/**
 * Makes a token. The record has a plain SHA-256 of it and no slow hash: those make up for secrets that
 * people think of, and this one is as hard to guess as the hash is to invert.
 * @returns the token itself, to be shown once and kept nowhere, and what is kept of it
 */
export function mintToken(
  request: TokenRequest,
  nowMs: number,
): { text: string; record: TokenRecord } {
  const id = randomBytes(ID_BYTES).toString("hex");
  const body = `${PREFIX}${id}_${randomBytes(SECRET_BYTES).toString("base64url")}`;
  const text = body + checksumOf(body);
  const record: TokenRecord = {
    id,
    name: request.name,
    sha256: digestOf(text).toString("hex"),
    tenants: request.tenants,
    scopes: request.scopes,
    created_at: new Date(nowMs).toISOString(),
    expires_at: request.expiresMs === null ? null : new Date(request.expiresMs).toISOString(),
  };
  return { text, record };
}

/** The id in a token that is whole; null for any other text. */
export function tokenIdOf(text: string): string | null {
  const id = TOKEN.exec(text)?.[1];
  const body = text.slice(0, -CHECKSUM_CHARS);
  return id !== undefined && text === body + checksumOf(body) ? id : null;
}

/** What is wrong with the form of a token, as a sentence that repeats nothing of it; null if nothing. */
export function explainTokenForm(text: string): string | null {
  if (tokenIdOf(text) !== null) return null;
  if (!text.startsWith(PREFIX)) return `A token of this server begins with ${PREFIX}.`;
  if (text.length !== TOKEN_CHARS) {
    return `A token has ${TOKEN_CHARS} characters, and this one ${text.length}: copy all of it.`;
  }
  return "Its checksum does not fit: a character was changed when it was copied.";
}

// An unknown id is compared as well, so that time does not tell which ids there are.
const NOBODY = Buffer.alloc(32);

/** The record of a token that is known and has not expired, or null. Takes constant time. */
export function matchToken(
  records: ReadonlyMap<string, TokenRecord>,
  text: string,
  nowMs: number,
): TokenRecord | null {
  const id = tokenIdOf(text);
  const record = id === null ? undefined : records.get(id);
  const kept = record === undefined ? NOBODY : Buffer.from(record.sha256, "hex");
  const same = timingSafeEqual(digestOf(text), kept);
  return record !== undefined && same && !isExpired(record, nowMs) ? record : null;
}

/** True from the moment of expiry on; also for a time that cannot be read. */
export function isExpired({ expires_at }: TokenRecord, nowMs: number): boolean {
  return expires_at !== null && !(Date.parse(expires_at) > nowMs);
}

/** Who asks with a token. */
export function callerOfToken({ id, name, tenants, scopes }: TokenRecord): Caller {
  return { name, id, kind: "token", tenants, scopes: SCOPES.filter((one) => scopes.includes(one)) };
}

/** The credentials of `Authorization: Bearer` (RFC 6750 section 2.1); null without any. */
export function bearerOf(header: string | undefined): string | null {
  const match = /^bearer(?: +(.*))?$/i.exec((header ?? "").trim());
  return match === null ? null : (match[1] ?? "").trim();
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function checksumOf(body: string): string {
  return digestOf(`checksum of ${body}`).toString("hex").slice(0, CHECKSUM_CHARS);
}
