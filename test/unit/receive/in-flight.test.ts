// The memory of messages on their way in.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Body, createInFlight } from "../../../services/receive/in-flight.ts";

test("a body is what was added, however it was cut into pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 60 }), (pieces) => {
      const inFlight = createInFlight(1_000_000);
      const body = new Body(inFlight, 1_000_000);
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
  const body = new Body(inFlight, 10);
  body.add(new Uint8Array(6));
  body.add(new Uint8Array(6));
  body.add(new Uint8Array(6));
  expect(body.refusal).toBe("too-large");
  expect(body.received).toBe(18);
  expect(body.bytes().length).toBe(0);
  expect(inFlight.held()).toBe(0);
});

test("a body of exactly the bound is kept", () => {
  const body = new Body(createInFlight(100_000), 40_000);
  for (let i = 0; i < 40; i++) body.add(new Uint8Array(1000).fill(i));
  expect(body.refusal).toBe(null);
  expect(body.bytes().length).toBe(40_000);
});

test("many bodies together stay within the bound of all, and a free place is used again", () => {
  const inFlight = createInFlight(100);
  const first = new Body(inFlight, 1000);
  first.add(new Uint8Array(80));
  const second = new Body(inFlight, 1000);
  second.add(new Uint8Array(30));
  expect(second.refusal).toBe("too-busy");
  expect(inFlight.held()).toBe(80);
  first.release();
  const third = new Body(inFlight, 1000);
  third.add(new Uint8Array(30));
  expect(third.refusal).toBe(null);
});

test("a million tiny pieces cost copies of twice their length, not of its square", () => {
  const body = new Body(createInFlight(), 4_000_000);
  const started = performance.now();
  for (let i = 0; i < 1_000_000; i++) body.add(Uint8Array.of(i & 255));
  expect(body.bytes().length).toBe(1_000_000);
  expect(performance.now() - started).toBeLessThan(5_000);
});
