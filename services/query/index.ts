// The table of panels: API routes, CSV, OpenAPI and `sealwatch query` follow from it. Adding a panel
// is one file in panels/ and one line here.

import type { Panel } from "./panel.ts";
import { failuresByMx } from "./panels/failures-by-mx.ts";
import { failuresByOrganization } from "./panels/failures-by-organization.ts";
import { ingest } from "./panels/ingest.ts";
import { overview } from "./panels/overview.ts";
import { quarantine } from "./panels/quarantine.ts";
import { reports } from "./panels/reports.ts";
import { trend } from "./panels/trend.ts";
import { trust } from "./panels/trust.ts";

export const PANELS: readonly Panel[] = [
  overview,
  failuresByMx,
  failuresByOrganization,
  trend,
  trust,
  reports,
  quarantine,
  ingest,
];

/** The panel of an id, or undefined. */
export function panelOf(id: string): Panel | undefined {
  return PANELS.find((panel) => panel.id === id);
}
