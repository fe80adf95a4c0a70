// Target: parameters and cursors of every panel. Nothing a caller writes gets into the SQL text, every value is
// bound, bounds hold, and what is not right is a problem with a name.

import { BOUNDS } from "../../services/core/bounds.ts";
import { CursorError, printCursor } from "../../services/query/cursor.ts";
import { PANELS } from "../../services/query/index.ts";
import {
  type Cell,
  type ColumnType,
  columnsOf,
  type Panel,
  type Row,
} from "../../services/query/panel.ts";
import { PARAMETERS } from "../../services/query/parameter-table.ts";
import { readParameters } from "../../services/query/parameters.ts";
import { buckets } from "../../services/query/range.ts";
import { runPanel, type Scope } from "../../services/query/run.ts";
import type { QueryParameter, Store } from "../../services/store/port.ts";
import { readsOf } from "../support/reads.ts";
import type { Chance } from "./chance.ts";
import { mutate } from "./mutate.ts";
import { ODD_TEXTS } from "./report-shapes.ts";
import { Broken, hold, target } from "./target.ts";

interface QueryCase {
  panel: Panel;
  given: Record<string, string[]>;
  scope: Scope;
}

/** In every value of a caller: it must never be in the SQL text. */
const MARK = "Qz7Mark";

const VALUES = [
  "example.com",
  "2026-01-01",
  "2026-11-22",
  "2026-02-30",
  "1970-01-01",
  "1969-12-31",
  "2149-06-06",
  "2149-06-07",
  "9999-12-31",
  "2026-01-01T00:00:00Z",
  "2026-01-01T23:59:59.999999999+23:59",
  "2149-06-06T23:59:59-23:59",
  "1970-01-01T00:00:00+23:59",
  "hour",
  "month",
  "total",
  "mx",
  "0",
  "1",
  "10000",
  "10001",
  "-1",
  "1e3",
  "999999999999999999999",
  "json",
  "csv",
  "verified",
  `${MARK}') OR 1=1 --`,
  `${MARK}{x:String}`,
  `\\${MARK}'`,
  ...ODD_TEXTS,
];
const NAMES = [...Object.keys(PARAMETERS), "constructor", "__proto__", "toString", "x", ""];
const NOW_MS = Date.UTC(2026, 10, 22, 7);
const LASTS_ASKED = ["30d", "1d", "12h", "1s", "20000d", "20779d", "9999999d", "d", "-1d"];
const ZONES = [
  "Europe/Berlin",
  "America/St_Johns",
  "Pacific/Apia",
  "Pacific/Kiritimati",
  "Etc/GMT+12",
  "utc",
  "+02:00",
  "Mars/Phobos",
];

/** Names of columns as `sort` and `fields` have them, most of them right. */
function columns(chance: Chance, panel: Panel): string {
  const names = columnsOf(panel).map(({ name }) => name);
  const word = () => `${chance.once(4) ? "-" : ""}${chance.once(9) ? MARK : chance.pick(names)}`;
  return chance.some(1, 3, word).join(",");
}

function cellOf(chance: Chance, type: ColumnType): Cell {
  if (chance.once(12)) return chance.pick<Cell>([null, -1, 1.5, true, [], ...ODD_TEXTS]);
  if (type === "count") return chance.pick<Cell>([0, 7, 2 ** 53, "18446744073709551615", 12.5]);
  if (type === "date") return chance.pick(["2026-11-01", "2026-13-99", "0000-00-00"]);
  if (type === "time") return chance.pick(["2026-11-01T00:00:00Z", "2026-99-01T00:00:00.123Z"]);
  return chance.pick([`${MARK}'`, "a", "\u0000", "é"]);
}

/** A cursor of the same question for the most part, so that its cells are looked at too. */
function cursor(chance: Chance, panel: Panel, given: QueryCase["given"]): string {
  const row: Row = {};
  for (const column of panel.columns) row[column.name] = cellOf(chance, column.type);
  const asked = readParameters(panel, given, NOW_MS);
  const read = asked.ok ? asked : readParameters(panel, {}, NOW_MS);
  if (!read.ok) throw new Error("a panel takes no parameters");
  const printed = printCursor(chance.once(6) ? chance.pick(PANELS) : panel, read.parameters, row);
  if (!chance.once(3)) return printed;
  const bytes = Buffer.from(printed, "base64url");
  return mutate(chance, bytes, ["null", "[", '"', "{}", "1e99"]).toString("base64url");
}

