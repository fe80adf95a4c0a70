// The policy as each sender saw it: what it said, since when, and who still has an old one.

import { POLICY_FAULTS, readStsPolicy } from "../../core/mta-sts/policy.ts";
import { SILENT_DAYS_MAX } from "../../core/readiness/rules.ts";
import { lastSeen } from "../../core/readiness/silence.ts";
import { FOLDED_ORGANIZATION, whereFilters, whereReported } from "../filters.ts";
import { rowsOfPage } from "../page-rows.ts";
import type { Panel, PanelQuery, Row } from "../panel.ts";
import {
  CURRENT_DAYS,
  groupedPolicies,
  NAMES,
  organizationOf,
  POLICIES_MAX,
  placeOf,
  policySightings,
  withCurrentPolicy,
} from "../policy-sightings.ts";
import { completeDays } from "../readiness-evidence.ts";

/** Organizations that are named; the counts tell of all. */
const NAMED = 10;
const PARAMETERS = ["tenant", "domain", "organization", "policy_type", "trust"] as const;

function rowsOf(panel: Panel, query: PanelQuery): string {
  const where = [...whereReported(query), ...whereFilters(query, PARAMETERS.slice(1))];
  return rowsOfPage(panel, query, query.from("policy_summaries", where));
}

/** SQL of the organizations of NAMES, in one spelling each. */
const SPELT = `arrayFilter((one, next) -> one.1 != next.1, arraySort(names),
  arrayShiftLeft(arraySort(names), 1))`;

/** SQL of the names of the organizations of some sights. */
function namesOf(sights: string): string {
  return `arraySlice(arraySort(arrayMap(sight ->
    spelt.2[indexOf(spelt.1, ${organizationOf("sight")})], ${sights})), 1, ${NAMED})`;
}

/**
 * Which place a policy has among those of its domain and type, when the next one came up, and the last day
 * with a report under the type, with a text or without.
 */
function placed(rows: string): string {
  const groups = `(
    SELECT tenant, domain, type, ${groupedPolicies("1")}, toUInt16(max(last)) AS type_number
    FROM ${policySightings(rows)}
    GROUP BY tenant, domain, type
  )`;
  return `(
    SELECT tenant, domain, type, digest, place, current AS current_place,
      if(place < current, firsts[place + 1], NULL) AS replaced,
      arrayFilter(sight -> ${placeOf("sight")} = place, stale) AS still,
      last_number AS newest_number, type_number
    FROM ${withCurrentPolicy(groups)}
    ARRAY JOIN digests AS digest, arrayEnumerate(digests) AS place
  )`;
}

/** SQL of the status of a policy that nothing came after; silence is what `readiness` takes for it. */
function present(query: PanelQuery): string {
  const completeTo = query.bind("complete_to", "UInt16", Math.max(completeDays(query).to, 0));
  return `if(place > 0 AND type_number + ${SILENT_DAYS_MAX} < ${completeTo}, 'unconfirmed', 'current')`;
}

function text(row: Row, name: string): string {
  return String(row[name] ?? "");
}

/** What the text says, in columns; the texts are a sender's and stay text. */
function cells(row: Row): Row {
  const policy = row["policy_type"] === "sts" ? readStsPolicy(text(row, "policy_text")) : null;
  return {
    max_age_seconds: policy?.maxAgeSeconds ?? null,
    mx_patterns: [...(policy?.mx ?? [])],
    faults: (policy?.faults ?? []).map((fault) => POLICY_FAULTS[fault]),
    sentence: sentence(row),
  };
}

function sentence(row: Row): string {
  const [stale, kept] = [Number(row["stale_days"] ?? 0), Number(row["kept_days"] ?? 0)];
  const replaced = `Replaced on ${text(row, "replaced_on")}`;
  switch (row["status"]) {
    case "no-text":
      return row["policy_type"] === "no-policy-found"
        ? "No policy seen: these senders looked for one and found none."
        : "No text: these senders left it out, or could not fetch the policy. It is no change.";
    case "current":
      return "The policy as most senders see it.";
    case "unconfirmed":
      return `The policy as most senders saw it: ${lastSeen(text(row, "last_day"))}.`;
    case "newer":
      return "Newer than the one that most senders see; they have not taken it up yet.";
  }
  if (row["policy_type"] !== "sts") return `Not seen in the last ${CURRENT_DAYS} days of reports.`;
  if (row["replaced_on"] === null) return "Older than the policies whose order is told.";
  if (stale === 0) return `${replaced}, and not seen after that day.`;
  if (stale <= kept) return `${replaced}; seen for ${stale} more days, within its max_age.`;
  return (
    `${replaced}; seen for ${stale} more days, longer than its max_age allows: an old copy is still ` +
    "served, or these senders err."
  );
}

