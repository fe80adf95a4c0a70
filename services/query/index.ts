// The table of panels: API routes, CSV, OpenAPI and `sealwatch query` follow from it. Adding a panel
// is one file in panels/ and one line here.

import type { Panel } from "./panel.ts";
import { deviations } from "./panels/deviations.ts";
import { domains } from "./panels/domains.ts";
import { failuresByMx } from "./panels/failures-by-mx.ts";
import { failuresByOrganization } from "./panels/failures-by-organization.ts";
import { failuresByResultType } from "./panels/failures-by-result-type.ts";
import { failuresBySendingIp } from "./panels/failures-by-sending-ip.ts";
import { ingest } from "./panels/ingest.ts";
import { ingestTrend } from "./panels/ingest-trend.ts";
import { mxByResultType } from "./panels/mx-by-result-type.ts";
import { organizationByMx } from "./panels/organization-by-mx.ts";
import { organizations } from "./panels/organizations.ts";
import { overview } from "./panels/overview.ts";
import { policies, policyDays } from "./panels/policies.ts";
import { problems } from "./panels/problems.ts";
import { quarantine } from "./panels/quarantine.ts";
import { readiness } from "./panels/readiness.ts";
import { reports } from "./panels/reports.ts";
import { trend } from "./panels/trend.ts";
import { trust } from "./panels/trust.ts";

export const PANELS: readonly Panel[] = [
  overview,
  domains,
  trend,
  failuresByMx,
  failuresByOrganization,
  failuresByResultType,
  failuresBySendingIp,
  mxByResultType,
  organizationByMx,
  trust,
  policies,
  policyDays,
  readiness,
  organizations,
  problems,
  deviations,
  reports,
  quarantine,
  ingest,
  ingestTrend,
];

/** The panel of an id, or undefined. */
export function panelOf(id: string): Panel | undefined {
  return PANELS.find((panel) => panel.id === id);
}
