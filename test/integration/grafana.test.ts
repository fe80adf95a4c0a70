// Every statement of the Grafana dashboards on the real engine: as Grafana would send it, for several choices of
// its variables, it gives the numbers of the API, and nothing that is chosen is taken for SQL.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assetPath } from "../../services/assets.ts";
import { buildDirectory } from "../../services/core/directory/directory.ts";
import { BOARDS, type Section } from "../../services/grafana/boards.ts";
import { FILTER_VARIABLES, type FilterVariable } from "../../services/grafana/macros.ts";
import {
  columnsAsked,
  rowsAsked,
  statementOf,
  variablesOf,
} from "../../services/grafana/statement.ts";
import { valuesStatement } from "../../services/grafana/variables.ts";
import { commitBatch } from "../../services/ingest/commit.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import type { Column } from "../../services/query/panel.ts";
import { readParameters } from "../../services/query/parameters.ts";
import { runPanel } from "../../services/query/run.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { expand, type GrafanaRange } from "../support/grafana.ts";
import { received } from "../support/mails.ts";
import { NOW_MS, seedPostmaster } from "../support/postmaster.ts";
import { reportJson } from "../support/reports.ts";

/** Signs that end a text in SQL, a list in Grafana, or a bracket of the plugin. */
const ODD_NAME = String.raw`O'Odd \ "Mail", {Inc}) 100% $domain`;
/** By statement: some stand on several dashboards. */
const SECTIONS = new Map(
  BOARDS.flatMap(({ sections }) => sections).map((section) => [statementOf(section), section]),
);
const CASES = [...SECTIONS.values()].map((section) => ({
  name: [section.panel.id, section.by, section.columns.at(-1)].join(" "),
  section,
}));

interface Moment {
  given: { from: string; to: string };
  nowMs: number;
}
/** All of it, long complete. */
const WHOLE: Moment = { given: { from: "2026-01-01", to: "2026-05-01" }, nowMs: NOW_MS };
/** From the middle of a day to the end of one that is not over. */
const PART: Moment = {
  given: { from: "2026-02-05T06:00:00Z", to: "2026-03-13" },
  nowMs: Date.parse("2026-03-12T12:00:00Z"),
};

type Names = Readonly<Partial<Record<FilterVariable, readonly string[]>>>;
/** All, one value, and several; a section takes those that it has a variable for. */
const CHOICES: readonly Names[] = [
  {},
  { tenant: ["blue"], domain: ["cheese.example"] },
  {
    tenant: ["red", "default"],
    domain: ["example.com", "example.net"],
    organization: ["SEARCHMAIL INC.", ODD_NAME, "Postbox Ltd"],
    mx: ["mx1.example.com", "mx2.example.com"],
    result_type: ["certificate-expired", "starttls-not-supported"],
  },
];

/** Texts that end a text, a list or a bracket, and go on. */
const BAD = [
  "x' OR 1=1 --",
  String.raw`x\' OR 1=1 --`,
  String.raw`x\\' OR 1=1 --`,
  "x'))))) OR 1=1 --",
  "%27%29%29%29%29%29 OR 1=1 --",
  "\\",
  "'",
];

let at: TestStore;
beforeAll(async () => {
  at = await startTestStore();
  await seedPostmaster(at.store);
  await seedReport("01JT0000000000000000000000", odd);
  await seedReport("01JT0000000000000000000001", undetailed);
});
afterAll(() => at?.stop());

const DAY = "2026-04-20";
/** Its sender has a name that hardly anything keeps. */
const odd = reportJson({ number: 1, organization: ODD_NAME, day: DAY, failures: 3 });
/** Its sender counts failures and tells nothing of them. */
const undetailed = reportJson({
  number: 2,
  organization: "Terse Mail",
  day: DAY,
  failures: 2,
}).replace(/,"failure-details":\[[^\]]*\]/, "");

async function seedReport(receipt: string, json: string): Promise<void> {
  const raw = received(json, {
    receipt,
    receivedAtMs: Date.parse("2026-04-21T03:00:00Z"),
    channel: "import",
    fileName: `${receipt}.json`,
  });
  const items = await ingest(raw, {
    directory: buildDirectory([]),
    dkim: "flag",
    keyRequired: false,
    nowMs: NOW_MS,
    keys: new Map(),
  });
  const entries = items.map((item, index) => ({ raw, index, item }));
  await commitBatch(at.store, entries, raw.arrival.receivedAtMs + 1_000);
}

/** Grafana's range ends with the last millisecond that is in it. */
function rangeOf({ given }: Moment): GrafanaRange {
  return { fromMs: Date.parse(given.from), toMs: Date.parse(given.to) - 1 };
}

const lists = new Map<FilterVariable, Promise<Map<string, string>>>();

/** What a variable can be set to, by name, as the dashboards ask for it. */
function listOf(variable: FilterVariable): Promise<Map<string, string>> {
  const sql = expand(valuesStatement(variable), {}, rangeOf(WHOLE), WHOLE.nowMs);
  const read = async () => {
    const rows = await at.store.select<{ value: string; text: string }>(sql);
    return new Map(rows.map(({ text, value }) => [text, value]));
  };
  const list = lists.get(variable) ?? read();
  lists.set(variable, list);
  return list;
}

/** The values that stand for names. */
async function valuesOf(names: Names): Promise<Record<string, string[]>> {
  const values: Record<string, string[]> = {};
  for (const variable of FILTER_VARIABLES) {
    const list = await listOf(variable);
    const chosen = names[variable]?.map((name) => list.get(name));
    if (chosen?.includes(undefined))
      throw new Error(`${names[variable]} is not in ${[...list.keys()]}`);
    if (chosen) values[variable] = chosen.map(String);
  }
  return values;
}