export const policies: Panel = {
  id: "policies",
  title: "Policies as senders see them",
  description:
    "Every policy text that senders reported, per domain and policy type: since when, by whom, what " +
    "replaced it, and who still has an old one. A row without a text is no policy and no change: " +
    "some senders leave it out, and Microsoft does when it cannot fetch the policy. Sessions are those " +
    "of the policy; never add them over policy types.",
  parameters: [...PARAMETERS, "from", "to", "limit", "cursor", "format"],
  columns: [
    { name: "tenant", type: "text", description: "Tenant that the domain belongs to." },
    { name: "domain", type: "text", rank: "main", description: "Policy domain." },
    { name: "policy_type", type: "text", description: "sts, tlsa, no-policy-found, or as sent." },
    {
      name: "policy_digest",
      type: "text",
      rank: "more",
      description: "Tells policies apart, by their meaning; empty for a row without a text.",
    },
    {
      name: "status",
      type: "text",
      rank: "main",
      description:
        "current: what most organizations saw last; unconfirmed: the same, but for more than " +
        `${SILENT_DAYS_MAX} complete days no report was about a policy of the type; older, newer: came up before or after it (of more ` +
        `than ${POLICIES_MAX} policies the first are older); ` +
        `no-text: no policy. Of a type other than sts each text of the last ${CURRENT_DAYS} days is current.`,
    },
    {
      name: "current",
      type: "flag",
      rank: "more",
      description: "True when the status is current.",
    },
    {
      name: "mode",
      type: "text",
      rank: "main",
      description: "enforce, testing, none; empty where not said.",
    },
    {
      name: "first_day",
      type: "date",
      rank: "main",
      description: "First day of the range it was seen on.",
    },
    { name: "last_day", type: "date", rank: "main", description: "Last day it was seen on." },
    { name: "days", type: "count", unit: "days", description: "Days it was seen on." },
    { name: "organizations", type: "count", description: "Organizations that saw it." },
    { name: "organization_names", type: "texts", description: `Up to ${NAMED} of them.` },
    { name: "reports", type: "count", unit: "reports", description: "Reports that tell of it." },
    {
      name: "total_sessions",
      type: "count",
      unit: "sessions",
      description: "Sessions under it, by its summaries.",
    },
    {
      name: "failed_sessions",
      type: "count",
      unit: "sessions",
      description: "Those of them that failed.",
    },
    {
      name: "replaced_on",
      type: "date",
      nullable: true,
      description:
        "First day that the next policy was seen on; empty for one that was not replaced.",
    },
    {
      name: "stale_days",
      type: "count",
      unit: "days",
      description: "Days after that on which some organization still saw it, up to the last.",
    },
    {
      name: "kept_days",
      type: "count",
      unit: "days",
      description: "Days that a sender may keep it, by its max_age.",
    },
    {
      name: "overdue",
      type: "flag",
      description: "True when it was seen for longer than a sender may keep it.",
    },
    {
      name: "still_seen_by",
      type: "count",
      description:
        "Organizations whose newest report still has it although it was replaced; only those count whose " +
        `newest report lies within ${CURRENT_DAYS} days of the newest day.`,
    },
    { name: "still_seen_by_names", type: "texts", description: `Up to ${NAMED} of them.` },
    {
      name: "policy_text",
      type: "text",
      description: "Its lines or records, as a sender saw them.",
    },
  ],
  order: [
    { column: "domain" },
    { column: "policy_type" },
    { column: "last_day", descending: true },
    { column: "first_day", descending: true },
    { column: "policy_digest", descending: true },
    { column: "tenant" },
  ],
  drawing: "table",
  sql: (query) => `
    SELECT tenant, domain, type AS policy_type, if(text = '', '', toString(digest)) AS policy_digest,
      multiIf(text = '', 'no-text',
        type != 'sts', if(toUInt16(last) + ${CURRENT_DAYS} > newest_number, ${present(query)}, 'older'),
        place = current_place AND place > 0, ${present(query)},
        place <= current_place, 'older', 'newer') AS status,
      status = 'current' AS current, mode, first AS first_day, last AS last_day,
      length(policy.days) AS days, ${SPELT} AS spelt, length(spelt) AS organizations,
      arraySlice(arraySort(spelt.2), 1, ${NAMED}) AS organization_names, reports,
      successful + failed AS total_sessions, failed AS failed_sessions,
      if(type = 'sts' AND text != '', replaced, NULL) AS replaced_on,
      if(replaced_on IS NULL, 0, toUInt32(greatest(toInt32(last - assumeNotNull(replaced)), 0)))
        AS stale_days,
      kept_days, stale_days > kept_days AS overdue,
      if(type = 'sts', length(still), 0) AS still_seen_by,
      if(type = 'sts', ${namesOf("still")}, []) AS still_seen_by_names, text AS policy_text
    FROM ${policySightings(rowsOf(policies, query), [`${NAMES} AS names`, "uniqExact(report_key) AS reports"])}
      AS policy
    LEFT JOIN ${placed(rowsOf(policies, query))} AS places USING (tenant, domain, type, digest)`,
  words: {
    columns: [
      {
        name: "max_age_seconds",
        type: "count",
        nullable: true,
        description: "max_age of an MTA-STS policy; empty when it is not said or not valid.",
      },
      { name: "mx_patterns", type: "texts", description: "MX patterns of an MTA-STS policy." },
      { name: "faults", type: "texts", description: "What in it RFC 8461 section 3.2 forbids." },
      { name: "sentence", type: "text", description: "What it is, in a sentence." },
    ],
    cells,
  },
};

