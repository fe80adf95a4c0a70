// The table of domains on the overview: of each whether it is protected and by what, how well TLS works and
// how that changed, its failures over time, open problems and reporters. Of 50,000 domains the others are
// read for those that are shown.

import { BOUNDS } from "../../../core/bounds.ts";
import { OPEN_STATES } from "../../../core/problems/state.ts";
import type { Verdict } from "../../../query/domain-verdict.ts";
import type { Column, Panel, Row } from "../../../query/panel.ts";
import { domains } from "../../../query/panels/domains.ts";
import { problems } from "../../../query/panels/problems.ts";
import { trend } from "../../../query/panels/trend.ts";
import { buckets } from "../../../query/range.ts";
import type { PanelResult } from "../../../query/run.ts";
import { actionsOf, cardOf, emptyOf, unfiltered } from "../card.ts";
import { cellOf, markOf, type Shown, toneMark } from "../cells.ts";
import { type DrawnColumn, drawnColumn, tableOf } from "../drawings/table.ts";
import { changeOf, isSoFar } from "../drawings/tiles.ts";
import { showCount, showPlural, showText } from "../format.ts";
import { html, type MaybeHtml, NOTHING } from "../html.ts";
import { hasTenants, pageLink } from "../links.ts";
import { askedBy } from "../section.ts";
import { sparkline } from "../sparkline.ts";
import type { Given, View } from "../view.ts";
import { domainKey, type Protection, protectionOf } from "./domain-protection.ts";
import { TONES } from "./domain-verdict.ts";

const ID = "domains";
const ROWS = 25;
/** Rows about the domains of one page: of problems a domain can have many, of which the first are told. */
const NEAR_ROWS = "5000";
/** Domains of which more is read: as many as one question can name. */
const NEAR_DOMAINS = BOUNDS.queryValuesMax;
/** Tenants whose sessions over time are read: the trend knows no tenants, so each is a question. */
const NEAR_TENANTS = 4;
const BY_DOMAIN = { by: ["domain"], mx: [], result_type: [], limit: [String(BOUNDS.queryRowsMax)] };

/** Makes the section. */
export async function overviewDomains(view: View) {
  const asked = askedOf(view);
  const result = await view.run(domains, asked);
  const { meta } = result;
  const rows = rowsOfRange(result);
  const near = await nearOf(view, rows);
  const columns = columnsOf(view, near, isSoFar(meta));
  const body =
    rows.length === 0 && meta.next_cursor === null
      ? emptyOf(view, meta)
      : tableOf({ view, id: ID, columns, rows, meta });
  return cardOf({
    ...{ id: ID, title: domains.title, about: domains.description },
    actions: actionsOf({ view, panel: domains, asked, title: domains.title }),
    body: [
      unfiltered(view, domains),
      near.partial ? html`<p class="partial">Some columns cannot be told now.</p>` : "",
      near.cut
        ? html`<p class="partial">Of many domains, tenants, policies or problems
            some columns are not told.</p>`
        : "",
      body,
      goneBy(result.rows.length - rows.length),
    ],
  });
}

function goneBy(count: number): MaybeHtml {
  if (count === 0) return NOTHING;
  return html`<p class="quiet">${showPlural(count, "domain")} on this page of rows had reports in the period
    before and none in this one; left out here.</p>`;
}

function askedOf(view: View): Given {
  return { ...askedBy(view, { panel: domains.id, rows: ROWS }, ID), compare: ["previous"] };
}

/** The comparison has domains of the period before too, with nothing in this one. */
function rowsOfRange({ rows }: PanelResult): Row[] {
  return rows.filter((row) => row["first_day"] !== null);
}

function namesOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.map((row) => String(row["domain"])))].filter(Boolean);
}

/** A domain, for each tenant that has it, and how it stands. */
export interface ListedDomain {
  domain: string;
  verdict: Verdict;
  title: string;
}

/**
 * Every domain with sessions, as the table has them and by its questions; null where the table has not all
 * of them, or not all is told.
 * @param count how many there are
 */
export async function allDomains(view: View, count: number): Promise<ListedDomain[] | null> {
  const asked = askedOf(view);
  if (count > ROWS || asked["cursor"] !== undefined || view.given["trust"]) return null;
  const result = await view.run(domains, asked);
  if (result.meta.next_cursor !== null) return null;
  const rows = rowsOfRange(result);
  const told = await protectionOf(view, namesOf(rows));
  const reported = rows.filter((row) => Number(row["total_sessions"]) > 0);
  const listed = reported.flatMap((row) => {
    const { verdict = null, title = "" } = told.get(domainKey(row)) ?? {};
    return verdict === null ? [] : [{ domain: String(row["domain"]), verdict, title }];
  });
  return reported.length > 0 && listed.length === reported.length ? listed : null;
}

/** What else is known of the domains of a page, by tenant and domain. */
interface Near {
  protection: ReadonlyMap<string, Protection>;
  /** Open ones, the most urgent first. */
  problems: ReadonlyMap<string, readonly Row[]>;
  /** False for a domain of which there may be more problems than were read. */
  hasProblems: (row: Row) => boolean;
  trends: ReadonlyMap<string, readonly Row[]>;
  starts: readonly number[];
  /** True when something could not be read; the rest is told. */
  partial: boolean;
  /** True when there is more than is read. */
  cut: boolean;
}

