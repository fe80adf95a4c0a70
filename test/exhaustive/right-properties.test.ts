// What must hold for whatever is asked of the seeded set: parts add up to the whole, panels that share a
// measure agree, pages are the answer in pieces. The numbers themselves are in right.test.ts.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccess } from "../../services/access/access.ts";
import { everybodyWay, MACHINE } from "../../services/access/ways.ts";
import { createApi } from "../../services/api/app.ts";
import { silent } from "../../services/observe/events.ts";
import { PANELS } from "../../services/query/index.ts";
import type { Panel, Row } from "../../services/query/panel.ts";
import { parametersOf } from "../../services/query/parameter-table.ts";
import { sortableColumns } from "../../services/query/sort.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { NOW_MS, seedPostmaster } from "../support/postmaster.ts";
import {
  ALL_DAYS,
  answerOf,
  type Given,
  panelNamed,
  rowsOf,
} from "../support/postmaster-questions.ts";
import { sumOf, tableOf } from "../support/postmaster-tables.ts";
import { readCsv } from "../support/spreadsheet.ts";

let at: TestStore;
beforeAll(async () => {
  at = await startTestStore();
  await seedPostmaster(at.store);
});
afterAll(() => at.stop());

/** Nothing changes while this runs, so that one question is asked once. */
const answers = new Map<string, Promise<Row[]>>();

function ask(id: string, given: Given = {}): Promise<Row[]> {
  const question = JSON.stringify([id, given]);
  const answer = answers.get(question) ?? rowsOf(at.store, id, given);
  answers.set(question, answer);
  return answer;
}

/** A measure that is additive, as one number: the panel, its column, and what else is asked. */
interface Measure {
  id: string;
  column: string;
  given?: Given;
  /** Rows of another measure that stand among them. */
  without?: (row: Row) => boolean;
}

const undetailed = (row: Row) => JSON.stringify(row["policy_types"]) === "[]";
/** Failed sessions by failure details. */
const DETAILS: readonly Measure[] = [
  { id: "failures-by-mx", column: "failed_sessions" },
  { id: "failures-by-result-type", column: "failed_sessions" },
  { id: "failures-by-sending-ip", column: "failed_sessions" },
  { id: "failures-by-sending-ip", column: "failed_sessions", given: { group: "network" } },
  { id: "failures-by-organization", column: "failed_sessions", without: undetailed },
  { id: "mx-by-result-type", column: "failed_sessions" },
  { id: "organization-by-mx", column: "failed_sessions" },
  { id: "trend", column: "failed_sessions", given: { by: "mx" } },
  { id: "trend", column: "failed_sessions", given: { by: "result_type", step: "month" } },
];
/** Failed sessions by summaries. */
const FAILED: readonly Measure[] = [
  { id: "overview", column: "failed_sessions" },
  { id: "domains", column: "failed_sessions" },
  { id: "trend", column: "failed_sessions" },
  { id: "trend", column: "failed_sessions", given: { by: "organization", step: "day" } },
  { id: "trust", column: "failed_sessions" },
  { id: "organizations", column: "failed_sessions" },
];
const OTHERS: readonly Measure[] = [
  { id: "overview", column: "reports" },
  { id: "overview", column: "successful_sessions" },
  { id: "domains", column: "successful_sessions" },
  { id: "trust", column: "reports" },
  { id: "organizations", column: "reports" },
  { id: "organizations", column: "total_sessions" },
  { id: "deviations", column: "reports" },
  { id: "problems", column: "failed_sessions" },
  { id: "reports", column: "successful_sessions" },
];

async function measure(
  { id, column, given, without }: Measure,
  asked: Given = {},
): Promise<number> {
  const rows = await ask(id, { ...given, ...asked });
  return sumOf(without === undefined ? rows : rows.filter((row) => !without(row)), column);
}

const takes = (id: string, name: string) => panelNamed(id).parameters.includes(name as never);
const named = ({ id, column, given }: Measure) => `${id} ${column} ${JSON.stringify(given ?? {})}`;

