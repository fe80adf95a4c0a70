// The panels over domains and failure details on the real engine; seed-failures.ts has the set as a table, and
// the numbers here are added up from it by hand.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { panelOf } from "../../services/query/index.ts";
import type { AddressFacts, Row } from "../../services/query/panel.ts";
import { readParameters } from "../../services/query/parameters.ts";
import { type PanelResult, runPanel } from "../../services/query/run.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { EXPIRED, MX1, MX2, NO_TLS, seedFailures } from "./seed-failures.ts";

const NOW = Date.parse("2026-03-20T10:00:00Z");
type Given = Record<string, string | string[]>;
const RANGE = { from: "2026-03-11", to: "2026-03-21" };
const COMPARED = { ...RANGE, compare: "previous" };

let stored: TestStore;
beforeAll(async () => {
  stored = await startTestStore();
  await seedFailures(stored.store);
});
afterAll(() => stored?.stop());

async function run(id: string, given: Given = RANGE, facts?: AddressFacts): Promise<PanelResult> {
  const panel = panelOf(id);
  if (!panel) throw new Error(`no panel ${id}`);
  const lists = Object.entries(given).map(([name, value]) => [name, [value].flat()] as const);
  const read = readParameters(panel, Object.fromEntries(lists), NOW);
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  return runPanel(stored.store, panel, read.parameters, { tenants: ["default"] }, facts);
}

const only = (rows: readonly Row[], ...names: string[]) =>
  rows.map((row) => names.map((name) => row[name]));
const sumOf = ({ rows }: PanelResult, name = "failed_sessions") =>
  rows.reduce((sum, row) => sum + Number(row[name]), 0);

/** Panels whose rows are a breakdown of the failure details. */
const BREAKDOWNS = [
  "failures-by-mx",
  "failures-by-result-type",
  "failures-by-sending-ip",
  "mx-by-result-type",
  "organization-by-mx",
] as const;

describe("domains", () => {
  test("have a row each, worst first, with policies and the period before", async () => {
    const { rows, meta } = await run("domains", COMPARED);
    expect(rows).toEqual([
      {
        domain: "example.com",
        tenant: "default",
        reports: 2,
        organizations: 2,
        total_sessions: 156,
        successful_sessions: 130,
        failed_sessions: 26,
        success_rate: 0.833333,
        protected_sessions: 156, // 100 under MTA-STS in mode enforce, 56 under DANE
        protected_rate: 1,
        failing_mx_hosts: 2,
        policy_types: ["sts", "tlsa"],
        sts_mode: "testing",
        first_day: "2026-03-12",
        last_day: "2026-03-13",
        last_failed_day: "2026-03-13",
        reports_before: 1,
        total_sessions_before: 100,
        failed_sessions_before: 10,
        success_rate_before: 0.9,
      },
      expect.objectContaining({
        domain: "example.net",
        reports: 1,
        total_sessions: 33,
        failed_sessions: 3,
        failing_mx_hosts: 0,
        sts_mode: "enforce",
        reports_before: 1,
        failed_sessions_before: 0,
        success_rate_before: 1,
      }),
    ]);
    expect(meta.totals).toEqual({ successful_sessions: 160, failed_sessions: 29, reports: 3 });
  });

  test("that only the period before knows are there with nothing", async () => {
    const { rows } = await run("domains", { ...COMPARED, organization: "Beta" });
    const names = ["domain", "reports", "total_sessions", "first_day", "total_sessions_before"];
    expect(only(rows, ...names)).toEqual([
      ["example.com", 1, 56, "2026-03-13", 0],
      ["example.net", 0, 0, null, 10],
    ]);
    const without = await run("domains", { ...RANGE, organization: "Beta" });
    expect(only(without.rows, "domain", "total_sessions_before")).toEqual([["example.com", null]]);
  });

  test("count what is under the chosen policy types", async () => {
    const names = ["domain", "total_sessions", "failed_sessions", "policy_types", "sts_mode"];
    const tlsa = await run("domains", { ...RANGE, policy_type: "tlsa" });
    expect(only(tlsa.rows, ...names)).toEqual([["example.com", 56, 6, ["tlsa"], ""]]);
    const both = await run("domains", { ...RANGE, policy_type: ["sts", "tlsa"] });
    expect(only(both.rows, ...names)).toEqual([
      ["example.com", 156, 26, ["sts", "tlsa"], "testing"],
      ["example.net", 33, 3, ["sts"], "enforce"],
    ]);
  });
});

