// Sessions of people in a browser: a signed cookie says who logged in and how, and what they may see is
// asked for anew with each request. Nothing is kept here but the key and what was ended early.

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { BOUNDS } from "../core/bounds.ts";
import type { GroupGrant } from "../core/group-grant.ts";
import type { RequestFacts, Way } from "./access.ts";
import type { Caller } from "./caller.ts";
import { endedSessions } from "./ended-sessions.ts";
import { addGrants } from "./groups.ts";
import { openSessionKey, type SessionKey } from "./session-key.ts";
import { openSigned, sign } from "./signed.ts";

const ID_BYTES = 16;

/** By what somebody logged in; their rights are looked up by it with each request. */
export type Holder =
  | { way: "token"; token: string }
  | { way: "provider"; name: string; marks: readonly string[] };

export interface Session {
  id: string;
  expiresMs: number;
  holder: Holder;
}

/** Why a cookie is no session: its time is over, it was ended, its token or groups count no more. */
export type NoSession = "unreadable" | "expired" | "ended" | "token-gone" | "no-grant";

export type SessionReading =
  | { ok: true; session: Session; caller: Caller }
  | { ok: false; why: NoSession };

export interface Sessions {
  /** Signs values of the same key for other uses. */
  key: SessionKey;
  /** Begins a session. @returns the value of its cookie, and null where it would not fit */
  begin(holder: Holder): Promise<{ cookie: string; expiresMs: number } | null>;
  read(cookie: string): Promise<SessionReading>;
  /** Ends the session of a cookie for good, in all processes. Any other text is left alone. */
  end(cookie: string): Promise<void>;
}

export interface SessionOptions {
  /** <data_dir>/access. */
  folder: string;
  lifetimeMs: number;
  grants: readonly GroupGrant[];
  /** Finds a token that still counts by its id. */
  tokens: { find(id: string): Promise<{ caller: Caller } | null> };
  /** Ended sessions that are remembered; the program's bound without it. */
  endedMax?: number;
  /** Epoch milliseconds; the system's clock without it. */
  clock?: () => number;
}

/**
 * Opens the sessions of a folder.
 * @throws PrivateFileError when the key can be neither read nor made
 */
export async function openSessions(options: SessionOptions): Promise<Sessions> {
  const { clock = Date.now, endedMax = BOUNDS.endedSessionsMax } = options;
  const key = await openSessionKey(options.folder, clock);
  const ended = endedSessions(join(options.folder, "ended-sessions"), clock);
  const read = async (cookie: string): Promise<SessionReading> => {
    const session = await openSession(key, cookie);
    if (session === null) return { ok: false, why: "unreadable" };
    if (session.expiresMs <= clock()) return { ok: false, why: "expired" };
    if (await ended.has(session)) return { ok: false, why: "ended" };
    return callerOf(session, options);
  };
  return {
    key,
    read,
    begin: async (holder) => {
      const id = randomBytes(ID_BYTES).toString("base64url");
      const expiresMs = clock() + options.lifetimeMs;
      const cookie = await sign(key, "session", { id, expiresMs, holder });
      return cookie.length > BOUNDS.cookieCharsMax ? null : { cookie, expiresMs };
    },
    end: async (cookie) => {
      const session = await openSession(key, cookie);
      if (session === null || session.expiresMs <= clock()) return;
      if ((await ended.add(session)) <= endedMax) return;
      // Too many to remember: a new key ends these and all others, when all processes have seen it.
      // They are forgotten after the new key is durable; those that end meanwhile may be of that key.
      const names = await ended.names();
      await key.replace();
      await wait(BOUNDS.sessionKeyKeptMs);
      await ended.forget(names);
    },
  };
}

async function openSession(key: SessionKey, cookie: string): Promise<Session | null> {
  const opened = await openSigned(key, "session", cookie);
  if (!opened.ok) return null;
  const { id, expiresMs, holder } = opened.value;
  if (typeof id !== "string" || typeof expiresMs !== "number") return null;
  const known = readHolder(holder);
  return known === null ? null : { id, expiresMs, holder: known };
}

/** Ours by its signature, and yet perhaps of another version of the program. */
function readHolder(value: unknown): Holder | null {
  const { way, token, name, marks }: Record<string, unknown> = { ...Object(value) };
  if (way === "token" && typeof token === "string") return { way, token };
  if (way !== "provider" || typeof name !== "string" || !Array.isArray(marks)) return null;
  return { way, name, marks: marks.map(String) };
}

async function callerOf(session: Session, options: SessionOptions): Promise<SessionReading> {
  const { holder } = session;
  if (holder.way === "token") {
    const known = await options.tokens.find(holder.token);
    if (known === null) return { ok: false, why: "token-gone" };
    return { ok: true, session, caller: { ...known.caller, kind: "session" } };
  }
  const granted = addGrants(holder.marks, options.grants);
  if (granted === null) return { ok: false, why: "no-grant" };
  return { ok: true, session, caller: { name: holder.name, kind: "session", ...granted } };
}

/**
 * The name of the session's cookie. With the prefix a browser takes it only over TLS, for this host
 * alone and for all paths, so that no neighbouring host can set one.
 */
export function sessionCookieName(secure: boolean): string {
  return secure ? "__Host-sealwatch_session" : "sealwatch_session";
}

/** The cookie of a request's session. @param always true where all browsers come over TLS */
export function sessionCookieOf(facts: RequestFacts, always: boolean): string | undefined {
  return facts.cookie(sessionCookieName(facts.secure || always));
}

/** The way in by a session; a cookie that is none any more is refused and told by the log-in page. */
export function sessionWay(sessions: Sessions, options: { secureAlways: boolean }): Way {
  return {
    async identify(facts) {
      const cookie = sessionCookieOf(facts, options.secureAlways);
      if (cookie === undefined || cookie === "") return null;
      const reading = await sessions.read(cookie);
      return reading.ok ? reading.caller : "refused";
    },
  };
}
