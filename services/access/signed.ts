// Small values that a browser keeps for us and cannot change: JSON, its HMAC-SHA256, and when it ends.
// They are signed, not hidden.

import { createHmac, timingSafeEqual } from "node:crypto";
import { BOUNDS } from "../core/bounds.ts";
import type { SessionKey } from "./session-key.ts";

/** What a value is for: one that was made for one use is nothing to another. */
export type Purpose = "session" | "provider";

export type Opened = { ok: true; value: Record<string, unknown> } | { ok: false };

/** Signs a value; the text is of characters that a cookie may hold. */
export async function sign(
  key: SessionKey,
  purpose: Purpose,
  value: Record<string, unknown>,
): Promise<string> {
  const body = Buffer.from(JSON.stringify(value), "utf8").toString("base64url");
  return `${body}.${mac(await key.current(), purpose, body).toString("base64url")}`;
}

/** Checks the signature, in a time that tells nothing of it, and reads the value. */
export async function openSigned(key: SessionKey, purpose: Purpose, text: string): Promise<Opened> {
  const [body = "", given = "", ...rest] = text.split(".");
  if (text.length > BOUNDS.cookieCharsMax || rest.length > 0) return { ok: false };
  const expected = mac(await key.current(), purpose, body);
  const signature = Buffer.from(given, "base64url");
  // Exactly as printed: base64url leaves two bits of the last character open.
  if (signature.toString("base64url") !== given) return { ok: false };
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    return { ok: false };
  }
  const value: unknown = JSON.parse(Buffer.from(body, "base64url").toString("utf8"));
  return typeof value === "object" && value !== null
    ? { ok: true, value: { ...value } }
    : { ok: false };
}

function mac(key: Uint8Array, purpose: Purpose, body: string): Buffer {
  return createHmac("sha256", key).update(`${purpose}\0${body}`, "utf8").digest();
}
