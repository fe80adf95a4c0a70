// What to publish for each domain that the caller may see, with whether reports about it come; or for a
// domain that one types, where none is configured.

import { BOUNDS } from "../../../core/bounds.ts";
import { OPEN_DIRECTORY } from "../../../core/directory/directory.ts";
import { domainOrNone } from "../../../core/dns/name.ts";
import type { Row } from "../../../query/panel.ts";
import { domainReporters } from "../../../query/panels/domain-reporters.ts";
import { type SetupDomain, type SetupPage, setupDomain, setupPage } from "../../setup-domains.ts";
import { OUR_DOMAIN_EXAMPLE } from "../../setup-targets.ts";
import { toneMark } from "../cells.ts";
import { showCount, showPlural, showText } from "../format.ts";
import { type Html, html, NOTHING } from "../html.ts";
import { hasTenants, pageLink, rangeOf } from "../links.ts";
import type { View } from "../view.ts";
import { recordsOf } from "./setup-record.ts";

/** Whom to expect. */
export const USUAL_SENDERS =
  "These usually report: Google and Microsoft every night, further Mail.ru, Comcast and Mimecast, and mail " +
  "servers with Postfix and tlsrpt-reporter, Stalwart, mox or Halon.";

const ADVICE = html`<p>Publish <strong>one</strong> of the two records, not both: some senders take only
  the first address of a record, and of two records at one name none counts. Subdomains that receive mail
  need a record of their own.</p>`;

/** The card of all domains, or of the one in the address (`domain`). */
export async function setupDomains(view: View): Promise<Html> {
  const directory = view.options.directory?.() ?? OPEN_DIRECTORY;
  const typed = view.url.searchParams.get("domain")?.trim() ?? "";
  const body =
    typed !== "" || directory.open
      ? await oneDomain(view, typed === "" ? OUR_DOMAIN_EXAMPLE : typed, typed !== "")
      : await allDomains(view);
  return html`<section class="card full" id="publish" aria-labelledby="publish-title">
    <header><h2 id="publish-title">What to publish in DNS</h2>
    <p class="about">The record tells senders where reports about a domain are to go. It changes nothing
      about mail itself.</p></header>${ADVICE}${body}</section>`;
}

async function oneDomain(view: View, typed: string, chosen: boolean): Promise<Html> {
  const { options, scope } = view;
  const directory = options.directory?.() ?? OPEN_DIRECTORY;
  const name = domainOrNone(typed);
  const form = domainForm(view, typed, chosen);
  if (name === "" || !name.includes(".")) {
    return html`${form}<p class="notice" role="alert">${showText(typed)} is no domain name: write one
      like example.com.</p>`;
  }
  const domain = setupDomain(directory, scope, name);
  const rows = await reporters(view, [domain?.countedOn ?? name]);
  const unknown = html`<p class="notice">${name} is not among your configured domains: reports about it
    would go to quarantine. Whoever runs this server adds it to <code>domains</code> or
    <code>domains_file</code>.</p>`;
  return html`${form}
    ${!directory.open && domain === null ? unknown : NOTHING}
    <h3>${name}</h3>${chosen ? stateOf(view, rows[0], name) : NOTHING}
    ${recordsOf(options, name, domain, "record")}
    ${directory.open ? NOTHING : html`<p><a href="${pageLink(view, "/setup")}#publish">All domains</a></p>`}`;
}

function domainForm(view: View, typed: string, chosen: boolean): Html {
  return html`<form class="filters" method="get" action="/setup#publish">
    ${rangeInputs(view)}<label>Your domain<input type="text" name="domain" value="${chosen ? showText(typed) : ""}"
      placeholder="${OUR_DOMAIN_EXAMPLE}" autocomplete="off" autocapitalize="none" spellcheck="false"
      required></label><button type="submit">Show its record</button></form>`;
}

