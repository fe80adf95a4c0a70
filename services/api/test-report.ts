// GET /setup/test-report.json: a small report to try the way in with. It says by its names that it is a
// test, and has no sessions, so that it changes no rate.

import type { Context, Hono } from "hono";
import { domainOrNone } from "../core/dns/name.ts";
import type { ApiOptions } from "./options.ts";
import { OUR_DOMAIN_EXAMPLE } from "./setup-targets.ts";

const DAY_MS = 86_400_000;

/**
 * The report about yesterday. The same domain and day give the same bytes: sent twice, it is a duplicate.
 * @param domain in normal form
 */
export function testReport(domain: string, nowMs: number): object {
  const day = new Date(nowMs - DAY_MS).toISOString().slice(0, 10);
  return {
    "organization-name": "Test report of Sealwatch",
    "date-range": {
      "start-datetime": `${day}T00:00:00Z`,
      "end-datetime": `${day}T23:59:59Z`,
    },
    "contact-info": `postmaster@${domain}`,
    "report-id": `sealwatch-test-${day}-${domain}`,
    policies: [
      {
        policy: { "policy-type": "no-policy-found", "policy-domain": domain },
        summary: { "total-successful-session-count": 0, "total-failure-session-count": 0 },
      },
    ],
  };
}

/** Adds the route. */
export function testReportRoute(app: Hono, options: ApiOptions): void {
  app.get("/setup/test-report.json", (c: Context) => {
    const domain = domainOrNone(c.req.query("domain") ?? "") || OUR_DOMAIN_EXAMPLE;
    const nowMs = (options.clock ?? Date.now)();
    const text = `${JSON.stringify(testReport(domain, nowMs), null, 2)}\n`;
    return c.body(text, 200, {
      "Content-Type": "application/json",
      "Content-Disposition": 'attachment; filename="test-report.json"',
    });
  });
}
