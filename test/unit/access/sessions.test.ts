// Sessions: who is who by a cookie, and every way in which a cookie is none or is none any more.

import {
  chmodSync,
  chownSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Caller } from "../../../services/access/caller.ts";
import { openSessionKey } from "../../../services/access/session-key.ts";
import {
  type Holder,
  openSessions,
  type SessionOptions,
  sessionWay,
} from "../../../services/access/sessions.ts";
import { openSigned, sign } from "../../../services/access/signed.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { temporaryFolder, waitUntil } from "../../support/program.ts";
import { facts } from "./facts.ts";

const HOUR_MS = 3_600_000;
const TOKEN: Caller = { name: "desk", kind: "token", tenants: ["one"], scopes: ["read"] };
const BY_TOKEN: Holder = { way: "token", token: "0123456789ab" };

let folder: string;
let remove: () => void;
let nowMs: number;
let known: Map<string, Caller>;

beforeEach(() => {
  const temporary = temporaryFolder();
  folder = join(temporary.folder, "access");
  remove = temporary.remove;
  nowMs = Date.parse("2026-03-20T10:00:00Z");
  known = new Map([["0123456789ab", TOKEN]]);
});
afterEach(() => remove());

const open = (more: Partial<SessionOptions> = {}) =>
  openSessions({
    folder,
    lifetimeMs: 12 * HOUR_MS,
    grants: [],
    tokens: {
      find: async (id) => {
        const caller = known.get(id);
        return caller === undefined ? null : { caller };
      },
    },
    clock: () => nowMs,
    ...more,
  });

async function cookieOf(sessions: Awaited<ReturnType<typeof open>>, holder = BY_TOKEN) {
  const begun = await sessions.begin(holder);
  if (begun === null) throw new Error("the session does not fit");
  return begun.cookie;
}

test("a session is the caller of its token, as a session", async () => {
  const sessions = await open();
  const reading = await sessions.read(await cookieOf(sessions));
  expect(reading).toMatchObject({ ok: true, caller: { ...TOKEN, kind: "session" } });
});

test("two processes on one folder share the key, and log-out", async () => {
  const [one, other] = await Promise.all([open(), open()]);
  const cookie = await cookieOf(one);
  expect(await other.read(cookie)).toMatchObject({ ok: true });
  await one.end(cookie);
  expect(await other.read(cookie)).toEqual({ ok: false, why: "ended" });
  expect(await (await open()).read(cookie)).toEqual({ ok: false, why: "ended" });
});

test("a session ends with its time", async () => {
  const sessions = await open();
  const cookie = await cookieOf(sessions);
  nowMs += 12 * HOUR_MS - 1;
  expect(await sessions.read(cookie)).toMatchObject({ ok: true });
  nowMs += 1;
  expect(await sessions.read(cookie)).toEqual({ ok: false, why: "expired" });
});

test("a session ends with its token, and has the rights of the token now", async () => {
  const sessions = await open();
  const cookie = await cookieOf(sessions);
  known.set("0123456789ab", { ...TOKEN, tenants: ["two"] });
  expect(await sessions.read(cookie)).toMatchObject({ caller: { tenants: ["two"] } });
  known.clear();
  expect(await sessions.read(cookie)).toEqual({ ok: false, why: "token-gone" });
});

test("a person's rights are those of the configuration now", async () => {
  const staff = { group: "staff", tenants: ["one"], scopes: ["read"] } as const;
  const { markOf } = await import("../../../services/access/groups.ts");
  const holder: Holder = { way: "provider", name: "Ann Example", marks: [markOf("staff")] };
  const before = await open({ grants: [staff] });
  const cookie = await cookieOf(before, holder);
  const caller = { name: "Ann Example", kind: "session", tenants: ["one"], scopes: ["read"] };
  expect(await before.read(cookie)).toMatchObject({ ok: true, caller });
  const after = await open({ grants: [{ ...staff, group: "others" }] });
  expect(await after.read(cookie)).toEqual({ ok: false, why: "no-grant" });
});