/** YYYY-MM-DD, days after 1 January 2026. */
const dayAfter = (days: number) => new Date(Date.UTC(2026, 0, 1 + days)).toISOString().slice(0, 10);
const RUNS = { numRuns: 1 };

describe("a period that is split at any day adds up", () => {
  test.each([...DETAILS, ...FAILED, ...OTHERS].map((one) => [named(one), one] as const))(
    "%s",
    async (_, one) => {
      const whole = await measure(one);
      expect(whole).toBeGreaterThan(0);
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 119 }), async (days) => {
          const cut = dayAfter(days);
          const parts = [await measure(one, { to: cut }), await measure(one, { from: cut })];
          expect(parts.reduce((sum, part) => sum + part)).toBe(whole);
        }),
        RUNS,
      );
    },
  );
});

describe("parts by the values of a filter add up", () => {
  const values = (title: string, key: string) => [
    ...new Set(tableOf(title).map((row) => String(row[key]))),
  ];
  const FIELDS: [string, string[]][] = [
    ["domain", values("Sums by domain", "domain")],
    ["organization", values("Sums by organization", "organization")],
    ["tenant", values("Sums by tenant", "tenant")],
    ["trust", values("Sums by trust", "trust")],
    ["result_type", values("Details by result type", "result_type")],
    ["mx", values("Details by MX host", "mx").filter((mx) => mx !== "")],
    ["sending_ip", values("Details by sending address", "sending_ip").filter((ip) => ip !== "")],
  ];

  // Panels that count the same agree, see below: one of each measure is enough.
  const ASKED: readonly Measure[] = [
    { id: "failures-by-mx", column: "failed_sessions" },
    { id: "overview", column: "failed_sessions" },
    { id: "trust", column: "reports" },
    { id: "reports", column: "successful_sessions" },
    { id: "organizations", column: "total_sessions" },
  ];

  /** A report has several domains and several failures, and is listed for each. */
  const SEVERAL: Readonly<Record<string, readonly string[]>> = {
    trust: ["domain"],
    reports: ["domain", "result_type", "mx", "sending_ip"],
  };
  test.each(FIELDS)("%s", async (field, all) => {
    for (const one of ASKED.filter(({ id }) => takes(id, field))) {
      if (SEVERAL[one.id]?.includes(field)) continue;
      const parts = await Promise.all(all.map((value) => measure(one, { [field]: value })));
      const sum = parts.reduce((before, part) => before + part, unnamed(field, one.id));
      expect([named(one), sum]).toEqual([named(one), await measure(one)]);
    }
  });

  /** Sessions of details without an MX or address, which cannot be asked for by one. */
  function unnamed(field: string, id: string): number {
    if (field !== "mx" && field !== "sending_ip") return 0;
    const details = tableOf("Failure details in them").filter((row) => row[field] === "");
    return id === "failures-by-mx" ? sumOf(details, "counted") : 0;
  }

  test("problems by policy type, which are counted as sent", async () => {
    const problems = { id: "problems", column: "failed_sessions" };
    for (const row of tableOf("Sums by policy type")) {
      expect(await measure(problems, { policy_type: String(row["policy_type"]) })).toBe(
        row["sent"],
      );
    }
  });
});

describe("panels that share a measure agree", () => {
  const pick = (title: string, key: string) =>
    fc.option(fc.constantFrom(...tableOf(title).map((row) => String(row[key]))));
  const filters = fc
    .record({
      domain: pick("Sums by domain", "domain"),
      organization: pick("Sums by organization", "organization"),
      trust: pick("Sums by trust", "trust"),
      policy_type: pick("Sums by policy type", "policy_type"),
      from: fc.option(fc.integer({ min: 0, max: 60 }).map(dayAfter)),
    })
    .map(
      (chosen): Given =>
        Object.fromEntries(
          Object.entries(chosen).flatMap(([name, value]) =>
            value === null ? [] : [[name, value]],
          ),
        ),
    );

  const agree = async (measures: readonly Measure[], given: Given) => {
    const asked = measures.filter(({ id }) => Object.keys(given).every((name) => takes(id, name)));
    const found = await Promise.all(
      asked.map(async (one) => [named(one), await measure(one, given)] as const),
    );
    expect(found.filter(([, sum]) => sum !== found[0]?.[1])).toEqual([]);
  };

  test("failed sessions by details, whatever is filtered", async () => {
    await fc.assert(
      fc.asyncProperty(filters, (given) => agree(DETAILS, given)),
      { numRuns: 1 },
    );
    for (const given of [
      { mx: "mx1.example.com" },
      { result_type: "validation-failure" },
      { policy_type: ["sts", "tlsa"] },
    ]) {
      await agree(DETAILS, given);
    }
  });

  test("failed sessions by summaries, whatever is filtered", async () => {
    await fc.assert(
      fc.asyncProperty(filters, (given) => agree(FAILED, given)),
      { numRuns: 1 },
    );
  });
});

