// The file of tokens: made for its user alone, changed by one at a time, followed without a restart, and
// shut when it is damaged.

import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PrivateFileError } from "../../../services/access/private-file.ts";
import {
  createToken,
  followTokens,
  readTokens,
  revokeToken,
  tokensPath,
} from "../../../services/access/token-file.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { temporaryFolder, waitUntil } from "../../support/program.ts";

const REQUEST = { name: "grafana", tenants: ["a"], scopes: ["read"], expiresMs: null } as const;
const CALLER = { name: "grafana", kind: "token", tenants: ["a"], scopes: ["read"] };
const SOON_MS = 5 * BOUNDS.tokenFileLookMs;

let folder = "";
let remove = () => {};
const create = (more = {}) => createToken(folder, { ...REQUEST, ...more }, Date.now());

beforeEach(() => {
  const made = temporaryFolder();
  folder = join(made.folder, "data");
  remove = made.remove;
});

afterEach(() => remove());

test("folder and file are for their user alone, and nothing is left beside them", async () => {
  await create();
  const path = tokensPath(folder);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  expect(readdirSync(dirname(path))).toEqual(["tokens.json"]);
});

test("tokens that are made at once are all kept", async () => {
  const made = await Promise.all(Array.from({ length: 12 }, (_, n) => create({ name: `n${n}` })));
  const kept = await readTokens(folder);
  expect(new Set(kept.map(({ id }) => id))).toEqual(new Set(made.map(({ record }) => record.id)));
});

describe("revoking", () => {
  test("by id and by name", async () => {
    const [one, other] = [await create({ name: "one" }), await create({ name: "other" })];
    expect((await revokeToken(folder, one.record.id))?.name).toBe("one");
    expect((await revokeToken(folder, "other"))?.id).toBe(other.record.id);
    expect(await readTokens(folder)).toEqual([]);
  });

  test("leaves all as it is when there is no such token, or several", async () => {
    await create();
    await create({ name: "other" });
    // As a version before this one left it: two of a name.
    const path = tokensPath(folder);
    writeFileSync(path, readFileSync(path, "utf8").replace('"other"', '"grafana"'));
    const before = readFileSync(tokensPath(folder), "utf8");
    expect(await revokeToken(folder, "nobody")).toBeNull();
    await expect(revokeToken(folder, "grafana")).rejects.toThrow(/2 tokens have this name/);
    expect(readFileSync(tokensPath(folder), "utf8")).toBe(before);
  });

  test("makes room for a new token of the name, which is refused while one has it", async () => {
    const { record } = await create();
    await expect(create()).rejects.toThrow(`sealwatch token revoke ${record.id}`);
    expect(await readTokens(folder)).toEqual([record]);
    await revokeToken(folder, "grafana");
    expect((await create()).record.name).toBe("grafana");
  });
});

describe("a server that follows the file", () => {
  test("knows a new token at once and forgets a revoked one soon", async () => {
    const tokens = followTokens(folder);
    expect(await tokens.check("swt_")).toBeNull(); // there is no file yet
    const { text, record } = await create();
    expect(await tokens.check(text)).toEqual({
      id: record.id,
      caller: { ...CALLER, id: record.id },
      expiresMs: null,
    });
    expect(await tokens.find(record.id)).not.toBeNull();
    await revokeToken(folder, record.id);
    await waitUntil("the revocation", SOON_MS, async () => (await tokens.check(text)) === null);
    expect(await tokens.find(record.id)).toBeNull();
  });

  test("lets an expired token in no more, by text or by id", async () => {
    let nowMs = Date.now();
    const tokens = followTokens(folder, { clock: () => nowMs });
    const { text, record } = await create({ expiresMs: nowMs + 60_000 });
    expect(await tokens.check(text)).toMatchObject({ expiresMs: nowMs + 60_000 });
    nowMs += 60_000;
    expect(await tokens.check(text)).toBeNull();
    expect(await tokens.find(record.id)).toBeNull();
  });

  const damage: [string, (good: string) => string][] = [
    ["empty", () => ""],
    ["cut short", (good) => good.slice(0, good.length / 2)],
    ["no object", () => "[]"],
    ["of a later version", (good) => good.replace('"version": 1', '"version": 2')],
    ["with a wider tenant", (good) => good.replace('"a"', '"*"')],
    ["with an unknown scope", (good) => good.replace('"read"', '"root"')],
    ["with an unknown member", (good) => good.replace('"name"', '"admin": true, "name"')],
    ["with a hash that is none", (good) => good.replace(/"sha256": "../, '"sha256": "')],
    ["with one token twice", (good) => good.replace(/(\{\s+"id"[^}]+\})/, "$1,$1")],
  ];

  test.each(damage)("refuses everybody while it is damaged: %s", async (_, change) => {
    const events: unknown[][] = [];
    const { text, record } = await create();
    const tokens = followTokens(folder, { emit: (...event) => events.push(event) });
    const path = tokensPath(folder);
    const good = readFileSync(path, "utf8");
    expect(change(good)).not.toBe(good);
    expect(await tokens.check(text)).not.toBeNull();
    writeFileSync(path, change(good));
    await waitUntil("the damage", SOON_MS, async () => (await tokens.fault()) !== null);
    expect(await tokens.fault()).toMatch(/tokens\.json is damaged/);
    await expect(tokens.check(text)).rejects.toThrow(PrivateFileError);
    await expect(tokens.find(record.id)).rejects.toThrow(PrivateFileError);
    await expect(create()).rejects.toThrow(/is damaged/); // and is not overwritten
    expect(events.map(([name]) => name)).toEqual(["token-file-unusable"]); // told once
    writeFileSync(path, good);
    await waitUntil("the mending", SOON_MS, async () => (await tokens.fault()) === null);
    expect(await tokens.check(text)).not.toBeNull();
  });

  test("says so when the place of the file is no file", async () => {
    mkdirSync(tokensPath(folder), { recursive: true });
    chmodSync(dirname(tokensPath(folder)), 0o700);
    const tokens = followTokens(folder);
    expect(await tokens.fault()).toMatch(/cannot use .*tokens\.json \(EISDIR\)/);
  });
});
