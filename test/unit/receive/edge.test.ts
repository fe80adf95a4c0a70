// Requests that a proxy passed on which is not named: told once, and never exempt as this machine is.

import { expect, test } from "vitest";
import { NO_LIMITS } from "../../../services/core/limits/address-limits.ts";
import { parseNetworks } from "../../../services/core/net/networks.ts";
import { createEdge, OPEN_EDGE_SETTINGS } from "../../../services/receive/edge.ts";

const settings = {
  ...OPEN_EDGE_SETTINGS,
  limits: {
    ...NO_LIMITS,
    perMinute: { ...NO_LIMITS.perMinute, login: 3 },
    exempt: parseNetworks(["127.0.0.0/8", "::1", "192.0.2.7"]),
  },
};

test("this machine is exempt, and what a proxy on it passed on is not", () => {
  const edge = createEdge(settings);
  for (let i = 0; i < 50; i++) expect(edge.take("login", "127.0.0.1")).toBe(0);
  const passedOn = Array.from({ length: 4 }, () => edge.take("login", "127.0.0.1", true));
  expect(passedOn.slice(0, 3)).toEqual([0, 0, 0]);
  expect(passedOn[3]).toBeGreaterThan(0);
  expect(edge.take("login", "::1", true)).toBeGreaterThan(0);
  expect(edge.take("login", "127.0.0.1")).toBe(0);
});

test("an address elsewhere counts as itself, and stays exempt where it was made so", () => {
  const edge = createEdge(settings);
  for (let i = 0; i < 50; i++) expect(edge.take("login", "192.0.2.7", true)).toBe(0);
  for (let i = 0; i < 3; i++) expect(edge.take("login", "198.51.100.1", true)).toBe(0);
  expect(edge.take("login", "198.51.100.1", true)).toBeGreaterThan(0);
  expect(edge.take("login", "198.51.100.2", true)).toBe(0);
});

test("it is told once, of this machine and of others, until the configuration changes", () => {
  const told: unknown[] = [];
  const edge = createEdge(settings, (event, fields) => told.push([event, fields?.["peer"]]));
  for (const peer of ["198.51.100.1", "127.0.0.1", "::1", "198.51.100.2"]) edge.tellPassedOn(peer);
  expect(told).toEqual([
    ["proxy-unnamed", "198.51.100.1"],
    ["proxy-unnamed", "127.0.0.1"],
  ]);
  edge.configure(settings);
  edge.tellPassedOn("127.0.0.1");
  expect(told).toHaveLength(3);
});
