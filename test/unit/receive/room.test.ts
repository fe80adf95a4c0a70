// Who gets a place at a listener that is full, and who makes room.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Share } from "../../../services/core/limits/shares.ts";
import { createRoom } from "../../../services/receive/room.ts";

function stage(connectionsMax: number, shares: (ip: string) => Share[] = () => []) {
  const evicted: string[] = [];
  const busy = new Set<string>();
  const room = createRoom<string>({
    connectionsMax,
    edge: { connectionShares: shares },
    idle: (name) => !busy.has(name),
    evict: (name) => void evicted.push(name),
  });
  return { ...room, evicted, busy };
}

const [GREEDY, LATE] = ["198.51.100.1", "198.51.100.2"];

test("whoever has the most makes room, with what was of no use for longest", () => {
  const { enter, useful, evicted, busy } = stage(4);
  for (const name of ["a", "b", "c"]) enter(name, GREEDY);
  enter("other", "203.0.113.1");
  useful("a");
  busy.add("b");
  expect(enter("late", LATE)).toBe("in");
  expect(evicted).toEqual(["c"]);
});

test("nobody makes room for one who would have as many, and nobody in the middle of a message", () => {
  const { enter, leave, evicted, busy } = stage(4);
  for (const name of ["a", "b"]) enter(name, GREEDY);
  for (const name of ["c", "d"]) enter(name, LATE);
  expect(enter("e", GREEDY)).toBe("full");
  for (const name of ["a", "b", "c", "d"]) busy.add(name);
  expect(enter("f", "203.0.113.1")).toBe("full");
  expect(evicted).toEqual([]);
  leave("a");
  leave("a");
  expect(enter("f", "203.0.113.1")).toBe("in");
});

test("the networks of a site are one owner", () => {
  const { enter, evicted } = stage(4);
  for (const net of [1, 2]) enter(`net ${net}`, `2001:db8:1:${net}::1`);
  enter("a", GREEDY);
  enter("b", LATE);
  expect(enter("late", "203.0.113.1")).toBe("in");
  expect(evicted).toEqual(["net 1"]);
});

test("a share that is full stays so when the listener is, and is given back", () => {
  const { enter, leave } = stage(3, (ip) => [{ key: ip, max: 2 }]);
  expect([enter("a", GREEDY), enter("b", GREEDY)]).toEqual(["in", "in"]);
  expect(enter("c", GREEDY)).toBe("address-full");
  leave("a");
  expect(enter("c", GREEDY)).toBe("in");
});

test("whatever comes, there are never more than the listener holds", () => {
  const steps = fc.array(fc.tuple(fc.nat(5), fc.nat(3), fc.boolean()), { maxLength: 80 });
  fc.assert(
    fc.property(steps, (list) => {
      const { enter, leave, evicted } = stage(5, (ip) => [{ key: ip, max: 3 }]);
      const inside = new Set<string>();
      for (const [at, [ip, which, leaves]] of list.entries()) {
        const known = [...inside][which];
        if (leaves && known !== undefined) {
          leave(known);
          inside.delete(known);
        } else if (enter(`${at}`, `198.51.100.${ip}`) === "in") inside.add(`${at}`);
        for (const name of evicted.splice(0)) inside.delete(name);
        expect(inside.size).toBeLessThanOrEqual(5);
      }
    }),
  );
});