describe("compare=previous", () => {
  const comparing = PANELS.filter(({ parameters }) => parameters.includes("compare"));
  const BEFORE = "_before";

  test.each(comparing.map((panel) => [panel.id, panel] as const))(
    "%s is as if both were asked",
    async (id, panel) => {
      const period = { from: "2026-03-01", to: "2026-04-01" };
      const previous = { from: "2026-01-29", to: "2026-03-01" };
      const compared = await ask(id, { ...period, compare: "previous" });
      const keys = panel.order
        .map(({ column }) => column)
        .filter((column) => !column.endsWith("_sessions"));
      const keyOf = (row: Row) => JSON.stringify(keys.map((key) => String(row[key]).toLowerCase()));
      for (const column of panel.columns
        .filter(({ name }) => name.endsWith(BEFORE))
        .map(({ name }) => name)) {
        const plain = column.slice(0, -BEFORE.length);
        const worth = (rows: readonly Row[], name: string) =>
          Object.fromEntries(
            rows.flatMap((row) =>
              row[name] === 0 || row[name] === null ? [] : [[keyOf(row), row[name]]],
            ),
          );
        expect([column, worth(compared, column)]).toEqual([
          column,
          worth(await ask(id, previous), plain),
        ]);
        expect([plain, worth(compared, plain)]).toEqual([
          plain,
          worth(await ask(id, period), plain),
        ]);
      }
    },
  );
});

describe("pages are the answer in pieces", () => {
  const paged = PANELS.filter(({ parameters }) => parameters.includes("cursor"));

  async function inPages(id: string, limit: number, given: Given): Promise<Row[]> {
    const rows: Row[] = [];
    for (let cursor = ""; ; ) {
      const page = await answerOf(at.store, id, { ...given, limit: String(limit), cursor });
      rows.push(...page.rows);
      if (page.meta.next_cursor === null) return rows;
      expect(page.rows).toHaveLength(limit);
      cursor = page.meta.next_cursor;
    }
  }

  const sorts = (panel: Panel) =>
    fc
      .subarray(
        sortableColumns(panel).map(({ name }) => name),
        { minLength: 1, maxLength: 2 },
      )
      .chain((names) =>
        fc
          .tuple(...names.map((name) => fc.constantFrom(name, `-${name}`)))
          .map((words) => words.join(",")),
      );

  test.each(paged.map((panel) => [panel.id, panel] as const))("%s", async (id, panel) => {
    const whole = await ask(id);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: Math.ceil(whole.length / 4), max: whole.length }),
        async (limit) => {
          expect(await inPages(id, limit, {})).toEqual(whole);
        },
      ),
      { numRuns: 1 },
    );
    await fc.assert(
      fc.asyncProperty(sorts(panel), async (sort) => {
        const sorted = await ask(id, { sort });
        expect(sorted.map((row) => JSON.stringify(row)).toSorted()).toEqual(
          whole.map((row) => JSON.stringify(row)).toSorted(),
        );
        expect(await inPages(id, Math.ceil(whole.length / 3), { sort })).toEqual(sorted);
      }),
      { numRuns: 1 },
    );
  });

  test("row by row", async () => {
    expect(await inPages("organizations", 1, {})).toEqual(await ask("organizations"));
  });
});