test("no change of a cookie is taken", async () => {
  const sessions = await open();
  const cookie = await cookieOf(sessions);
  const unreadable = { ok: false, why: "unreadable" };
  for (let at = 0; at < cookie.length; at += 1) {
    const other = cookie[at] === "A" ? "B" : "A";
    const changed = cookie.slice(0, at) + other + cookie.slice(at + 1);
    expect(await sessions.read(changed), `character ${at}`).toEqual(unreadable);
  }
  const [body = "", mac = ""] = cookie.split(".");
  const longer = Buffer.from(body, "base64url")
    .toString()
    .replace(/\d{13}/, "9999999999999");
  const forged = Buffer.from(longer).toString("base64url");
  for (const text of ["", ".", body, `${body}.`, `.${mac}`, `${cookie}.x`, `${forged}.${mac}`]) {
    expect(await sessions.read(text), text).toEqual(unreadable);
  }
  expect(await sessions.read("A".repeat(100_000))).toEqual(unreadable);
});

test("a value signed for another use is no session", async () => {
  const sessions = await open();
  const value = { id: "x", expiresMs: nowMs + HOUR_MS, holder: BY_TOKEN };
  const cookie = await sign(sessions.key, "provider", value);
  expect(await openSigned(sessions.key, "provider", cookie)).toEqual({ ok: true, value });
  expect(await sessions.read(cookie)).toEqual({ ok: false, why: "unreadable" });
});

test("what another version signed is unreadable and no error", async () => {
  const sessions = await open();
  const odd = [{}, { id: 1 }, { id: "x", expiresMs: nowMs + 1, holder: { way: "other" } }];
  for (const value of odd) {
    const cookie = await sign(sessions.key, "session", value);
    expect(await sessions.read(cookie)).toEqual({ ok: false, why: "unreadable" });
  }
});

