// The file of tokens below the data folder: commands change it, the server follows it. A file that cannot
// be understood lets nobody in, and is said to be so; it is never taken for an empty one.

import { join } from "node:path";
import { BOUNDS } from "../core/bounds.ts";
import { TOKENS_PATH, type TokenRecord } from "../core/token-list.ts";
import { type Emit, silent } from "../observe/events.ts";
import { compileSchema, readSchema, type Validate } from "../validate/validate.ts";
import type { Caller } from "./caller.ts";
import { changePrivate } from "./private-change.ts";
import { PrivateFileError, readPrivate, stampOf } from "./private-file.ts";
import { callerOfToken, isExpired, matchToken, mintToken, type TokenRequest } from "./tokens.ts";

/** A token that is good now. */
export interface KnownToken {
  id: string;
  caller: Caller;
  /** Epoch milliseconds; null for a token that does not expire. */
  expiresMs: number | null;
}

/** The tokens of a data folder as the server sees them, never more than a second behind. */
export interface Tokens {
  /** The token of a text, or null. @throws PrivateFileError while the file cannot be used */
  check(text: string): Promise<KnownToken | null>;
  /** The token of an id, for what was granted by it before. @throws PrivateFileError likewise */
  find(id: string): Promise<KnownToken | null>;
  /** What keeps the file from being used, or null. Never rejects. */
  fault(): Promise<string | null>;
}

/** Path of the file of tokens of a data folder. */
export function tokensPath(dataFolder: string): string {
  return join(dataFolder, ...TOKENS_PATH);
}

/** Follows the file of tokens; nothing needs to be closed. */
export function followTokens(
  dataFolder: string,
  options: { emit?: Emit; clock?: () => number } = {},
): Tokens {
  const { emit = silent, clock = Date.now } = options;
  const path = tokensPath(dataFolder);
  let stamp: string | null | undefined;
  let records: ReadonlyMap<string, TokenRecord> = new Map();
  let lookedMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;
  let told = "";

  async function look(): Promise<void> {
    try {
      const now = await stampOf(path);
      if (now !== stamp) {
        records = byId(await readTokens(dataFolder));
        stamp = now;
      }
      lookedMs = performance.now();
      told = "";
    } catch (error) {
      // Forgets what it knew: a revocation may be among what cannot be read.
      stamp = undefined;
      records = new Map();
      const message = error instanceof Error ? error.message : String(error);
      if (message !== told) emit("token-file-unusable", { path, error });
      told = message;
      throw error;
    }
  }

  /** Those who ask at once look once. */
  function refresh(): Promise<void> {
    looking ??= look().finally(() => {
      looking = null;
    });
    return looking;
  }

  async function fresh(): Promise<void> {
    const known = performance.now() - lookedMs < BOUNDS.tokenFileLookMs && stamp !== undefined;
    if (!known) await refresh();
  }

  return {
    async check(text) {
      await fresh();
      let record = matchToken(records, text, clock());
      if (record === null) {
        // It may have been made this second: who makes a token uses it at once.
        await refresh();
        record = matchToken(records, text, clock());
      }
      return record === null ? null : knownToken(record);
    },
    async find(id) {
      await fresh();
      const record = records.get(id);
      return record === undefined || isExpired(record, clock()) ? null : knownToken(record);
    },
    fault: () =>
      fresh().then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ),
  };
}

function knownToken(record: TokenRecord): KnownToken {
  const expiresMs = record.expires_at === null ? null : Date.parse(record.expires_at);
  return { id: record.id, caller: callerOfToken(record), expiresMs };
}

function byId(records: readonly TokenRecord[]): ReadonlyMap<string, TokenRecord> {
  return new Map(records.map((record) => [record.id, record]));
}

/**
 * All tokens of a data folder, also expired ones, in the order in which they were made.
 * @throws PrivateFileError when the file cannot be read or understood
 */
export async function readTokens(dataFolder: string): Promise<readonly TokenRecord[]> {
  const path = tokensPath(dataFolder);
  const bytes = await readPrivate(path, BOUNDS.tokenFileBytesMax);
  return bytes === null ? [] : parseTokens(bytes.toString("utf8"), path);
}

let checkTokens: Validate | null = null;

function parseTokens(text: string, path: string): readonly TokenRecord[] {
  const value = parseJson(text, path);
  checkTokens ??= compileSchema(readSchema("access", "tokens.schema.json"));
  const checked = checkTokens(value);
  if (!checked.ok) {
    const [first] = checked.errors;
    throw damaged(path, `${first?.pointer || "the whole file"} ${first?.message ?? ""}`);
  }
  const { tokens } = value as { tokens: readonly TokenRecord[] };
  if (byId(tokens).size < tokens.length) throw damaged(path, "two tokens have one id");
  return tokens;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(path, "it is not JSON");
  }
}

function damaged(path: string, why: string): PrivateFileError {
  return new PrivateFileError(
    `${path} is damaged (${why}), so no token is taken: restore it, or remove it and make new tokens`,
  );
}

/**
 * Makes a token and keeps its record.
 * @returns the token itself, which cannot be had again, and its record
 * @throws PrivateFileError when there are too many or one has the name, or the file cannot be changed
 */
export async function createToken(
  dataFolder: string,
  request: TokenRequest,
  nowMs: number,
): Promise<{ text: string; record: TokenRecord }> {
  return changeTokens(dataFolder, (records) => {
    if (records.length >= BOUNDS.tokensMax) {
      throw new PrivateFileError(
        `there are ${records.length} tokens already: revoke some with sealwatch token revoke`,
      );
    }
    const namesake = records.find(({ name }) => name === request.name);
    if (namesake !== undefined) {
      const ended = isExpired(namesake, nowMs) ? ", which has expired" : "";
      throw new PrivateFileError(
        `there is a token of this name already, ${namesake.id}${ended}: choose another name, or \
revoke it with sealwatch token revoke ${namesake.id}`,
      );
    }
    const made = mintToken(request, nowMs);
    return { records: [...records, made.record], result: made };
  });
}

/** Removes the token of an id, or of a name that one token alone has. Null when there is none. */
export async function revokeToken(
  dataFolder: string,
  idOrName: string,
): Promise<TokenRecord | null> {
  return changeTokens(dataFolder, (records) => {
    const named = records.filter((record) => record.name === idOrName);
    const found = records.find((record) => record.id === idOrName) ?? named[0];
    if (found === undefined) return { records, result: null };
    if (found.id !== idOrName && named.length > 1) {
      const ids = named.map((record) => record.id).join(", ");
      throw new PrivateFileError(`${named.length} tokens have this name: name one of ${ids}`);
    }
    return { records: records.filter((record) => record !== found), result: found };
  });
}

async function changeTokens<Result>(
  dataFolder: string,
  change: (records: readonly TokenRecord[]) => {
    records: readonly TokenRecord[];
    result: Result;
  },
): Promise<Result> {
  const path = tokensPath(dataFolder);
  return changePrivate(path, dataFolder, async (replace) => {
    const before = await readTokens(dataFolder);
    const { records, result } = change(before);
    if (records === before) return result;
    const text = `${JSON.stringify({ version: 1, tokens: records }, null, 2)}\n`;
    // What is written is what will be read: a list that the server refuses must not come about.
    parseTokens(text, path);
    await replace(text);
    return result;
  });
}