describe("time zones", () => {
  // Midnights there, before and after the clock changes (in the USA on 8 March).
  test.each([
    ["Asia/Tokyo", ["15:00:00Z"]],
    ["America/Los_Angeles", ["07:00:00Z", "08:00:00Z"]],
  ])("days of %s add up, and begin at its midnight", async (timezone, midnights) => {
    const around = { from: "2025-12-30", to: "2026-05-03", timezone };
    for (const one of [...DETAILS, ...FAILED].filter(({ id }) => id === "trend")) {
      const given = { ...one.given, ...around, step: "day" };
      expect(await measure({ ...one, given })).toBe(await measure(one));
      const times = (await ask(one.id, given)).map((row) => String(row["bucket"]).slice(11));
      expect([...new Set(times)].toSorted()).toEqual(midnights);
    }
    for (const one of [FAILED[0], DETAILS[0]].filter((found) => found !== undefined)) {
      expect(await measure(one, around)).toBe(await measure(one));
    }
  });
});

describe("tenants", () => {
  async function seen({ id, column, given, without }: Measure, tenants: string[]) {
    const { rows } = await answerOf(at.store, id, given, tenants);
    return sumOf(without === undefined ? rows : rows.filter((row) => !without(row)), column);
  }

  test("each sees its own, and together it is all", async () => {
    const every = [...DETAILS, ...FAILED, ...OTHERS];
    // The last measure of each panel: its other columns come of the same rows.
    for (const one of new Map(every.map((measured) => [measured.id, measured])).values()) {
      const sum = (await seen(one, ["red"])) + (await seen(one, ["blue"]));
      expect([named(one), sum]).toEqual([named(one), await measure(one)]);
    }
  });

  test("the filter says what the scope says, and nobody sees nothing", async () => {
    for (const one of OTHERS.slice(0, 4)) {
      expect(await measure(one, { tenant: "blue" })).toBe(await seen(one, ["blue"]));
      expect(await seen(one, ["nobody"])).toBe(0);
    }
  });

  test("the ledger has what is the operator's besides", async () => {
    const items = { id: "ingest", column: "items", given: { to: "2026-05-02" } };
    const each = await Promise.all(
      ["red", "blue", "default"].map((tenant) => seen(items, [tenant])),
    );
    // Red: 41 stored, 2 duplicates, 2 conflicts, 1 bounce. Blue: 9, 1, 1, 1. The operator: 2 and 8 refused.
    expect(each).toEqual([46, 12, 10]);
  });
});

describe("CSV", () => {
  const api = () =>
    createApi({
      store: at.store,
      spool: { append: async () => "", refuse() {}, seal: async () => {}, close: async () => {} },
      ready: async () => ({ ready: true, checks: {} }),
      metrics: async () => ({ contentType: "text/plain", text: "" }),
      emit: silent,
      access: createAccess([everybodyWay({ ...MACHINE, tenants: "all" })]),
      loginPath: null,
      reportUrl: "https://reports.example/v1/tlsrpt",
      reportAddress: "tlsrpt@reports.example",
      version: "1.2.3",
      clock: () => NOW_MS,
    });

  test.each(PANELS.map(({ id }) => [id]))("%s says what JSON says", async (id) => {
    const app = api();
    const url = `http://localhost/api/v1/${id}?from=${ALL_DAYS.from}&to=${ALL_DAYS.to}`;
    const json = (await (await app.request(url)).json()) as { data: Row[] };
    const [head = [], ...lines] = readCsv(
      await (await app.request(`${url}&format=csv`)).text(),
      ",",
    );
    expect(parametersOf(panelNamed(id))).toContain("format");
    expect(json.data.length).toBeGreaterThan(0);
    expect(lines).toEqual(json.data.map((row) => head.map((name) => csvText(row[name]))));
    expect(head.toSorted()).toEqual(Object.keys(json.data[0] ?? {}).toSorted());
  });

  /** A row is a line, so that line feeds within a cell are written out. */
  function csvText(cell: unknown): string {
    const text = Array.isArray(cell) ? cell.join(";") : String(cell ?? "");
    return text.replaceAll("\n", "\\x0a");
  }
});
