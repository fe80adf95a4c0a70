// Rows for `npm run bench:query`, made in the engine: a year of reports, skewed like reality, with few
// large domains and many small ones; of four thousand reports one was written again. Every column is a function of the report's number, so that two runs
// have the same rows.

import type { Store } from "../../services/store/port.ts";

export interface Shape {
  /** Failure details in all. */
  details: number;
  domains: number;
  tenants: number;
  /** Day after the last one, YYYY-MM-DD. */
  endDay: string;
}

export const DAYS = 365;
/** Reports per insert. */
const CHUNK = 1_000_000;
/** Of five reports three have failures, of five failure details each. */
const DETAILS_PER_REPORT = 3;

/** The largest domain has about a twelfth of all reports; the domains in the middle a few a day. */
export const LARGE_DOMAIN = "d0.example";
export const SMALL_DOMAIN = "d9000.example";

/** Columns that the rows of one report share, from its number `r`. */
function report({ details, domains, tenants, endDay }: Shape): string {
  const reports = Math.ceil(details / DETAILS_PER_REPORT);
  return `
    number AS r, cityHash64(r) AS h,
    toUInt32(floor(${domains} * pow((h % 1000003) / 1000003, 4.05))) AS d,
    concat('t', toString(d % ${tenants})) AS tenant,
    concat('d', toString(d), '.example') AS domain,
    toDate('${endDay}') - ${DAYS} + toUInt32(intDiv(r * ${DAYS}, ${reports})) AS day,
    reinterpretAsUUID(sipHash128(r)) AS report_key, report_key AS rows_hash,
    toDateTime(day, 'UTC') AS start_at,
    concat('Organization ', toString(toUInt32(floor(60 * pow((intDiv(h, 7919) % 10007) / 10007, 3))))) AS organization,
    ['unverified', 'verified', 'verified', 'verified', 'posted'][1 + intDiv(h, 104729) % 5] AS trust,
    r % 5 < 3 AS failing, intDiv(h, 31) % 5 = 0 AS twice,
    cityHash64(report_key) % 4001 = 0 AS rewritten, if(failing, toUInt64(5), toUInt64(0)) AS failed, 10 + h % 90 AS successful, 1 AS version`;
}

/** Fills the tables; they must be empty. */
export async function fill(
  store: Store,
  shape: Shape,
  told: (text: string) => void,
): Promise<void> {
  const reports = Math.ceil(shape.details / DETAILS_PER_REPORT);
  for (let first = 0; first < reports; first += CHUNK) {
    const count = Math.min(CHUNK, reports - first);
    const from = `(SELECT ${report(shape)} FROM numbers(${first}, ${count}))`;
    for (const sql of inserts(from)) await store.command(sql);
    told(`${Math.round(((first + count) * 100) / reports)} %`);
  }
}

function inserts(from: string): string[] {
  return [
    `INSERT INTO reports (tenant, day, report_key, rows_hash, content_hash, receipt, item, received_at,
       channel, trust, dkim_result, attribution, organization, report_id, start_at, end_at, domains,
       conforming, deviation_codes, successful_sessions, failed_sessions, raw_bytes, status, rewritten, version)
     SELECT tenant, day, report_key, rows_hash, rows_hash, hex(sipHash64(r)), 0,
       toDateTime64(start_at, 3, 'UTC') + 90000 + h % 40000, ['smtp', 'https'][1 + (h % 5 = 0)], trust,
       'pass', 'open', organization, concat(toString(day), '_', domain), start_at, start_at + 86399,
       [domain], h % 3 != 0, if(h % 3 = 0, ['policy-string-in-json'], []), successful, failed, 900,
       if(h % 5003 = 0, 'conflict', 'stored'), rewritten, version
     FROM ${from} SETTINGS max_partitions_per_insert_block = 0`,
    `INSERT INTO policy_summaries (tenant, domain, day, report_key, rows_hash, policy_index, start_at,
       organization, trust, policy_domain, policy_type, policy_mode, policy_digest, policy_text,
       mx_patterns, policy_successful, policy_failed, details_failed, sessions_successful,
       sessions_failed, sessions_protected, first_of_report, first_of_domain, rewritten, version)
     SELECT tenant, domain, day, report_key, rows_hash, place, start_at, organization, trust, domain,
       if(place = 1, 'tlsa', 'sts'), if(place = 1, '', ['testing', 'enforce'][1 + d % 2]),
       reinterpretAsUUID(sipHash128(d, toMonth(day), place)),
       concat('version: STSv1\\nmode: ', ['testing', 'enforce'][1 + d % 2], '\\nmx: mx1.', domain,
         '\\nmx: mx2.', domain, '\\nmax_age: 604800'),
       [concat('mx1.', domain), concat('mx2.', domain)], successful, if(place = 1, 0, failed),
       if(place = 1, 0, failed), if(place = 0, successful, 0), if(place = 0, failed, 0),
       multiIf(place = 1, 0, d % 2 = 1, successful + failed, twice, successful, 0), place = 0,
       place = 0, rewritten, version
     FROM (SELECT *, arrayJoin(if(twice, [0, 1], [0])) AS place FROM ${from})
     SETTINGS max_partitions_per_insert_block = 0`,
    `INSERT INTO failure_details (tenant, domain, day, result_type, mx, report_key, rows_hash,
       policy_index, detail_index, start_at, organization, trust, policy_type, policy_mode, mx_helo,
       sending_ip, sending_ip_text, receiving_ip, receiving_ip_text, reason_code,
       additional_information, failed_sessions, reason, counted_sessions, rewritten,
       version)
     SELECT tenant, domain, day,
       ['certificate-expired', 'starttls-not-supported', 'certificate-host-mismatch',
        'certificate-not-trusted', 'validation-failure', 'sts-policy-fetch-error',
        'sts-policy-invalid'][1 + (d * 7 + intDiv(toRelativeDayNum(day), 20) + intDiv(h, 13) % 2) % 7]
         AS result_type,
       concat('mx', toString(1 + (h + place) % 2), '.', domain), report_key, rows_hash, 0, place,
       start_at, organization, trust, 'sts', ['testing', 'enforce'][1 + d % 2], '',
       toIPv6(concat('::ffff:', toString(20 + h % 40), '.', toString(intDiv(h, 64) % 8), '.',
         toString(intDiv(h, 512) % 64), '.', toString(intDiv(h, 32768) % 256))), '', toIPv6('::'), '',
       if(result_type = 'validation-failure', 'MX_HOSTS_MISMATCH', ''), '', 1,
       if(result_type = 'validation-failure', 'mx-not-in-policy', ''), 1, rewritten, version
     FROM (SELECT *, arrayJoin(range(5)) AS place FROM ${from} WHERE failing)
     SETTINGS max_partitions_per_insert_block = 0`,
  ];
}