async function asGrafana(
  section: Section,
  values: Record<string, string[]>,
  moment: Moment,
  statement = statementOf(section),
) {
  const sql = expand(statement, values, rangeOf(moment), moment.nowMs);
  return at.store.select<Record<string, unknown>>(sql);
}

async function asApi(section: Section, names: Names, { given, nowMs }: Moment) {
  const { panel, by, totals } = section;
  const asked: Record<string, string[]> = { from: [given.from], to: [given.to] };
  for (const name of variablesOf(section)) asked[name] = [...(names[name] ?? [])];
  if (panel.parameters.includes("limit")) asked["limit"] = [String(rowsAsked(section))];
  if (panel.parameters.includes("step")) asked["step"] = ["day"];
  if (by) asked["by"] = [by];
  const read = readParameters(panel, asked, nowMs);
  if (!read.ok) throw new Error(`${panel.id}: ${read.problem.detail}`);
  const { rows, meta } = await runPanel(at.store, panel, read.parameters, { tenants: "all" });
  return totals ? [meta.totals] : rows;
}

/** A cell of either in one form; ratios have six digits in the API. */
function cellOf({ type }: Column, cell: unknown): string {
  if (cell === null || cell === undefined) return "none";
  if (type === "ratio") return String(Math.round(Number(cell) * 1e6));
  if (type === "time") return String(cell).replace(" ", "T").replace(/Z$/, "");
  if (type === "flag") return String(cell === true || cell === 1);
  return Array.isArray(cell) ? cell.join(", ") : String(cell);
}

function printRows(section: Section, rows: readonly Record<string, unknown>[]): string[][] {
  const columns = columnsAsked(section);
  return rows.map((row) => columns.map((column) => cellOf(column, row[column.name])));
}

describe.each(CASES)("$name", ({ section }) => {
  test("has the rows of the API, whatever is chosen", async () => {
    const seen = new Set<string>();
    for (const names of CHOICES) {
      const rows = printRows(section, await asGrafana(section, await valuesOf(names), WHOLE));
      const known = printRows(section, await asApi(section, names, WHOLE));
      expect([names, rows]).toEqual([names, known]);
      seen.add(JSON.stringify(rows));
    }
    expect(seen.size).toBe(CHOICES.length);
  });

  test("has the rows of the API from the middle of a day until now", async () => {
    const rows = printRows(section, await asGrafana(section, {}, PART));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows).toEqual(printRows(section, await asApi(section, {}, PART)));
  });
});

/** The statement of each panel of a committed dashboard, as Grafana reads it, with the section it was made of. */
const COMMITTED = BOARDS.flatMap(({ id, sections }) => {
  const file = readFileSync(assetPath("dashboards", "grafana", `${id}.json`), "utf8");
  const { panels } = JSON.parse(file) as { panels: { targets: { rawSql: string }[] }[] };
  return panels.flatMap(({ targets }, i) => {
    const [section, statement] = [sections[i], targets[0]?.rawSql];
    if (section === undefined || !statement?.includes("$domain)")) return [];
    return { name: `${id}: ${section.title ?? section.panel.title}`, section, statement };
  });
});

test.each(COMMITTED)(
  "as committed, $name has the rows of the API for several domains and all",
  async ({ section, statement }) => {
    const seen = new Set<string>();
    for (const names of [{ domain: ["example.com", "cheese.example"] }, {}]) {
      const values = await valuesOf(names);
      const rows = printRows(section, await asGrafana(section, values, WHOLE, statement));
      expect(rows.length).toBeGreaterThan(0);
      expect(rows).toEqual(printRows(section, await asApi(section, names, WHOLE)));
      seen.add(JSON.stringify(rows));
    }
    expect(seen.size).toBe(2);
  },
);

test.each(["mx", "result_type"] as const)(
  "failures without a detail are among all, and not among those of every known %s",
  async (variable) => {
    const section = CASES.find(
      (one) => one.section.panel.id === "failures-by-organization",
    )?.section;
    if (section === undefined) throw new Error("no section has failures-by-organization");
    const known: Names = { [variable]: [...(await listOf(variable)).keys()] };
    const told: string[] = [];
    for (const names of [{}, known]) {
      const rows = printRows(section, await asGrafana(section, await valuesOf(names), WHOLE));
      expect(rows).toEqual(printRows(section, await asApi(section, names, WHOLE)));
      told.push(rows.flatMap(([name, result]) => (result === "" ? name : [])).join());
    }
    expect(told).toEqual(["Terse Mail", ""]);
  },
);

// Every variable in both forms of a condition; that all statements have these forms is a unit test.
test.each(["problems", "failures-by-mx", "reports"])(
  "nothing that is chosen is SQL in %s",
  async (id) => {
    const section = CASES.find((one) => one.section.panel.id === id)?.section;
    if (section === undefined) throw new Error(`no section has ${id}`);
    for (const variable of variablesOf(section)) {
      for (const value of BAD) {
        expect([variable, value, await asGrafana(section, { [variable]: [value] }, WHOLE)]).toEqual(
          [variable, value, []],
        );
      }
    }
  },
);

test("a name that a list is too short for can be typed: what stands for it is the name itself", async () => {
  for (const variable of ["tenant", "domain", "mx", "result_type"] as const) {
    const list = [...(await listOf(variable))];
    expect(list.length).toBeGreaterThan(1);
    expect(list.filter(([text, value]) => text !== value)).toEqual([]);
  }
});
