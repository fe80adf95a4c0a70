// The table of domains on the overview: of each its readiness, how well TLS works and how that changed, its
// failures over time, open problems and reporters. Of 50,000 domains the others are read for those that are
// shown.

import type { Column, Panel, Row } from "../../../query/panel.ts";
import { domains } from "../../../query/panels/domains.ts";
import { problems } from "../../../query/panels/problems.ts";
import { readiness } from "../../../query/panels/readiness.ts";
import { trend } from "../../../query/panels/trend.ts";
import { buckets } from "../../../query/range.ts";
import { showCount } from "../../page-format.ts";
import { actionsOf, cardOf, emptyOf, unfiltered } from "../card.ts";
import { cellOf, markOf, type Shown } from "../cells.ts";
import { type DrawnColumn, drawnColumn, tableOf } from "../drawings/table.ts";
import { changeOf } from "../drawings/tiles.ts";
import { html } from "../html.ts";
import { hasTenants, pageLink } from "../links.ts";
import { askedBy } from "../section.ts";
import { sparkline } from "../sparkline.ts";
import type { Given, View } from "../view.ts";

const ID = "domains";
const ROWS = 25;
/** Rows about the domains of one page: of problems a domain can have many, of which the first are told. */
const NEAR_ROWS = "5000";

/** Makes the section. */
export async function overviewDomains(view: View) {
  const asked = {
    ...askedBy(view, { panel: domains.id, rows: ROWS }, ID),
    compare: ["previous"],
  };
  const result = await view.run(domains, asked);
  const { rows, meta } = result;
  const near = await nearOf(view, rows);
  const columns = columnsOf(view, near);
  const body =
    rows.length === 0 ? emptyOf(view, meta) : tableOf({ view, id: ID, columns, rows, meta });
  return cardOf({
    ...{ id: ID, title: domains.title, about: domains.description },
    actions: actionsOf({ view, panel: domains, asked, title: domains.title }),
    body: [
      unfiltered(view, domains),
      near.partial ? html`<p class="partial">Some columns cannot be told now.</p>` : "",
      body,
    ],
  });
}

/** What else is known of the domains of a page, by tenant and domain. */
interface Near {
  readiness: ReadonlyMap<string, Row>;
  /** Open ones, the most urgent first. */
  problems: ReadonlyMap<string, readonly Row[]>;
  /** By domain alone: the trend knows no tenants. */
  trends: ReadonlyMap<string, readonly Row[]>;
  starts: readonly number[];
  /** True when something could not be read; the rest is told. */
  partial: boolean;
}

const keyOf = (row: Row) => JSON.stringify([row["tenant"], row["domain"]]);

async function nearOf(view: View, rows: readonly Row[]): Promise<Near> {
  const names = [...new Set(rows.map((row) => String(row["domain"])))].filter(Boolean);
  let partial = false;
  const read = async (panel: Panel, more: Given) => {
    if (names.length === 0) return null;
    try {
      return await view.run(panel, { domain: names, limit: [NEAR_ROWS], ...more });
    } catch (error) {
      partial = true;
      view.options.emit("api-failed", { path: view.url.pathname, problem: "internal", error });
      return null;
    }
  };
  const [ready, open, sessions] = await Promise.all([
    read(readiness, {}),
    read(problems, { state: ["new", "returned", "ongoing"] }),
    read(trend, { by: ["domain"], mx: [], result_type: [] }),
  ]);
  const { range, step, timezone } = view.parameters;
  return {
    readiness: new Map(ready?.rows.map((row) => [keyOf(row), row])),
    problems: grouped(open?.rows ?? [], keyOf),
    trends: grouped(sessions?.rows ?? [], (row) => String(row["series"])),
    starts: sessions === null ? [] : buckets(range, step, timezone),
    partial,
  };
}

function grouped(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return groups;
}

function columnsOf(view: View, near: Near): DrawnColumn[] {
  const own = (name: string): Column => {
    const column = domains.columns.find((one) => one.name === name);
    if (column === undefined) throw new Error(`${domains.id} has no column ${name}`);
    return column;
  };
  const plain = (name: string, label?: string) => ({
    ...drawnColumn(own(name), view),
    ...(label && { label }),
    sortable: true,
  });
  const changing = (name: string, label?: string) => ({
    ...plain(name, label),
    cell: (row: Row): Shown => html`${cellOf(own(name), row, view)}${changeOf(own(name), row)}`,
  });
  const tenants = hasTenants(view) ? [plain("tenant")] : [];
  return [
    plain("domain"),
    ...tenants,
    stateColumn(near),
    changing("success_rate"),
    changing("failed_sessions", "Failed"),
    sparkColumn(near),
    problemColumn(view, near),
    plain("total_sessions", "Sessions"),
    plain("organizations", "Reporters"),
    plain("last_day"),
  ];
}

function stateColumn(near: Near): DrawnColumn {
  return {
    name: "state",
    label: "MTA-STS",
    description:
      "May the domain go from testing to enforce, and what does enforce withhold? By the panel readiness.",
    ...{ number: false, sortable: false },
    cell: (row) => {
      const ready = near.readiness.get(keyOf(row));
      return markOf("state", ready?.["state"] ?? null) ?? html`<span class="none">–</span>`;
    },
  };
}

function sparkColumn(near: Near): DrawnColumn {
  return {
    name: "spark",
    label: "Failures over time",
    description: "Failed sessions per step of time; each row has a scale of its own.",
    ...{ number: false, sortable: false },
    cell: (row) => sparkline(near.starts, near.trends.get(String(row["domain"])) ?? []),
  };
}

function problemColumn(view: View, near: Near): DrawnColumn {
  return {
    name: "problems",
    label: "Open problems",
    description: "Problems that are new, returned or ongoing, and the gravest of them.",
    ...{ number: false, sortable: false },
    cell: (row) => {
      const open = near.problems.get(keyOf(row)) ?? [];
      if (open.length === 0) return html`<span class="none">none</span>`;
      const tenant = hasTenants(view) ? String(row["tenant"]) : null;
      const href = pageLink(view, "/problems", { domain: String(row["domain"]), tenant });
      const mark = markOf("severity", open[0]?.["severity"] ?? null) ?? "";
      return html`<a href="${href}">${showCount(open.length)}</a> ${mark}`;
    },
  };
}