test("overview is compared with the period before", async () => {
  const { rows } = await run("overview", COMPARED);
  expect(rows[0]).toMatchObject({
    reports: 3,
    organizations: 3,
    total_sessions: 189,
    failed_sessions: 29,
    first_day: "2026-03-12",
    last_report_at: "2026-03-14T12:00:00.000Z",
    reports_before: 2,
    total_sessions_before: 110,
    failed_sessions_before: 10,
    success_rate_before: 0.909091,
  });
  for (const domain of [["example.com"], ["example.com", "example.net"]]) {
    const { rows: some } = await run("overview", { ...COMPARED, domain });
    const count = domain.length;
    expect(only(some, "reports", "reports_before")).toEqual([[count + 1, count]]);
  }
});

describe("failures by result type", () => {
  test("say what the type means, and whose it is", async () => {
    const { rows } = await run("failures-by-result-type", COMPARED);
    const names = ["result_type", "failed_sessions", "failed_sessions_before", "failed_share"];
    expect(
      only(rows, ...names, "mx_hosts", "organizations", "active_days", "policy_types"),
    ).toEqual([
      [EXPIRED, 18, 10, 0.666667, 1, 2, 2, ["sts", "tlsa"]],
      [NO_TLS, 8, 0, 0.296296, 1, 1, 1, ["sts"]],
      ["odd-type", 1, 0, 0.037037, 1, 1, 1, ["sts"]],
    ]);
    expect(rows[0]).toMatchObject({
      title: "Certificate expired",
      family: "TLS session",
      actor: "Whoever runs the MX host",
      meaning: expect.stringMatching(/end date/),
    });
    expect(rows[2]).toMatchObject({ title: "", family: "", actor: "", meaning: "" });
  });

  test("that are over are there with nothing but the period before", async () => {
    const later = { from: "2026-03-13", to: "2026-03-14", compare: "previous" };
    const { rows } = await run("failures-by-result-type", { ...later, organization: "alpha" });
    expect(only(rows, "result_type", "failed_sessions", "failed_sessions_before")).toEqual([
      [EXPIRED, 0, 12],
      [NO_TLS, 0, 8],
    ]);
    expect(only(rows, "first_day", "organizations", "policy_types", "failed_share")).toEqual([
      [null, 0, [], null],
      [null, 0, [], null],
    ]);
  });
});

test("failures by MX host and by organization are compared with the period before", async () => {
  const names = ["result_type", "failed_sessions", "failed_sessions_before"];
  const mx = await run("failures-by-mx", COMPARED);
  expect(only(mx.rows, "mx", ...names)).toEqual([
    [MX1, EXPIRED, 18, 10],
    [MX2, NO_TLS, 8, 0],
    [MX2, "odd-type", 1, 0],
  ]);
  const organizations = await run("failures-by-organization", COMPARED);
  expect(only(organizations.rows, "organization", ...names)).toEqual([
    ["Alpha", EXPIRED, 12, 10],
    ["Alpha", NO_TLS, 8, 0],
    ["Beta", EXPIRED, 6, 0],
    ["GAMMA", "", 3, 0],
    ["Beta", "odd-type", 1, 0],
  ]);
});

