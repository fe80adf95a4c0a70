// What is on which Grafana dashboard: panels of ours with the columns that are shown. Nothing here has a
// number of its own. `npm run grafana` writes dashboards/grafana from it.

import { deviations } from "../query/panels/deviations.ts";
import { domains } from "../query/panels/domains.ts";
import { failuresByMx } from "../query/panels/failures-by-mx.ts";
import { failuresByOrganization } from "../query/panels/failures-by-organization.ts";
import { failuresByResultType } from "../query/panels/failures-by-result-type.ts";
import { failuresBySendingIp } from "../query/panels/failures-by-sending-ip.ts";
import { ingest } from "../query/panels/ingest.ts";
import { ingestTrend } from "../query/panels/ingest-trend.ts";
import { mxByResultType } from "../query/panels/mx-by-result-type.ts";
import { organizationByMx } from "../query/panels/organization-by-mx.ts";
import { organizations } from "../query/panels/organizations.ts";
import { overview } from "../query/panels/overview.ts";
import { policies } from "../query/panels/policies.ts";
import { problems } from "../query/panels/problems.ts";
import { quarantine } from "../query/panels/quarantine.ts";
import { reports } from "../query/panels/reports.ts";
import { trend } from "../query/panels/trend.ts";
import { trust } from "../query/panels/trust.ts";
import type { Question } from "./statement.ts";

/** How a panel is drawn: numbers, rows, bars over time, or rows by columns. */
export type Drawing = "stat" | "table" | "timeseries" | "matrix";

export interface Section extends Question {
  as: Drawing;
  /** Of the panel without it. */
  title?: string;
  width?: "full" | "half";
  /** For bars over time: columns whose values name the series; counts in `columns` are their heights. */
  series?: readonly string[];
}

export interface Board {
  id: string;
  title: string;
  description: string;
  sections: readonly Section[];
}

/** Summaries know neither, so what is counted by them is not filtered by them. */
const OF_DETAILS = ["mx", "result_type"] as const;
const ROWS = 100;

const NUMBERS: Section = {
  panel: overview,
  as: "stat",
  columns: [
    "total_sessions",
    "failed_sessions",
    "success_rate",
    "protected_rate",
    "reports",
    "organizations",
    "domains",
  ],
};

const SESSIONS: Section = {
  panel: trend,
  as: "timeseries",
  without: OF_DETAILS,
  columns: ["bucket", "successful_sessions", "failed_sessions"],
};

const FAILURES_OVER_TIME: Section = {
  panel: trend,
  as: "timeseries",
  title: "Failed sessions by result type",
  by: "result_type",
  series: ["series"],
  columns: ["bucket", "series", "failed_sessions"],
};

const PROBLEMS: Section = {
  panel: problems,
  as: "table",
  columns: [
    "severity",
    "state",
    "domain",
    "mx",
    "result_type",
    "reason",
    "failed_sessions",
    "organizations",
    "first_day",
    "last_day",
    "tenant",
    "id",
  ],
  rows: ROWS,
};

const MX_BY_RESULT_TYPE: Section = {
  panel: mxByResultType,
  as: "matrix",
  columns: ["mx", "result_type", "failed_sessions"],
};

const BY_ORGANIZATION: Section = {
  panel: failuresByOrganization,
  as: "table",
  columns: [
    "organization",
    "result_type",
    "failed_sessions",
    "mx_hosts",
    "domains",
    "first_day",
    "last_day",
    "organization_success_rate",
  ],
  rows: ROWS,
};

const BY_MX: Section = {
  panel: failuresByMx,
  as: "table",
  columns: [
    "mx",
    "result_type",
    "failed_sessions",
    "organizations",
    "domains",
    "active_days",
    "first_day",
    "last_day",
    "policy_types",
  ],
  rows: ROWS,
};

const REPORTS: Section = {
  panel: reports,
  as: "table",
  title: "Reports, whatever the MX host and result type",
  // Those without failures are among all, and a condition on failures cannot be left out of a statement.
  without: OF_DETAILS,
  columns: [
    "received_at",
    "organization",
    "day",
    "domains",
    "successful_sessions",
    "failed_sessions",
    "status",
    "trust",
    "id",
  ],
  rows: ROWS,
};