/** The same per day, to be drawn as bars: which policy was seen when. */
export const policyDays: Panel = {
  id: "policy-days",
  title: "Policies by day",
  description:
    "How many organizations saw which policy on each day, and their sessions under it. The panel " +
    "`policies` has the texts.",
  parameters: [...PARAMETERS, "from", "to", "limit", "cursor", "format"],
  columns: [
    { name: "day", type: "date", description: "UTC day that the reports' periods start on." },
    { name: "tenant", type: "text", description: "Tenant that the domain belongs to." },
    { name: "domain", type: "text", description: "Policy domain." },
    { name: "policy_type", type: "text", description: "sts, tlsa, no-policy-found, or as sent." },
    {
      name: "policy_digest",
      type: "text",
      rank: "more",
      description: "Tells policies apart, by their meaning.",
    },
    {
      name: "mode",
      type: "text",
      rank: "main",
      description: "enforce, testing, none; empty where not said.",
    },
    { name: "seen", type: "flag", description: "False where the sender told no policy text." },
    { name: "organizations", type: "count", description: "Organizations that saw it." },
    {
      name: "total_sessions",
      type: "count",
      unit: "sessions",
      description: "Sessions under it; never add them over policy types.",
    },
    {
      name: "failed_sessions",
      type: "count",
      unit: "sessions",
      description: "Those of them that failed.",
    },
  ],
  order: [
    { column: "day" },
    { column: "domain" },
    { column: "policy_type" },
    { column: "policy_digest" },
    { column: "tenant" },
  ],
  drawing: "bars",
  sql: (query) => `
    SELECT key.1 AS day, key.2 AS tenant, key.3 AS domain, toString(key.4) AS policy_type,
      toString(key.5) AS policy_digest, toString(key.6) AS mode, seen, organizations, total_sessions,
      failed_sessions
    FROM (
      SELECT any((day, tenant, domain, policy_type, policy_digest, policy_mode)) AS key,
        max(policy_text != '') AS seen, uniqExact(cityHash64(${FOLDED_ORGANIZATION})) AS organizations,
        sum(policy_successful + policy_failed) AS total_sessions, sum(policy_failed) AS failed_sessions
      ${rowsOf(policyDays, query)}
      GROUP BY cityHash64(policy_digest, day, tenant, domain, policy_type)
    )`,
};