test("the key is private, made once, and found again", async () => {
  await Promise.all([open(), open(), open()]);
  const path = join(folder, "session.key");
  expect(readdirSync(folder)).toEqual(["session.key"]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const key = readFileSync(path);
  expect(key.length).toBe(32);
  await open();
  expect(readFileSync(path)).toEqual(key);
});

test("whoever removes the key ends all sessions, within a second", async () => {
  const sessions = await open();
  const cookie = await cookieOf(sessions);
  rmSync(join(folder, "session.key"));
  nowMs += BOUNDS.sessionKeyKeptMs;
  expect(await sessions.read(cookie)).toEqual({ ok: false, why: "unreadable" });
  expect(await sessions.read(await cookieOf(sessions))).toMatchObject({ ok: true });
});

test("a damaged key lets nobody in and says what to do", async () => {
  const sessions = await open();
  const cookie = await cookieOf(sessions);
  writeFileSync(join(folder, "session.key"), "short");
  nowMs += BOUNDS.sessionKeyKeptMs;
  await expect(sessions.read(cookie)).rejects.toThrow(/session\.key has 5 bytes.*remove it/);
  await expect(openSessionKey(folder)).rejects.toThrow(/session\.key has 5 bytes/);
});

test("a log-out that cannot be looked up keeps the session out", async () => {
  const sessions = await open();
  const cookie = await cookieOf(sessions);
  writeFileSync(join(folder, "ended-sessions"), "a file where the folder should be");
  await expect(sessions.read(cookie)).rejects.toThrow(/ENOTDIR/);
  await expect(sessions.end(cookie)).rejects.toThrow(/EEXIST|ENOTDIR/);
});

test("ended sessions are forgotten when their time is over", async () => {
  const sessions = await open();
  await sessions.end(await cookieOf(sessions));
  nowMs += HOUR_MS;
  await sessions.end(await cookieOf(sessions));
  expect(readdirSync(join(folder, "ended-sessions"))).toHaveLength(2);
  nowMs += 11 * HOUR_MS;
  await sessions.end(await cookieOf(sessions));
  expect(readdirSync(join(folder, "ended-sessions"))).toHaveLength(2);
});

test("more log-outs than can be remembered end all sessions", async () => {
  const sessions = await open({ endedMax: 3 });
  const kept = await cookieOf(sessions);
  const gone = await cookieOf(sessions);
  for (let count = 0; count < 2; count += 1) await sessions.end(await cookieOf(sessions));
  await sessions.end(gone);
  expect(await sessions.read(kept)).toMatchObject({ ok: true });
  await sessions.end(await cookieOf(sessions));
  expect(await sessions.read(kept)).toEqual({ ok: false, why: "unreadable" });
  expect(await sessions.read(gone)).toEqual({ ok: false, why: "unreadable" });
  expect(readdirSync(join(folder, "ended-sessions"))).toEqual([]);
  expect(await sessions.read(await cookieOf(sessions))).toMatchObject({ ok: true });
});

test("a log-out while all sessions are ended is no less for good", async () => {
  const [full, other] = [await open({ endedMax: 1 }), await open()];
  const before = readFileSync(join(folder, "session.key"));
  await full.end(await cookieOf(full));
  const ending = full.end(await cookieOf(full));
  await waitUntil("the new key", BOUNDS.sessionKeyKeptMs, async () => {
    return !readFileSync(join(folder, "session.key")).equals(before);
  });
  nowMs += BOUNDS.sessionKeyKeptMs;
  const cookie = await cookieOf(other);
  await other.end(cookie);
  await ending;
  expect(await other.read(cookie)).toEqual({ ok: false, why: "ended" });
});

test("what is made by root belongs to the owner of the data folder", async () => {
  const self = process.geteuid?.() ?? 0;
  const uid = self === 0 ? 12_345 : self;
  chownSync(join(folder, ".."), uid, process.getegid?.() ?? 0);
  const sessions = await open({ endedMax: 1 });
  const key = join(folder, "session.key");
  const ended = join(folder, "ended-sessions");
  expect([folder, key].map((path) => statSync(path).uid)).toEqual([uid, uid]);
  await sessions.end(await cookieOf(sessions));
  const marks = readdirSync(ended).map((name) => join(ended, name));
  expect([ended, ...marks].map((path) => statSync(path).uid)).toEqual([uid, uid]);
  await sessions.end(await cookieOf(sessions));
  expect(statSync(key).uid).toBe(uid); // the one that replaced it
});

test("only a session of ours leaves a mark when it is ended", async () => {
  const sessions = await open();
  await sessions.end("../../../etc/passwd");
  const cookie = await cookieOf(sessions);
  nowMs += 13 * HOUR_MS;
  await sessions.end(cookie);
  expect(readdirSync(folder)).toEqual(["session.key"]);
});

test("a session that does not fit into a cookie is not begun", async () => {
  const sessions = await open();
  const holder = (count: number): Holder => ({
    way: "provider",
    name: "N".repeat(BOUNDS.personCharsMax),
    marks: Array.from({ length: count }, () => "M".repeat(16)),
  });
  expect(await sessions.begin(holder(BOUNDS.groupGrantsMax))).not.toBeNull();
  expect(await sessions.begin(holder(300))).toBeNull();
});

test("a folder that cannot be written is told with the way out", async () => {
  const closed = join(folder, "..", "closed");
  writeFileSync(closed, "");
  chmodSync(closed, 0o600);
  await expect(openSessionKey(join(closed, "access"))).rejects.toThrow(
    /cannot use .*session\.key \(ENOTDIR\): run this as the user/,
  );
});

test("the way in takes the cookie that the connection allows", async () => {
  const sessions = await open();
  const cookie = await cookieOf(sessions);
  const way = sessionWay(sessions, { secureAlways: false });
  const [plain, host] = ["sealwatch_session", "__Host-sealwatch_session"];
  const ask = (cookies: Record<string, string>, secure: boolean) =>
    way.identify(facts({ cookies, secure }));
  expect(await ask({}, false)).toBeNull();
  expect(await ask({ [plain]: "" }, false)).toBeNull();
  expect(await ask({ [plain]: cookie }, false)).toMatchObject({ name: "desk", kind: "session" });
  expect(await ask({ [host]: cookie }, true)).toMatchObject({ name: "desk" });
  // Over TLS a neighbouring host could have set the plain one.
  expect(await ask({ [plain]: cookie }, true)).toBeNull();
  expect(await ask({ [plain]: "x" }, false)).toBe("refused");
  const always = sessionWay(sessions, { secureAlways: true });
  expect(await always.identify(facts({ cookies: { [plain]: cookie } }))).toBeNull();
  expect(await always.identify(facts({ cookies: { [host]: cookie } }))).toMatchObject({
    kind: "session",
  });
});