export const BOARDS: readonly Board[] = [
  {
    id: "overview",
    title: "Sealwatch: overview",
    description: "How well TLS works for the mail of all domains, and which of them need a look.",
    sections: [
      NUMBERS,
      SESSIONS,
      FAILURES_OVER_TIME,
      PROBLEMS,
      {
        panel: domains,
        as: "table",
        columns: [
          "domain",
          "tenant",
          "total_sessions",
          "failed_sessions",
          "success_rate",
          "protected_rate",
          "failing_mx_hosts",
          "organizations",
          "sts_mode",
          "last_failed_day",
        ],
        rows: ROWS,
      },
    ],
  },
  {
    id: "domain",
    title: "Sealwatch: domain",
    description:
      "One domain: sessions, what fails at which MX host and for whom, and its policies.",
    sections: [
      NUMBERS,
      { ...SESSIONS, width: "half" },
      { ...FAILURES_OVER_TIME, width: "half" },
      PROBLEMS,
      { ...MX_BY_RESULT_TYPE, width: "half" },
      { ...BY_ORGANIZATION, width: "half" },
      {
        panel: policies,
        as: "table",
        columns: [
          "domain",
          "policy_type",
          "status",
          "mode",
          "first_day",
          "last_day",
          "organizations",
          "total_sessions",
          "failed_sessions",
          "replaced_on",
          "stale_days",
          "overdue",
          "still_seen_by_names",
        ],
        rows: ROWS,
      },
      REPORTS,
    ],
  },
  {
    id: "mx",
    title: "Sealwatch: MX hosts",
    description: "Which receiving MX hosts fail TLS, how, and for whom.",
    sections: [
      {
        ...FAILURES_OVER_TIME,
        title: "Failed sessions by MX host",
        by: "mx",
      },
      BY_MX,
      { ...MX_BY_RESULT_TYPE, width: "half" },
      {
        panel: organizationByMx,
        as: "matrix",
        columns: ["organization", "mx", "failed_sessions"],
        width: "half",
      },
      {
        panel: failuresBySendingIp,
        as: "table",
        columns: [
          "sending_ip",
          "network",
          "failed_sessions",
          "organizations",
          "mx_hosts",
          "result_types",
          "first_day",
          "last_day",
        ],
        rows: ROWS,
      },
    ],
  },
  {
    id: "organizations",
    title: "Sealwatch: sending organizations",
    description: "Who reports, how regularly and how correctly, and who fails to reach us by TLS.",
    sections: [
      {
        ...SESSIONS,
        title: "Sessions by organization",
        by: "organization",
        series: ["series"],
        columns: ["bucket", "series", "successful_sessions", "failed_sessions"],
      },
      {
        panel: organizations,
        as: "table",
        columns: [
          "organization",
          "reports",
          "total_sessions",
          "failed_sessions",
          "success_rate",
          "last_day",
          "silent_days",
          "usual_interval_days",
          "gap_days",
          "late_reports",
          "median_delay_hours",
          "verified_share",
          "deviations",
        ],
        rows: ROWS,
      },
      BY_ORGANIZATION,
      {
        panel: trust,
        as: "table",
        columns: ["trust", "reports", "total_sessions", "failed_sessions", "session_share"],
        width: "half",
      },
      {
        panel: deviations,
        as: "table",
        columns: ["organization", "code", "reports", "report_share", "last_day"],
        width: "half",
        rows: ROWS,
      },
    ],
  },
  {
    id: "problems",
    title: "Sealwatch: problems",
    description:
      "Failures grouped by cause, most urgent first. Sealwatch has what each means and how to mend it.",
    sections: [
      PROBLEMS,
      FAILURES_OVER_TIME,
      {
        panel: failuresByResultType,
        as: "table",
        columns: [
          "result_type",
          "failed_sessions",
          "failed_share",
          "mx_hosts",
          "organizations",
          "domains",
          "active_days",
          "first_day",
          "last_day",
        ],
      },
    ],
  },
  {
    id: "ingest",
    title: "Sealwatch: ingest",
    description: "What became of everything that came in, how fast, and what could not be used.",
    sections: [
      {
        panel: ingest,
        as: "stat",
        totals: true,
        columns: ["received", "stored", "duplicate", "conflict", "quarantined", "refused"],
      },
      {
        panel: ingestTrend,
        as: "timeseries",
        width: "half",
        series: ["channel", "outcome"],
        columns: ["bucket", "channel", "outcome", "items"],
      },
      {
        panel: ingestTrend,
        as: "timeseries",
        title: "Delay from receipt to the store",
        width: "half",
        series: ["channel", "outcome"],
        columns: ["bucket", "channel", "outcome", "delay_p95_ms"],
      },
      {
        panel: ingest,
        as: "table",
        columns: [
          "channel",
          "outcome",
          "reason",
          "items",
          "last_received_at",
          "delay_median_ms",
          "delay_p95_ms",
          "peak_day_items",
        ],
      },
      {
        panel: quarantine,
        as: "table",
        columns: [
          "received_at",
          "channel",
          "reason",
          "message",
          "header_from",
          "subject",
          "raw_bytes",
          "tenant",
          "receipt",
        ],
        rows: ROWS,
      },
    ],
  },
];
