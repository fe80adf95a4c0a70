// What a question may say of time, order, columns and pages, on the real engine: every panel in every
// order gives the same rows in pages as at once, and days are those of the time zone.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccess } from "../../services/access/access.ts";
import { everybodyWay, MACHINE } from "../../services/access/ways.ts";
import { createApi } from "../../services/api/app.ts";
import { silent } from "../../services/observe/events.ts";
import { CursorError } from "../../services/query/cursor.ts";
import { PANELS, panelOf } from "../../services/query/index.ts";
import {
  type Cell,
  type Column,
  columnsOf,
  type Panel,
  type Row,
} from "../../services/query/panel.ts";
import { parametersOf } from "../../services/query/parameter-table.ts";
import { readParameters } from "../../services/query/parameters.ts";
import { floorStep, type Step } from "../../services/query/range.ts";
import { type PanelResult, runPanel } from "../../services/query/run.ts";
import { sortableColumns } from "../../services/query/sort.ts";
import { seedReport } from "../integration/seed.ts";
import { seedLedger, seedPanels } from "../integration/seed-panels.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";

const NOW = Date.parse("2026-03-30T10:00:00Z");
const SCOPE = { tenants: ["default"] };
const BERLIN = "Europe/Berlin";
/** Nothing in the rows is older: all of them are asked for. */
const ALL = { last: "90d" };

let stored: TestStore;

type Given = Record<string, string | string[]>;

async function ask(panel: Panel, given: Given, nowMs = NOW): Promise<PanelResult> {
  const lists = Object.entries(given).map(([name, value]) => [name, [value].flat()] as const);
  const read = readParameters(panel, Object.fromEntries(lists), nowMs);
  if (!read.ok) throw new Error(`${panel.id}: ${JSON.stringify(read.problem)}`);
  return runPanel(stored.store, panel, read.parameters, SCOPE);
}

function named(id: string): Panel {
  const panel = panelOf(id);
  if (!panel) throw new Error(`no panel ${id}`);
  return panel;
}

/** All rows in pages, whose sizes are taken in turn. */
async function inPages(panel: Panel, given: Given, sizes: readonly number[]): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = "";
  for (let page = 0; cursor !== null; page++) {
    const limit = sizes[page % sizes.length] ?? 1;
    const result: PanelResult = await ask(panel, { ...given, limit: String(limit), cursor });
    expect(result.rows.length, panel.id).toBeLessThanOrEqual(limit);
    rows.push(...result.rows);
    cursor = result.meta.next_cursor;
    if (page > 1_000) throw new Error(`${panel.id} has no last page`);
  }
  return rows;
}

/** The sortable columns, but of those alike in the store the first two only: each takes two questions. */
function ofEachKind(panel: Panel): Column[] {
  const columns = sortableColumns(panel);
  const kind = ({ type, nullable = false }: Column) => `${type} ${nullable}`;
  const before = (i: number) => columns.slice(0, i).map(kind);
  return columns.filter(
    (column, i) => before(i).filter((other) => other === kind(column)).length < 2,
  );
}

const sortedTexts = (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)).sort();

/** Texts are sorted by their bytes; days and times are the same by bytes as by time. */
const compareTexts = (a: Cell, b: Cell) =>
  Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));

function compareCells(a: Cell, b: Cell): number {
  return typeof a === "string" ? compareTexts(a, b) : Number(a) - Number(b);
}

/** Reports around the change to summer time, at all hours, and many of them alike but for their name. */
async function seedHours(): Promise<void> {
  const days = ["2026-03-27", "2026-03-28", "2026-03-29"];
  for (let i = 0; i < 24; i++) {
    const hour = String((i * 5) % 24).padStart(2, "0");
    const details = [{ type: `type-${i % 3}`, mx: `mx${i}.example.com`, failed: 1 }];
    await seedReport(stored.store, {
      n: 100 + i,
      day: days[i % 3] ?? "",
      start: `${hour}:30:00`,
      organization: `Sender ${i % 7}`,
      policies: [{ domain: "example.com", type: "sts", successful: 2, failed: 1, details }],
    });
  }
}

beforeAll(async () => {
  stored = await startTestStore();
  await seedPanels(stored.store);
  await seedLedger(stored.store);
  await seedHours();
});

afterAll(() => stored?.stop());

