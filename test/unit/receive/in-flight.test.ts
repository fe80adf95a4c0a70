// The memory of messages on their way in.

import fc from "fast-check";
import { expect, test } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { Body } from "../../../services/core/limits/body.ts";
import { createEdge } from "../../../services/receive/edge.ts";
import { createInFlight, type InFlight } from "../../../services/receive/in-flight.ts";

const EDGE = createEdge();

function bodyOf(inFlight: InFlight, bytesMax: number, ip = "198.51.100.7"): Body {
  return new Body(inFlight.open(EDGE, ip, bytesMax), bytesMax);
}

test("a body is what was added, however it was cut into pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 60 }), (pieces) => {
      const inFlight = createInFlight(1_000_000);
      const body = bodyOf(inFlight, 1_000_000);
      for (const piece of pieces) body.add(Uint8Array.from(piece));
      expect(Buffer.from(body.bytes())).toEqual(Buffer.concat(pieces));
      body.release();
      body.release();
      expect(inFlight.held()).toBe(0);
    }),
  );
});

test("a body over its bound is counted, not kept", () => {
  const inFlight = createInFlight(1000);
  const body = bodyOf(inFlight, 10);
  body.add(new Uint8Array(6));
  body.add(new Uint8Array(6));
  body.add(new Uint8Array(6));
  expect(body.refusal).toBe("too-large");
  expect(body.received).toBe(18);
  expect(body.bytes().length).toBe(0);
  expect(inFlight.held()).toBe(0);
});

test("a body of exactly the bound is kept", () => {
  const body = bodyOf(createInFlight(100_000), 40_000);
  for (let i = 0; i < 40; i++) body.add(new Uint8Array(1000).fill(i));
  expect(body.refusal).toBe(null);
  expect(body.bytes().length).toBe(40_000);
});

test("many bodies together stay within the bound of all, and a free place is used again", () => {
  const inFlight = createInFlight(100);
  const first = bodyOf(inFlight, 1000);
  first.add(new Uint8Array(80));
  const second = bodyOf(inFlight, 1000);
  second.add(new Uint8Array(40));
  expect(second.refusal).toBe("too-busy");
  expect(inFlight.held()).toBe(80);
  first.release();
  const third = bodyOf(inFlight, 1000);
  third.add(new Uint8Array(30));
  expect(third.refusal).toBe(null);
});

test("a million tiny pieces cost copies of twice their length, not of its square", () => {
  const body = bodyOf(createInFlight(), 4_000_000);
  const started = performance.now();
  for (let i = 0; i < 1_000_000; i++) body.add(Uint8Array.of(i & 255));
  expect(body.bytes().length).toBe(1_000_000);
  expect(performance.now() - started).toBeLessThan(5_000);
});

test("one address has an eighth, and what is small has a reserve", () => {
  const small = BOUNDS.httpSmallBodyBytesMax;
  const inFlight = createInFlight(80 * small);
  const open = (ip: string) => inFlight.open(EDGE, ip, 10 * small);
  const ips = Array.from({ length: 8 }, (_, at) => `198.51.100.${at}`);
  const holds = ips.map((ip) => open(ip));
  expect(holds.map((hold) => hold.resize(10 * small))).toEqual(new Array(8).fill(true));
  expect(open("198.51.100.0").resize(1)).toBe(false);
  // Not even for a small one of the same address, but for those of others.
  expect(open("198.51.100.9").resize(small + 1)).toBe(false);
  const others = Array.from({ length: 11 }, (_, at) => open(`203.0.113.${at}`).resize(small));
  expect(others).toEqual([...new Array(10).fill(true), false]);
  expect(holds[0]?.resize(0)).toBe(true);
  expect(open("198.51.100.0").resize(small)).toBe(true);
});

test("one message may be as large as is allowed, and no larger", () => {
  const inFlight = createInFlight(800);
  const [one, other] = [inFlight.open(EDGE, "a", 700), inFlight.open(EDGE, "a", 700)];
  expect(one.resize(700)).toBe(true);
  expect(other.resize(1)).toBe(false);
});
