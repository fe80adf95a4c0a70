// One report with all that is known of it, as the API answers it and the page shows it. There is no other
// way to read one.

import { BOUNDS } from "../core/bounds.ts";
import { recordParameters } from "../query/newest.ts";
import type { Panel, Row } from "../query/panel.ts";
import {
  reportArrivals,
  reportBeginning,
  reportBytes,
  reportClaims,
  reportDetails,
  reportDomains,
  reportHead,
  reportPlace,
  reportPolicies,
} from "../query/panels/report.ts";
import type { PanelParameters } from "../query/parameters.ts";
import { readInstant } from "../query/range.ts";
import { type PanelResult, runPanel, type Scope } from "../query/run.ts";
import { asSeen, partlySeen, type SeenRow } from "../query/whole-message.ts";
import type { Store } from "../store/port.ts";
import {
  type DeviationTold,
  type Difference,
  deviationsOf,
  differencesOf,
  type PolicyWords,
  policyWords,
  type TrustWords,
  trustOf,
} from "./record-words.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DAY_MS = 86_400_000;

/** Another content under the identity of a report that counts, and in what they differ. */
export interface Conflict {
  row: SeenRow;
  trust: TrustWords;
  differences: Difference[];
}

/** A report as its caller may see it: what is about others' parts of its message is withheld. */
export interface ReportRecord {
  head: SeenRow;
  trust: TrustWords;
  deviations: DeviationTold[];
  /** What it adds to every total, by domain. */
  domains: Row[];
  policies: { row: Row; words: PolicyWords }[];
  /** One page of its failure details. */
  details: PanelResult;
  /** Copies that came later, by the ledger. */
  duplicates: SeenRow[];
  conflicts: Conflict[];
  /** How many of both there are, also of those whose contents are not kept. */
  arrivals: Row;
  /** What its bytes are asked for with. */
  claim: PanelParameters;
}

/** The first bytes of something, and how many there are. */
export interface Beginning {
  bytes: Buffer;
  size: number;
}

/** Reads of one report: by tenant, day and identity, the sort key of its row. */
async function placeOf(store: Store, scope: Scope, id: string): Promise<PanelParameters | null> {
  if (!UUID.test(id)) return null;
  const range = { fromMs: 0, toMs: DAY_MS };
  const parameters = recordParameters({ report: [id] }, range, { limit: 1 });
  const { rows } = await runPanel(store, reportPlace, parameters, scope);
  const place = rows[0];
  if (!place) return null;
  const fromMs = readInstant(String(place["day"])) ?? 0;
  const filters = { report: [id], tenant: [String(place["tenant"])] };
  return recordParameters(filters, { fromMs, toMs: fromMs + DAY_MS });
}

/** True when the caller may see a report of this id. @throws StoreError */
export async function hasReport(store: Store, scope: Scope, id: string): Promise<boolean> {
  return (await placeOf(store, scope, id)) !== null;
}

/**
 * Reads a report; null when the caller may see none of this id.
 * @param page which of its failure details; policies come whole up to the bound
 * @throws StoreError, CursorError
 */
export async function readReport(
  store: Store,
  scope: Scope,
  id: string,
  page: Pick<PanelParameters, "limit" | "cursor">,
): Promise<ReportRecord | null> {
  const place = await placeOf(store, scope, id);
  if (!place) return null;
  const run = (panel: Panel, parameters: PanelParameters) =>
    runPanel(store, panel, parameters, scope);
  const [heads, domains, policies, details, arrivals] = await Promise.all([
    run(reportHead, place),
    run(reportDomains, { ...place, limit: BOUNDS.policiesMax }),
    run(reportPolicies, { ...place, limit: BOUNDS.policiesMax }),
    run(reportDetails, { ...place, ...page }),
    run(reportArrivals, place),
  ]);
  const head = heads.rows[0];
  if (!head) return null;
  const partly = await partlySeen(store, scope, [...heads.rows, ...arrivals.rows]);
  const seen = asSeen(head, partly);
  return {
    head: seen,
    trust: trustOf(head),
    deviations: deviationsOf(seen),
    domains: domains.rows,
    policies: policies.rows.map((row) => ({ row, words: policyWords(row) })),
    details,
    duplicates: arrivals.rows
      .filter((row) => row["outcome"] === "duplicate")
      .map((row) => asSeen(row, partly)),
    conflicts: heads.rows
      .filter((row) => row !== head && row["status"] === "conflict")
      .map((row) => ({
        row: asSeen(row, partly),
        trust: trustOf(row),
        differences: differencesOf(head, asSeen(row, partly)),
      })),
    arrivals: arrivals.meta.totals,
    claim: claimOf(place, head),
  };
}

/** Where the exact bytes of a report, or of another content of it, are served. */
export function rawLink(row: Row): string {
  return `/api/v1/reports/${row["id"]}/raw?content_hash=${row["content_hash"]}`;
}

/**
 * The JSON of a report exactly as received; null when there is none of this id and content.
 * @param contentHash which content; undefined for the one that counts
 * @throws StoreError
 */
export async function readReportBytes(
  store: Store,
  scope: Scope,
  id: string,
  contentHash: string | undefined,
): Promise<Buffer | null> {
  const place = await placeOf(store, scope, id);
  if (!place) return null;
  const claims = await runPanel(store, reportClaims, place, scope);
  const claim = claims.rows.find(
    (one) => contentHash === undefined || one["content_hash"] === contentHash,
  );
  if (!claim) return null;
  const row = (await runPanel(store, reportBytes, claimOf(place, claim), scope)).rows[0];
  return row ? Buffer.from(String(row["raw_base64"]), "base64") : null;
}

/** As much of the JSON of a report as a page shows; null when it is gone meanwhile. @throws StoreError */
export async function readReportBeginning(
  store: Store,
  scope: Scope,
  { claim }: ReportRecord,
): Promise<Beginning | null> {
  const row = (await runPanel(store, reportBeginning, claim, scope)).rows[0];
  return row ? beginningOf(row) : null;
}

/** The first bytes as a panel gives them. */
export function beginningOf(row: Row): Beginning {
  return {
    bytes: Buffer.from(String(row["raw_base64"]), "base64"),
    size: Number(row["raw_bytes"]),
  };
}

/** Of all claims to a report one alone. */
function claimOf(place: PanelParameters, row: Row): PanelParameters {
  const names = ["receipt", "item", "content_hash"];
  const only = Object.fromEntries(names.map((name) => [name, [String(row[name])]]));
  return { ...place, filters: { ...place.filters, ...only }, limit: 1 };
}
