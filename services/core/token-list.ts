// The list of API tokens as it lies on disk: where it is, what it holds, and whether there is a token in
// it at all. What a token is and how one is checked stands in access/tokens.ts.

import type { AccessScope } from "./scopes.ts";

/** Path of the list below the data folder, in parts. */
export const TOKENS_PATH = ["access", "tokens.json"] as const;

/** One token without its secret; the names are those of the file. */
export interface TokenRecord {
  /** Public part of the token, by which it is looked up and revoked. */
  id: string;
  /** For people: who or what uses it. */
  name: string;
  /** SHA-256 of the whole token, in hexadecimal digits. */
  sha256: string;
  tenants: readonly string[] | "all";
  scopes: readonly AccessScope[];
  /** RFC 3339. */
  created_at: string;
  /** RFC 3339; null for a token that does not expire. */
  expires_at: string | null;
}

/** True when a text is a list with a token in it, as far as can be told without its schema. */
export function listsToken(text: string): boolean {
  try {
    const tokens: unknown = Object(JSON.parse(text)).tokens;
    return Array.isArray(tokens) && tokens.length > 0;
  } catch {
    return false;
  }
}