function make(chance: Chance): QueryCase {
  const panel = chance.pick(PANELS);
  const given: Record<string, string[]> = {};
  const count = chance.below(4);
  for (let i = 0; i < count; i++) {
    const known = chance.once(10) ? NAMES : panel.parameters;
    const name = known.length === 0 ? "x" : chance.pick(known);
    const many = chance.once(40) ? chance.pick([100, 101]) : chance.once(8) ? 3 : 1;
    const value = () => (chance.once(5) ? `${MARK}${chance.below(9)}` : chance.pick(VALUES));
    given[name] = chance.some(many, many, value);
  }
  if (chance.once(2)) {
    given["from"] = [chance.pick(VALUES)];
    given["to"] = [chance.pick(VALUES)];
  } else if (chance.once(3)) given["last"] = [chance.pick(LASTS_ASKED)];
  if (chance.once(3)) given["timezone"] = [chance.pick(ZONES)];
  if (chance.once(3)) given["sort"] = [columns(chance, panel)];
  if (chance.once(3)) given["fields"] = [columns(chance, panel)];
  if (chance.once(3)) given["cursor"] = [cursor(chance, panel, given)];
  const tenants = chance.pick([["north"], [], ["north", `${MARK}'`], "all"] as const);
  return { panel, given, scope: { tenants } };
}

interface Asked {
  sql: string;
  bound: Record<string, QueryParameter>;
}

/** A store that remembers what it was asked and has no rows. */
function listening(asked: Asked[]): Store {
  const unused = () => Promise.reject(new Error("a query does not write"));
  return {
    async select<Found>(sql: string, bound: Record<string, QueryParameter> = {}) {
      asked.push({ sql, bound });
      const none: Found[] = [];
      return none;
    },
    insert: unused,
    command: unused,
    ping: async () => {},
    close: async () => {},
  };
}

async function check({ panel, given, scope }: QueryCase): Promise<void> {
  const read = readParameters(panel, given, NOW_MS);
  if (!read.ok) {
    hold(read.problem.detail !== "", "a problem is explained");
    return;
  }
  const { range, limit, filters, step } = read.parameters;
  hold(range.fromMs < range.toMs, "a range has a length", () => range);
  hold(Number.isInteger(limit) && limit >= 1 && limit <= BOUNDS.queryRowsMax, "rows are bounded");
  for (const values of Object.values(filters)) {
    hold(values.length <= BOUNDS.queryValuesMax, "values are bounded");
  }
  if (panel.parameters.includes("step")) {
    const count = buckets(range, step).length;
    hold(count <= BOUNDS.trendBucketsMax + 1, "buckets are bounded", () => count);
  }
  const asked: Asked[] = [];
  try {
    await runPanel(listening(asked), panel, read.parameters, scope);
  } catch (error) {
    if (error instanceof CursorError) return;
    throw error;
  }
  for (const one of asked) checkAsked(one, scope);
}

function checkAsked({ sql, bound }: Asked, scope: Scope): void {
  hold(!sql.includes(MARK), "nothing of a caller is in the SQL", () => sql);
  for (const [, name = "", type = ""] of sql.matchAll(/\{(\w+):([^}]+)\}/g)) {
    hold(Object.hasOwn(bound, name), "every placeholder is bound", () => name);
    checkBound(type, bound[name], name);
  }
  if (scope.tenants === "all") return;
  const { reads, right } = readsOf(sql);
  hold(reads > 0 && reads === right, "every table is read for the caller's tenants", () => sql);
}

const FORMS: Record<string, RegExp> = {
  Date: /^\d{4}-\d{2}-\d{2}$/,
  "DateTime('UTC')": /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/,
  "DateTime64(3, 'UTC')": /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,3})?$/,
  UInt64: /^\d{1,20}$/,
};

/** The last that each can hold; a range ends a day after the last day of all at most. */
const LASTS: Record<string, string> = {
  Date: BOUNDS.queryDayLast,
  "DateTime('UTC')": "2106-02-07 06:28:15",
  "DateTime64(3, 'UTC')": "2149-06-07 00:00:00",
};

/** What the store would refuse is a failure of ours and not of the caller: an error 500. */
function checkBound(type: string, value: unknown, name: string): void {
  const form = FORMS[type];
  if (form === undefined) return;
  const text = String(value);
  if (!form.test(text)) throw new Broken(`${name} is no ${type}: ${text}`);
  if (type !== "UInt64") {
    const ms = Date.parse(`${text.replace(" ", "T")}${type === "Date" ? "" : "Z"}`);
    const right =
      !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text.slice(0, 10);
    hold(right, `${name} is a day of the calendar`, () => text);
    const last = LASTS[type] ?? "";
    const fits = text.slice(0, last.length) <= last && text >= BOUNDS.queryDayFirst;
    hold(fits, `${name} fits ${type}`, () => text);
  } else hold(BigInt(text) < 2n ** 64n, `${name} fits UInt64`, () => text);
}

export const queryTarget = target<QueryCase>({
  name: "query",
  about: "parameters and cursors of all panels, up to the SQL",
  lanes: 1,
  make,
  print: ({ panel, given, scope }) =>
    Buffer.from(JSON.stringify({ panel: panel.id, given, scope })),
  open: async () => ({ check }),
});