async function nearOf(view: View, rows: readonly Row[]): Promise<Near> {
  const all = namesOf(rows);
  const names = all.slice(0, NEAR_DOMAINS);
  const near = rows.filter((row) => names.includes(String(row["domain"])));
  const tenants = [...new Set(near.map((row) => String(row["tenant"])))];
  let partial = false;
  const tried = async <Told>(ask: () => Promise<Told>) => {
    if (names.length === 0) return null;
    try {
      return await ask();
    } catch (error) {
      partial = true;
      view.options.emit("api-failed", { path: view.url.pathname, problem: "internal", error });
      return null;
    }
  };
  const read = (panel: Panel, more: Given) =>
    tried(() => view.run(panel, { domain: names, limit: [NEAR_ROWS], ...more }));
  const [protection, open, sessions] = await Promise.all([
    tried(() => protectionOf(view, names)),
    read(problems, { state: OPEN_STATES }),
    Promise.all(
      tenants.slice(0, NEAR_TENANTS).map(async (tenant) => ({
        tenant,
        told: await read(trend, { ...BY_DOMAIN, tenant: [tenant] }),
      })),
    ),
  ]);
  const isCut = (answer: PanelResult | null) => (answer?.meta.next_cursor ?? null) !== null;
  // Rows that end early would look like silence.
  const whole = sessions.filter(({ told }) => !isCut(told));
  const trends = whole.flatMap(({ tenant, told }) =>
    (told?.rows ?? []).map((row) => ({ ...row, tenant, domain: row["series"] ?? "" })),
  );
  const allProblems = open !== null && !isCut(open);
  const { range, step, timezone } = view.parameters;
  return {
    protection: protection ?? new Map(),
    problems: grouped(open?.rows ?? [], domainKey),
    hasProblems: (row) => allProblems && names.includes(String(row["domain"])),
    trends: grouped(trends, domainKey),
    starts: buckets(range, step, timezone),
    partial,
    cut:
      all.length > names.length ||
      tenants.length > whole.length ||
      isCut(open) ||
      [...(protection?.values() ?? [])].some(({ verdict }) => verdict === null),
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

function columnsOf(view: View, near: Near, soFar: boolean): DrawnColumn[] {
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
    cell: (row: Row): Shown => {
      const shown = html`${cellOf(own(name), row, view)}${changeOf(own(name), row, soFar ? "so far" : NOTHING)}`;
      return row["reports_before"] === 0 && name === "success_rate"
        ? html`${shown} <small class="change">no reports before</small>`
        : shown;
    },
  });
  return [
    domainColumn(view, plain("domain")),
    verdictColumn(near),
    changing("success_rate"),
    changing("failed_sessions", "Failed"),
    sparkColumn(near),
    problemColumn(view, near),
    plain("total_sessions", "Sessions"),
    plain("organizations", "Reporters"),
    plain("last_day"),
  ];
}

/** The domain, and whose it is where that can be asked. */
function domainColumn(view: View, domain: DrawnColumn): DrawnColumn {
  if (!hasTenants(view)) return domain;
  const cell = (row: Row) =>
    html`${domain.cell(row)} <small>${showText(row["tenant"] ?? "")}</small>`;
  return { ...domain, cell };
}

function verdictColumn(near: Near): DrawnColumn {
  return {
    name: "verdict",
    label: "Protected?",
    description:
      "Is mail to the domain protected? Its own page says why. Below it the policy that senders saw: MTA-STS " +
      "with its mode as last seen, and DANE. Only enforce and DANE demand TLS.",
    ...{ number: false, sortable: false },
    cell: (row) => {
      const told = near.protection.get(domainKey(row));
      if (told === undefined) return html`<span class="none">–</span>`;
      const { verdict, title, by } = told;
      const mark =
        verdict === null
          ? html`<span class="none">not told</span>`
          : toneMark(...TONES[verdict], title);
      return html`${mark} <small>${by || "no policy seen"}</small>`;
    },
  };
}

function sparkColumn(near: Near): DrawnColumn {
  return {
    name: "spark",
    label: "Failures over time",
    description: "Failed sessions per step of time; each row has a scale of its own.",
    ...{ number: false, sortable: false },
    cell: (row) => sparkline(near.starts, near.trends.get(domainKey(row)) ?? []),
  };
}

function problemColumn(view: View, near: Near): DrawnColumn {
  return {
    name: "problems",
    label: "Open problems",
    description:
      "Problems that are not resolved, those that are quiet too, and the gravest of them.",
    ...{ number: false, sortable: false },
    cell: (row) => {
      const open = near.problems.get(domainKey(row)) ?? [];
      const all = near.hasProblems(row);
      if (open.length === 0) return html`<span class="none">${all ? "none" : "not told"}</span>`;
      const tenant = hasTenants(view) ? String(row["tenant"]) : null;
      const href = pageLink(view, "/problems", { domain: String(row["domain"]), tenant });
      const mark = markOf("severity", open[0]?.["severity"] ?? null) ?? "";
      return html`<a href="${href}">${showCount(open.length)}${all ? "" : " or more"}</a> ${mark}`;
    },
  };
}
