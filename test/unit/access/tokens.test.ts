// Tokens without a file: form, checksum, expiry, and that nothing but the whole token opens the door.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bearerOf,
  callerOfToken,
  explainTokenForm,
  isExpired,
  matchToken,
  mintToken,
  tokenIdOf,
} from "../../../services/access/tokens.ts";

const NOW = Date.parse("2026-03-20T10:00:00Z");
const REQUEST = { name: "grafana", tenants: ["a"], scopes: ["read"], expiresMs: null } as const;
const mint = (more = {}) => mintToken({ ...REQUEST, ...more }, NOW);
const list = (...records: ReturnType<typeof mint>["record"][]) =>
  new Map(records.map((record) => [record.id, record]));

test("a token is known by its whole text and by nothing less or more", () => {
  const { text, record } = mint();
  const records = list(record, mint().record);
  expect(text).toMatch(/^swt_[0-9a-f]{12}_[A-Za-z0-9_-]{49}$/);
  expect(matchToken(records, text, NOW)).toBe(record);
  for (const other of ["", text.slice(1), text.slice(0, -1), `${text}a`, ` ${text}`, record.id]) {
    expect(matchToken(records, other, NOW), other).toBeNull();
  }
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(..."abcXYZ019_-"), (at, character) => {
      const changed = text.slice(0, at) + character + text.slice(at + 1);
      expect(matchToken(records, changed, NOW) === null).toBe(changed !== text);
    }),
  );
});

test("the secret of one token with the id of another opens nothing", () => {
  const [one, other] = [mint(), mint()];
  const swapped = one.text.replace(one.record.id, other.record.id);
  expect(matchToken(list(one.record, other.record), swapped, NOW)).toBeNull();
});

test("what is kept has no secret in it, and two tokens have nothing in common", () => {
  const [one, other] = [mint(), mint()];
  const secret = one.text.split("_").slice(2).join("_");
  expect(JSON.stringify(one.record)).not.toContain(secret.slice(0, 8));
  expect(one.record.id).not.toBe(other.record.id);
  expect(one.record.sha256).not.toBe(other.record.sha256);
});

test("a token ends at its expiry, to the millisecond", () => {
  const { text, record } = mint({ expiresMs: NOW + 1_000 });
  const records = list(record);
  expect(matchToken(records, text, NOW + 999)).toBe(record);
  expect(matchToken(records, text, NOW + 1_000)).toBeNull();
  expect(isExpired({ ...record, expires_at: "tomorrow" }, NOW)).toBe(true);
});

test("a caller has the scopes and tenants of the token", () => {
  const { record } = mint({ scopes: ["reprocess", "read"], tenants: "all" });
  expect(callerOfToken(record)).toEqual({
    name: "grafana",
    id: record.id,
    kind: "token",
    tenants: "all",
    scopes: ["read", "reprocess"],
  });
});

describe("the form of a token", () => {
  const { text } = mint();
  const changed = text.slice(0, 20) + (text[20] === "A" ? "B" : "A") + text.slice(21);

  test("is explained without repeating it", () => {
    expect(explainTokenForm(text)).toBeNull();
    expect(explainTokenForm("hunter2")).toMatch(/begins with swt_/);
    expect(explainTokenForm(text.slice(0, -3))).toMatch(/66 characters, and this one 63/);
    expect(explainTokenForm(changed)).toMatch(/checksum/);
    for (const bad of ["hunter2", text.slice(0, -3), changed]) {
      expect(explainTokenForm(bad)).not.toContain(bad);
    }
  });

  test("gives the id of a whole token only", () => {
    expect(tokenIdOf(text)).toBe(text.slice(4, 16));
    expect(tokenIdOf(changed)).toBeNull();
  });
});

test("credentials are taken from Bearer, in any letter case (RFC 9110 section 11.1)", () => {
  expect(bearerOf("Bearer x")).toBe("x");
  expect(bearerOf("bearer   x ")).toBe("x");
  expect(bearerOf("Bearer")).toBe(""); // given, and wrong
  expect(bearerOf("Basic eDp5")).toBeNull();
  expect(bearerOf("Bearerx")).toBeNull();
  expect(bearerOf("")).toBeNull();
  expect(bearerOf(undefined)).toBeNull();
});