async function allDomains(view: View): Promise<Html> {
  const directory = view.options.directory?.() ?? OPEN_DIRECTORY;
  const search = view.url.searchParams.get("q")?.trim() ?? "";
  const start = Number.parseInt(view.url.searchParams.get("start") ?? "0", 10) || 0;
  const page = setupPage(directory, view.scope, search, start);
  const rows = await reporters(view, [...new Set(page.domains.map((one) => one.countedOn))]);
  const entries = page.domains.map((domain, at) => {
    const row = rows.find((one) => one["domain"] === domain.countedOn && isOf(one, domain));
    return entry(view, domain, row, at, page.domains.length === 1);
  });
  return html`${page.total > BOUNDS.setupDomainsMax || search !== "" ? searchForm(view, search, page) : NOTHING}
    ${page.total === 0 ? html`<p class="quiet">No domain of yours is configured.</p>` : NOTHING}
    ${page.total > 0 && page.found === 0 ? html`<p class="quiet">No domain has this in its name.</p>` : NOTHING}
    <div class="setup-list">${entries}</div>${pager(view, page)}`;
}

function isOf(row: Row, { tenant }: SetupDomain): boolean {
  return row["tenant"] === tenant;
}

/** A form that is sent by address forgets what stood in it before. */
function rangeInputs({ url }: View): Html {
  const inputs = [...rangeOf(url)].map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${showText(value)}">`,
  );
  return html`${inputs}`;
}

function searchForm(view: View, search: string, { found, total }: SetupPage): Html {
  return html`<form class="filters" method="get" action="/setup#publish" role="search">
    ${rangeInputs(view)}<label>Part of the name<input type="search" name="q" value="${showText(search)}" autocomplete="off"
      autocapitalize="none" spellcheck="false"></label><button type="submit">Find</button>
    <span class="quiet">${showCount(found)} of ${showPlural(total, "domain")}</span></form>`;
}

function entry(
  view: View,
  domain: SetupDomain,
  row: Row | undefined,
  at: number,
  open: boolean,
): Html {
  const { name, tenant, countedOn } = domain;
  const alias = name === countedOn ? NOTHING : html` <small>counted on ${countedOn}</small>`;
  const whose = hasTenants(view) ? html` <small>${tenant}</small>` : NOTHING;
  return html`<details${open ? html` open` : NOTHING}><summary><strong>${name}</strong>${alias}${whose}
    ${markOf(row)}</summary>${stateOf(view, row, countedOn, tenant)}
    ${recordsOf(view.options, name, domain, `record-${at}`)}</details>`;
}

function markOf(row: Row | undefined): Html {
  return row === undefined
    ? toneMark("notice", "…", "Waiting for the first report")
    : toneMark("ok", "✓", `Reported on until ${String(row["last_day"])}`);
}

/** When reports about it come and from whom, or what is normal while none has. */
function stateOf(view: View, row: Row | undefined, name: string, tenant?: string): Html {
  if (row === undefined) return waiting();
  const { first_day: first, last_day: last, organizations } = row;
  const href = pageLink(view, `/domains/${encodeURIComponent(name)}`, {
    tenant: hasTenants(view) && tenant !== undefined ? tenant : null,
  });
  const senders = pageLink(view, "/organizations", { domain: name });
  return html`<p>${showPlural(row["reports"], "report")} about days from
    <time datetime="${String(first)}">${String(first)}</time> to
    <time datetime="${String(last)}">${String(last)}</time>, by <a href="${senders}">${showText(organizations)}</a>.
    <a href="${href}">See the domain</a></p>`;
}

/** Who usually reports, and when (RFC 8460 section 4.1: a report is about one UTC day). */
function waiting(): Html {
  return html`<p>Waiting for the first report: <strong>24 to 48 hours are normal</strong> once the record
    is published. A sender reports about a whole UTC day, some hours after its end, and only when it sent
    mail to the domain that day. ${USUAL_SENDERS}</p>`;
}

function pager(
  view: View,
  { before, next, first, found, domains }: SetupPage,
): Html | typeof NOTHING {
  if (before === null && next === null) return NOTHING;
  const link = (start: number | null, words: string) =>
    start === null
      ? NOTHING
      : html`<a href="${view.address({ start: String(start) })}#publish">${words}</a>`;
  return html`<nav class="pager" aria-label="More domains">${link(before, "Back")}
    <span>${showCount(first + 1)} to ${showCount(first + domains.length)} of ${showCount(found)}</span>
    ${link(next, "More")}</nav>`;
}

async function reporters(view: View, domains: readonly string[]): Promise<readonly Row[]> {
  if (domains.length === 0) return [];
  const ask = { domain: domains, from: [BOUNDS.reportDayFirst] };
  return (await view.run(domainReporters, ask)).rows;
}