describe("pages and orders", () => {
  const paged = PANELS.filter((panel) => parametersOf(panel).includes("sort"));

  test("there is something to page through", async () => {
    expect(paged.length).toBeGreaterThan(4);
    const { rows } = await ask(named("failures-by-mx"), ALL);
    expect(rows.length).toBeGreaterThan(20);
  });

  test.each(paged.map((panel) => [panel.id, panel] as const))(
    "%s: by columns of each kind, two pages give each row once, in order",
    async (_, panel) => {
      const { rows } = await ask(panel, ALL);
      const half = [Math.max(1, Math.ceil(rows.length / 2))];
      for (const [i, { name, type }] of ofEachKind(panel).entries()) {
        const descending = i % 2 === 0;
        const sorted = await inPages(panel, { ...ALL, sort: descending ? `-${name}` : name }, half);
        expect(sortedTexts(sorted), name).toEqual(sortedTexts(rows));
        const values = sorted.map((row) => row[name] ?? null);
        const nulls = values.filter((value) => value === null);
        const ordered = values
          .filter((value) => value !== null)
          .sort(type === "text" ? compareTexts : compareCells);
        if (descending) ordered.reverse();
        expect(values, name).toEqual([...ordered, ...nulls]);
      }
    },
  );

  test("rows that are alike in what they are sorted by come once, whatever the pages", async () => {
    const panel = named("failures-by-mx");
    const sorts = fc.constantFrom("failed_sessions", "-result_type", "last_day,-failed_sessions");
    const sizes = fc.array(fc.integer({ min: 4, max: 15 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(sorts, sizes, async (sort, one) => {
        const { rows } = await ask(panel, { ...ALL, sort });
        expect(await inPages(panel, { ...ALL, sort }, one)).toEqual(rows);
      }),
      { numRuns: 5 },
    );
  });

  test("a day that begins between two pages does not move the range", async () => {
    const panel = named("failures-by-mx");
    const first = await ask(panel, { limit: "2" });
    const cursor = first.meta.next_cursor ?? "";
    const tomorrow = NOW + 86_400_000;
    const second = await ask(panel, { limit: "2", cursor }, tomorrow);
    expect([second.meta.from, second.meta.to]).toEqual([first.meta.from, first.meta.to]);
    expect((await ask(panel, {}, tomorrow)).meta.from).not.toBe(first.meta.from);
    expect(second.rows).toEqual((await ask(panel, { limit: "4" })).rows.slice(2));
  });

  test("a cursor goes with its question alone", async () => {
    const panel = named("failures-by-mx");
    const { meta } = await ask(panel, { limit: "1", sort: "mx" });
    const cursor = meta.next_cursor ?? "";
    await ask(panel, { limit: "3", sort: "mx", fields: "mx", cursor });
    for (const other of [
      {},
      { sort: "-mx" },
      { sort: "mx", domain: "example.com" },
      { sort: "mx", last: "60d" },
      { sort: "mx", from: "2026-01-01" },
      { sort: "mx", timezone: BERLIN },
    ]) {
      await expect(ask(panel, { ...other, cursor }), JSON.stringify(other)).rejects.toThrow(
        CursorError,
      );
    }
  });
});

describe("fields", () => {
  test.each(PANELS.map((panel) => [panel.id, panel] as const))(
    "%s: some columns are as in the whole answer, in the order asked for",
    async (_, panel) => {
      const whole = await ask(panel, ALL);
      const names = columnsOf(panel).map(({ name }) => name);
      const some = [0, 1].map((rest) => names.filter((_name, i) => i % 2 === rest).reverse());
      for (const fields of [...some, names.slice(-1)]) {
        const { rows, meta } = await ask(panel, { ...ALL, fields: fields.join(",") });
        expect(meta.fields).toEqual(fields);
        expect(rows).toEqual(
          whole.rows.map((row) => Object.fromEntries(fields.map((name) => [name, row[name]]))),
        );
        if (rows[0]) expect(Object.keys(rows[0])).toEqual(fields);
      }
    },
  );
});

describe("time zones", () => {
  const sessions = async (given: Given) =>
    new Map(
      (await ask(named("trend"), given)).rows.map((row) => [
        row["bucket"],
        Number(row["successful_sessions"]) + Number(row["failed_sessions"]),
      ]),
    );

  test("days of a zone are its own: 23 hours when clocks are put forward", async () => {
    const given = { from: "2026-03-27", to: "2026-03-31", timezone: BERLIN, step: "day" };
    const buckets = await sessions(given);
    expect([...buckets.keys()]).toEqual([
      "2026-03-26T23:00:00Z",
      "2026-03-27T23:00:00Z",
      "2026-03-28T23:00:00Z",
      "2026-03-29T22:00:00Z",
    ]);
    // By hand: of 29 March those that start at 22:30 and 23:30 UTC belong to 30 March in Berlin, and so
    // on; report i starts at (5 i mod 24):30 of day i mod 3, with three sessions each.
    const starts = Array.from({ length: 24 }, (_, i) => {
      const day = 27 + (i % 3);
      return Date.parse(`2026-03-${day}T${String((i * 5) % 24).padStart(2, "0")}:30:00Z`);
    });
    const within = (from: string, to: string) =>
      3 * starts.filter((ms) => ms >= Date.parse(from) && ms < Date.parse(to)).length;
    expect([...buckets.values()]).toEqual([
      within("2026-03-26T23:00:00Z", "2026-03-27T23:00:00Z"),
      within("2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z"),
      within("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
      within("2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"),
    ]);
    expect([...buckets.values()].reduce((all, one) => all + one, 0)).toBe(72);
  });

  const steps: Step[] = ["hour", "day", "week", "month", "year"];

  test.each(steps)("the floors of the store and ours are the same: %s", async (step) => {
    const range = { from: "2026-03-20T00:00:00Z", to: "2026-04-01T00:00:00Z", step };
    const utc = await sessions(range);
    expect(utc.size).toBeGreaterThan(0);
    for (const bucket of utc.keys()) {
      const ms = Date.parse(String(bucket));
      expect(floorStep(ms, step)).toBe(ms);
    }
    // Always UTC, under a name that is not: by bound starts instead of days.
    expect(await sessions({ ...range, timezone: "Africa/Abidjan" })).toEqual(utc);
  });

  test("whatever the zone and the step, buckets add up to the whole", async () => {
    const whole = await ask(named("overview"), { from: "2026-03-01", to: "2026-04-01" });
    const range = { from: "2026-03-01T00:00:00Z", to: "2026-04-01T00:00:00Z" };
    for (const timezone of [BERLIN, "America/St_Johns", "Pacific/Kiritimati", "Asia/Kathmandu"]) {
      for (const step of ["day", "week", "month"]) {
        const values = [...(await sessions({ ...range, timezone, step })).values()];
        const sum = values.reduce((all, one) => all + one, 0);
        expect(sum, `${timezone} ${step}`).toBe(whole.rows[0]?.["total_sessions"]);
      }
    }
  });

  test("meta says what was asked, so that it can be asked again", async () => {
    const { meta } = await ask(named("trend"), { last: "7d", timezone: BERLIN });
    expect(meta).toMatchObject({
      from: "2026-03-24",
      to: "2026-03-31",
      last: "7d",
      timezone: BERLIN,
      step: "day",
      by: "total",
      sort: "bucket,series",
      fields: null,
      complete_through: "2026-03-28",
    });
    const { from, to, timezone } = meta;
    const again = await ask(named("trend"), { from, to, timezone });
    expect(again.rows).toEqual((await ask(named("trend"), { last: "7d", timezone })).rows);
  });

  test("a period is compared with as many days before it", async () => {
    const { meta } = await ask(named("overview"), {
      from: "2026-03-29",
      to: "2026-03-31",
      timezone: BERLIN,
      compare: "previous",
    });
    expect(meta.before).toEqual({ from: "2026-03-27", to: "2026-03-29" });
    expect((await ask(named("overview"), {})).meta.before).toBeNull();
  });
});

test("an answer of the API is kept until something else is to be said", async () => {
  let nowMs = NOW;
  const api = createApi({
    store: stored.store,
    spool: null,
    ready: async () => ({ ready: true, checks: {} }),
    metrics: async () => ({ contentType: "text/plain", text: "" }),
    emit: silent,
    access: createAccess([everybodyWay({ ...MACHINE, tenants: ["default"] })]),
    loginPath: null,
    reportUrl: null,
    reportAddress: null,
    version: "1.2.3",
    clock: () => nowMs,
  });
  const path = "/api/v1/failures-by-mx?domain=example.com&fields=mx,failed_sessions&sort=-mx";
  const first = await api.request(path);
  const tag = first.headers.get("ETag") ?? "";
  const headers = { "If-None-Match": tag };
  expect((await api.request(path, { headers })).status).toBe(304);
  const other = await api.request(path.replace("sort=-mx", "sort=mx"), { headers });
  expect(other.status).toBe(200);
  const details = [{ type: "certificate-expired", mx: "mx99.example.com", failed: 4 }];
  await seedReport(stored.store, {
    n: 200,
    day: "2026-03-29",
    organization: "Sender 1",
    policies: [{ domain: "example.com", type: "sts", successful: 0, failed: 4, details }],
  });
  nowMs += 60_000;
  const changed = await api.request(path, { headers });
  expect(changed.status).toBe(200);
  const answer = (await changed.json()) as { data: Row[] };
  expect(answer.data[0]).toEqual({ mx: "mx99.example.com", failed_sessions: 4 });
});
