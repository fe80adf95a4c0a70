// Examples for OpenAPI, of made-up names: of each column by its name, else by its type, so that a panel
// has an example of its own without a line here. Words are made of the example as they are of a row.

import { printCursor } from "../query/cursor.ts";
import { type Cell, type Column, columnsOf, type Panel, type Row } from "../query/panel.ts";
import { type JsonSchema, PARAMETERS, type ParameterName } from "../query/parameter-table.ts";
import { readParameters } from "../query/parameters.ts";
import { sortableColumns } from "../query/sort.ts";

/** The moment that examples are told at. */
export const EXAMPLE_MS = Date.parse("2026-03-10T06:30:00Z");

const POLICY_TEXT = "version: STSv1\nmode: testing\nmx: *.example.com\nmax_age: 604800";

/** By type of column: the cells of columns that are known by name, and of all others. */
const CELLS: Record<Column["type"], { named: Readonly<Record<string, Cell>>; other: Cell }> = {
  text: {
    named: {
      additional_information: "",
      attribution: "address",
      channel: "smtp",
      code: "period-not-one-day",
      contact_info: "tls-reports@example.net",
      content_hash: "d2c1f0a98b7e6d5c4b3a29181716151413121110f0e0d0c0b0a0908070605040",
      content_type: "application/tlsrpt+gzip",
      dkim_basis: "contact",
      dkim_domain: "example.net",
      dkim_result: "pass",
      dkim_selector: "tlsrpt",
      domain: "example.com",
      example_place: "/date-range/end-datetime",
      example_report: "6f1c0e52-8d0b-4c57-9a43-2f7be0a51d66",
      example_value: "2026-03-08T12:00:00Z",
      file_name: "",
      header_from: "tls-reports@example.net",
      helo: "out1.mail.example.net",
      id: "6f1c0e52-8d0b-4c57-9a43-2f7be0a51d66",
      impact: "would-be-withheld",
      mail_from: "tls-reports@example.net",
      media: "application/gzip",
      message: "The text ends within an object.",
      message_id: "<20260309.1@mail.example.net>",
      mode: "testing",
      mx: "mx2.example.com",
      mx_helo: "mx2.example.com",
      network: "192.0.2.0/24",
      organization: "Example Mail Inc.",
      outcome: "stored",
      peer: "192.0.2.25",
      place: "",
      policy_digest: "9b0f5a3c71d2e846",
      policy_domain: "example.com",
      policy_mode: "testing",
      policy_text: POLICY_TEXT,
      policy_type: "sts",
      reason: "certificate-expired",
      reason_code: "X509_V_ERR_CERT_HAS_EXPIRED",
      receipt: "01KK8Y5T0R3W7XQ2N4B6D8F0GH",
      receiving_address: "198.51.100.2",
      receiving_ip: "198.51.100.2",
      report_id: "2026-03-08T00:00:00Z_example.com",
      result_type: "certificate-expired",
      sending_ip: "192.0.2.25",
      sending_network: "",
      series: "total",
      severity: "high",
      state: "ongoing",
      status: "stored",
      sts_mode: "testing",
      subject:
        "Report Domain: example.com Submitter: example.net Report-ID: <2026-03-08@example.net>",
      submitter: "example.net",
      tenant: "default",
      tls: "TLSv1.3 TLS_AES_256_GCM_SHA384",
      trust: "verified",
      url_key: "",
      reverse_name: "out1.mail.example.net",
      as_organization: "Example Networks",
    },
    other: "example",
  },
  count: {
    named: {
      absence_days: 0,
      asn: 64500,
      blocking_problems: 1,
      clean_days: 1,
      clean_organizations: 2,
      clean_sessions: 1250,
      conflict: 0,
      conflicts: 0,
      detail_index: 0,
      details_failed: 12,
      deviating_reports: 1,
      deviations: 1,
      domains: 1,
      enforcing_organizations: 0,
      failing_mx_hosts: 1,
      duplicate: 1,
      duplicates: 1,
      failed_sessions: 12,
      failed_sessions_before: 3,
      gap_days: 0,
      item: 0,
      items: 28,
      late_reports: 0,
      kept_days: 7,
      longest_gap_days: 0,
      mx_hosts: 1,
      mx_hosts_known: 3,
      no_policy_organizations: 0,
      nonconforming_reports: 0,
      organization_failed_sessions: 12,
      policy_failed: 12,
      policy_index: 0,
      policy_successful: 1238,
      quarantined: 2,
      raw_bytes: 1160,
      received: 31,
      refused: 0,
      severity_rank: 1,
      silent_days: 0,
      stale_days: 0,
      stale_organizations: 0,
      stale_wait_days: 0,
      policy_faults: 0,
      policy_fetch_sessions: 0,
      other_failed_sessions: 12,
      undetailed_sessions: 0,
      unstated_sessions: 0,
      unconfirmed_wait_days: 0,
      start_days_apart: 0,
      still_seen_by: 0,
      tlsa_failed_sessions: 0,
      unconfirmed_organizations: 0,
      protected_sessions: 1250,
      successful_sessions: 1238,
      usual_interval_days: 1,
      withheld_sessions: 0,
    },
    other: 4,
  },
  ratio: {
    named: {
      failed_share: 1,
      nonconforming_share: 0.035714,
      organization_success_rate: 0.9904,
      organization_verified_rate: 1,
      report_share: 0.035714,
      session_share: 1,
      share_of_domain: 0.0096,
      share_of_mx: 0.032,
      success_rate: 0.9904,
      success_rate_before: 0.9976,
      protected_rate: 1,
      usual_interval_share: 1,
      verified_rate: 1,
      verified_share: 1,
    },
    other: 0.75,
  },
  date: {
    named: { first_day: "2026-02-09", policy_since: "2026-02-09", last_failed_day: "2026-03-07" },
    other: "2026-03-08",
  },
  time: {
    named: {
      bucket: "2026-03-08T00:00:00Z",
      end_at: "2026-03-08T23:59:59Z",
      first_report_at: "2026-02-10T02:11:40.250Z",
      first_seen: "2026-02-12T00:00:00Z",
      last_seen: "2026-03-08T00:00:00Z",
      start_at: "2026-03-08T00:00:00Z",
    },
    other: "2026-03-09T02:15:07.418Z",
  },
  flag: { named: { overdue: false }, other: true },
  texts: {
    named: {
      channels: ["smtp"],
      organization_trust_levels: ["verified"],
      trust_levels: ["verified"],
      deviation_codes: ["period-not-one-day"],
      deviation_places: ["/date-range/end-datetime"],
      deviation_values: ["2026-03-08T12:00:00Z"],
      domains: ["example.com"],
      failing_mx: ["mx2.example.com"],
      mx_patterns: ["*.example.com"],
      organization_names: ["Example Mail Inc."],
      policy_modes: ["testing"],
      policy_types: ["sts"],
      problems: ["certificate-expired at mx2.example.com, 12 sessions"],
      rcpt_to: ["reports@example.com"],
      result_types: ["certificate-expired"],
    },
    other: [],
  },
};
const COUNTS_BY_UNIT: Readonly<Record<NonNullable<Column["unit"]>, number>> = {
  sessions: 1250,
  reports: 28,
  items: 3,
  bytes: 1160,
  milliseconds: 640,
  hours: 26,
  days: 28,
};