describe("failures by sending address", () => {
  const names = ["sending_ip", "network", "failed_sessions"];

  test("have addresses as text, with their network", async () => {
    const { rows } = await run("failures-by-sending-ip");
    expect(only(rows, ...names)).toEqual([
      ["192.0.2.1", "192.0.2.0/24", 12],
      ["2001:db8:1::5", "2001:db8:1::/48", 6],
      ["192.0.2.200", "192.0.2.0/24", 5],
      ["", "", 3],
      ["not an address", "", 1],
      ["2001:db8:1:2::6", "2001:db8:1::/48", 0],
    ]);
    expect(rows[1]).toMatchObject({ organizations: 1, mx_hosts: 1, result_types: [EXPIRED] });
    expect(
      only(rows, "reverse_name", "asn")
        .flat()
        .every((cell) => cell === null),
    ).toBe(true);
  });

  test("are added up by network", async () => {
    const { rows } = await run("failures-by-sending-ip", { ...COMPARED, group: "network" });
    expect(only(rows, ...names, "failed_sessions_before")).toEqual([
      ["192.0.2.0/24", "192.0.2.0/24", 17, 10],
      ["2001:db8:1::/48", "2001:db8:1::/48", 6, 0],
      ["", "", 3, 0],
      ["not an address", "", 1, 0],
    ]);
  });

  test("tell what is known of an address, and ask of nothing that is not shown", async () => {
    const asked: string[] = [];
    const facts: AddressFacts = async (addresses) => {
      asked.push(...addresses);
      const fact = { reverseName: "out.example", asn: 64496, asOrganization: "Example" };
      return new Map([["192.0.2.1", fact]]);
    };
    const { rows } = await run("failures-by-sending-ip", { ...RANGE, limit: "2" }, facts);
    expect(asked).toEqual(["192.0.2.1", "2001:db8:1::5"]);
    expect(only(rows, "reverse_name", "asn", "as_organization")).toEqual([
      ["out.example", 64496, "Example"],
      [null, null, null],
    ]);
  });

  test("are filtered by address, network, and what was sent instead", async () => {
    const cases: [string, (string | number)[]][] = [
      ["192.0.2.1", ["192.0.2.1"]],
      ["::ffff:192.0.2.200", ["192.0.2.200"]],
      ["192.0.2.0/24", ["192.0.2.1", "192.0.2.200"]],
      ["192.0.2.99/25", ["192.0.2.1"]],
      ["2001:db8:1::/64", ["2001:db8:1::5"]],
      ["2001:DB8:1::/47", ["2001:db8:1::5", "2001:db8:1:2::6"]],
      ["not an address", ["not an address"]],
      ["nothing", []],
    ];
    for (const [sending_ip, expected] of cases) {
      const { rows } = await run("failures-by-sending-ip", { ...RANGE, sending_ip });
      expect([sending_ip, rows.map((row) => row["sending_ip"])]).toEqual([sending_ip, expected]);
    }
    const two = { ...RANGE, sending_ip: ["192.0.2.1", "not an address"] };
    expect(sumOf(await run("failures-by-result-type", two))).toBe(13);
  });
});

describe("matrices", () => {
  const totals = ["failed_sessions", "row_failed_sessions", "row_share"];
  const ofColumn = ["column_failed_sessions", "column_share"];

  test("cross MX hosts and result types", async () => {
    const { rows } = await run("mx-by-result-type");
    expect(only(rows, "mx", "result_type", ...totals, ...ofColumn)).toEqual([
      [MX1, EXPIRED, 18, 18, 1, 18, 1],
      [MX2, NO_TLS, 8, 9, 0.888889, 8, 1],
      [MX2, "odd-type", 1, 9, 0.111111, 1, 1],
    ]);
  });

  test("cross organizations and MX hosts", async () => {
    const { rows } = await run("organization-by-mx");
    expect(only(rows, "organization", "mx", ...totals, ...ofColumn)).toEqual([
      ["Alpha", MX1, 12, 20, 0.6, 18, 0.666667],
      ["Alpha", MX2, 8, 20, 0.4, 9, 0.888889],
      ["Beta", MX1, 6, 7, 0.857143, 18, 0.333333],
      ["Beta", MX2, 1, 7, 0.142857, 9, 0.111111],
    ]);
    const page = await run("organization-by-mx", { ...RANGE, limit: "1" });
    expect(page.rows).toEqual(rows.slice(0, 1)); // shares are of the whole, not of the page
  });
});

