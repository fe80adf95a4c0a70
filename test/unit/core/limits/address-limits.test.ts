// Limits on one address: who is counted as whom, whom they do not hold for, and a change while they count.

import { expect, test } from "vitest";
import { BOUNDS } from "../../../../services/core/bounds.ts";
import {
  createAddressLimits,
  type LimitSettings,
  NO_LIMITS,
} from "../../../../services/core/limits/address-limits.ts";
import { createShares } from "../../../../services/core/limits/shares.ts";
import { parseNetworks } from "../../../../services/core/net/networks.ts";

function settings(request: number | null, more: Partial<LimitSettings> = {}): LimitSettings {
  return { ...NO_LIMITS, perMinute: { ...NO_LIMITS.perMinute, request }, ...more };
}

function stage(first: LimitSettings) {
  let nowMs = 0;
  const limits = createAddressLimits(first, () => nowMs);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { ...limits, pass };
}

const IP = "198.51.100.7";

test("an address gets its minute's worth, then a number of seconds to wait", () => {
  const { take, pass } = stage(settings(6));
  expect(Array.from({ length: 7 }, () => take("request", IP))).toEqual([0, 0, 0, 0, 0, 0, 10]);
  expect(take("request", "198.51.100.8")).toBe(0);
  pass(10_000);
  expect(take("request", IP)).toBe(0);
});

test("reports may come ten minutes' worth at once", () => {
  const { take } = stage({ ...NO_LIMITS, perMinute: { ...NO_LIMITS.perMinute, post: 2 } });
  const waits = Array.from({ length: 21 }, () => take("post", IP));
  expect(waits.slice(0, 20)).toEqual(new Array(20).fill(0));
  expect(waits[20]).toBe(30);
});

test("a /64 is one address, whatever it is called", () => {
  const { take } = stage(settings(1));
  expect(take("request", "2001:db8:1:2::1")).toBe(0);
  expect(take("request", "2001:db8:1:2:ffff::9")).toBeGreaterThan(0);
  expect(take("request", "2001:db8:1:3::1")).toBe(0);
  expect(take("request", IP)).toBe(0);
  expect(take("request", `::ffff:${IP}`)).toBeGreaterThan(0);
});

test("kinds do not share, and off is no limit", () => {
  const { take } = stage(settings(1));
  take("request", IP);
  expect(take("request", IP)).toBeGreaterThan(0);
  expect(Array.from({ length: 1_000 }, () => take("post", IP))).toEqual(new Array(1_000).fill(0));
});

test("the exempt are not counted, names always are", () => {
  const { take, takeNamed } = stage(settings(1, { exempt: parseNetworks(["127.0.0.0/8"]) }));
  expect([take("request", "127.0.0.9"), take("request", "127.0.0.9")]).toEqual([0, 0]);
  expect(takeNamed("request", "token 127.0.0.9")).toBe(0);
  expect(takeNamed("request", "token 127.0.0.9")).toBeGreaterThan(0);
});

test("a change holds at once, and what stays keeps counting", () => {
  const { take, configure } = stage(settings(1));
  take("request", IP);
  configure(settings(1, { exempt: parseNetworks(["203.0.113.0/24"]) }));
  expect(take("request", IP)).toBeGreaterThan(0);
  configure(settings(2));
  expect([take("request", IP), take("request", IP)]).toEqual([0, 0]);
  expect(take("request", IP)).toBeGreaterThan(0);
  configure(settings(null));
  expect(take("request", IP)).toBe(0);
});

test("one address never gets more than half of a listener", () => {
  const { connectionShares } = stage({
    ...NO_LIMITS,
    connectionsMax: 100,
    exempt: parseNetworks(["127.0.0.0/8"]),
  });
  const maxima = (ip: string, size: number) => connectionShares(ip, size).map(({ max }) => max);
  expect(maxima(IP, 1_000)).toEqual([100]);
  expect(maxima(IP, 20)).toEqual([10]);
  expect(maxima(IP, 1)).toEqual([1]);
  expect(maxima("127.0.0.1", 20)).toEqual([]);
  expect(stage(NO_LIMITS).connectionShares(IP, 20)).toEqual([]);
  expect(connectionShares("2001:db8:1:2::1", 1_000)).toEqual([
    { key: "2001:db8:1:2::/64", max: 100 },
    { key: "2001:db8:1::/48", max: 400 },
  ]);
  expect(maxima("2001:db8:1:2::1", 500)).toEqual([100, 250]);
});

test("bytes beyond the first unit are paid by the next one, and by the exempt never", () => {
  const more = { exempt: parseNetworks(["127.0.0.0/8"]) };
  const perMinute = { ...NO_LIMITS.perMinute, post: 6 };
  const { take, charge, pass } = stage({ ...NO_LIMITS, perMinute, ...more });
  const unit = BOUNDS.limitUnitBytes;
  for (let small = 0; small < 59; small++) {
    expect(take("post", IP)).toBe(0);
    charge("post", IP, unit);
  }
  expect(take("post", IP)).toBe(0);
  charge("post", IP, 2 * unit + 1);
  expect(take("post", IP)).toBe(30);
  // However large it was, it costs one burst.
  charge("post", IP, 10_000 * unit);
  expect(take("post", IP)).toBe(610);
  pass(610_000);
  expect(take("post", IP)).toBe(0);
  charge("post", "127.0.0.1", 10_000 * unit);
  expect(take("post", "127.0.0.1")).toBe(0);
});

test("shares are given back, and nothing is remembered of whoever holds none", () => {
  const { take, give, of, size } = createShares();
  const [a, b] = [
    { key: "a", max: 2 },
    { key: "b", max: 3 },
  ];
  expect([take([a, b], 1), take([a, b], 1), take([a, b], 1)]).toEqual([true, true, false]);
  expect([take([b], 2), take([b], 1)]).toEqual([false, true]);
  give([a, b], 1);
  expect([of("a"), of("b")]).toEqual([1, 2]);
  give([a, b], 1);
  give([b], 1);
  expect(size()).toBe(0);
});