const UNREADABLE: Row = {
  reason: "not-json",
  trust: "unverified",
  dkim_result: "none",
  dkim_domain: "",
  dkim_selector: "",
  dkim_basis: "",
};
/** Cells of a panel that say something else than those of other panels under the same name. */
const CELLS_OF_PANELS: Readonly<Record<string, Row>> = {
  deviations: { reports: 1, occurrences: 1, first_day: "2026-03-08" },
  "ingest-trend": { outcome: "quarantined" },
  ingest: { outcome: "quarantined", reason: "not-json", items: 2 },
  policies: { status: "current", replaced_on: null },
  problems: {
    id: "0b6f4a1c9d2e37588f10c3d4e5a6b798",
    first_day: "2026-02-12",
    days_active: 20,
    since_days: 26,
    age_days: 26,
    clear_days: 0,
  },
  quarantine: UNREADABLE,
  "quarantined-message": UNREADABLE,
  readiness: {
    state: "fix-first",
    rank: 2,
    recent_failed_sessions: 12,
    last_failure_day: "2026-03-07",
    large_senders: [],
  },
  reports: { successful_sessions: 208, failed_sessions: 6 },
};

/** An example of a cell; it has the form that the type of the column promises. */
export function cellExample(column: Column): Cell {
  const { named, other } = CELLS[column.type];
  if (Object.hasOwn(named, column.name)) return named[column.name] ?? null;
  return column.type === "count" && column.unit ? COUNTS_BY_UNIT[column.unit] : other;
}

function defaultsOf(panel: Panel) {
  const read = readParameters(panel, {}, EXAMPLE_MS);
  if (!read.ok) throw new Error(`${panel.id} does not take its own defaults`);
  return read.parameters;
}

/** A row of an answer, with the words that belong to it. */
export function rowExample(panel: Panel): Row {
  const cells = columnsOf(panel).map((column) => [column.name, cellExample(column)]);
  const row: Row = { ...Object.fromEntries(cells), ...CELLS_OF_PANELS[panel.id] };
  return { ...row, ...panel.words?.cells(row, defaultsOf(panel)) };
}

/** A value of a parameter of a panel, as the schema of the parameter has it. */
export function parameterExample(panel: Panel, name: ParameterName): unknown {
  const { example, repeatable } = PARAMETERS[name];
  const sortable = sortableColumns(panel);
  const names = sortable.map((column) => column.name);
  const counted = sortable.find(({ type }) => type === "count");
  if (name === "sort") return counted ? `-${counted.name}` : names[0];
  if (name === "fields") return names.slice(0, 2).join(",");
  if (name === "cursor") return printCursor(panel, defaultsOf(panel), rowExample(panel));
  return repeatable ? [example] : example;
}

/** What `examples` and constants of a schema make up; every object whole, every list with one element. */
export function schemaExample(schema: JsonSchema): unknown {
  const { type, properties, items } = schema;
  if (Array.isArray(schema["examples"])) return schema["examples"][0];
  if ("const" in schema) return schema["const"];
  if (Array.isArray(schema["enum"])) return schema["enum"][0];
  if (isSchema(properties)) {
    const members = Object.entries(properties);
    return Object.fromEntries(
      members.map(([name, one]) => [name, isSchema(one) ? schemaExample(one) : null]),
    );
  }
  if (type === "array") return isSchema(items) ? [schemaExample(items)] : [];
  return PLAIN[String(Array.isArray(type) ? type[0] : type)] ?? null;
}

/** Examples of what says no more than its type. */
const PLAIN: Readonly<Record<string, unknown>> = {
  string: "example",
  integer: 4,
  number: 0.75,
  boolean: true,
  object: {},
};

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null;
}