describe("panels that share a measure agree", () => {
  const filters: [Given, number][] = [
    [{}, 27],
    [{ policy_type: "tlsa" }, 6],
    [{ policy_type: "sts" }, 27],
    [{ policy_type: ["sts", "tlsa"] }, 27],
    [{ domain: "example.com", organization: "BETA" }, 7],
    [{ mx: MX2, trust: "verified" }, 8],
    [{ reason: "b" }, 0],
    [{ reason: "b", policy_type: "sts" }, 2],
    [{ reason: "b", policy_type: ["sts", "tlsa"] }, 0],
    [{ reason: ["a", "b"], policy_type: ["sts", "tlsa"] }, 6],
    [{ result_type: EXPIRED, sending_ip: "2001:db8::/32" }, 6],
  ];

  test("on the failed sessions of any filters", async () => {
    for (const [given, expected] of filters) {
      const asked = { ...RANGE, ...given };
      const asking = [
        ...BREAKDOWNS.map((id) => [id, asked] as const),
        ...["mx", "result_type"].map((by) => ["trend", { ...asked, by }] as const),
        ["failures-by-sending-ip", { ...asked, group: "network" }] as const,
      ];
      const sums = asking.map(async ([id, all]) => [id, sumOf(await run(id, all))]);
      const expectation = asking.map(([id]) => [id, expected]);
      expect([given, await Promise.all(sums)]).toEqual([given, expectation]);
    }
  });

  test("when a field is split into its values, or the period into parts", async () => {
    const whole = 27;
    const values: Record<string, string[]> = {
      organization: ["alpha", "Beta", "gamma"],
      mx: [MX1, MX2],
      result_type: [EXPIRED, NO_TLS, "odd-type"],
      trust: ["verified", "posted"],
    };
    for (const [name, each] of Object.entries(values)) {
      for (const id of BREAKDOWNS) {
        let sum = 0;
        for (const value of each) sum += sumOf(await run(id, { ...RANGE, [name]: value }));
        expect([id, name, sum]).toEqual([id, name, whole]);
      }
    }
    for (const cut of ["2026-03-12", "2026-03-13", "2026-03-14"]) {
      const before = await run("failures-by-mx", { ...RANGE, to: cut });
      const after = await run("failures-by-mx", { ...RANGE, from: cut });
      expect([cut, sumOf(before) + sumOf(after)]).toEqual([cut, whole]);
    }
  });
});

describe("trend", () => {
  const cells = ["series", "successful_sessions", "failed_sessions"];

  test("by policy type has what was sent under each", async () => {
    const { rows } = await run("trend", { ...RANGE, step: "month", by: "policy_type" });
    expect(only(rows, ...cells)).toEqual([
      ["sts", 160, 29],
      ["tlsa", 50, 6],
    ]);
    const mx = await run("trend", { ...RANGE, step: "month", by: "policy_type", mx: MX1 });
    expect(only(mx.rows, ...cells)).toEqual([
      ["sts", null, 18],
      ["tlsa", null, 6],
    ]);
  });

  test("is of failure details when filtered by what only they know", async () => {
    for (const [given, failed] of [
      [{ reason: "a" }, 6],
      [{ sending_ip: "192.0.2.0/24" }, 17],
    ] as [Given, number][]) {
      const { rows } = await run("trend", { ...RANGE, step: "month", ...given });
      expect(only(rows, ...cells)).toEqual([["total", null, failed]]);
    }
  });
});
