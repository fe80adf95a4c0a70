// What a supervisor and a metrics collector ask: alive, ready, and the numbers. Served beside the API,
// and alone by a process without one.

import { Hono } from "hono";
import { type AccessOptions, knownReader, needs } from "./access.ts";
import { secureHeaders } from "./headers.ts";
import { answerNotFound } from "./not-found.ts";
import type { ApiOptions, Readiness } from "./options.ts";
import { answerError } from "./problem.ts";
import { limitAddress } from "./rate-limit.ts";

export type HealthOptions = Pick<ApiOptions, "ready" | "metrics" | "limits"> & AccessOptions;

/**
 * Routes /healthz and /readyz (503 while a check fails), open to everybody, and /metrics (Prometheus
 * text) for the scope admin: it counts over all tenants.
 */
export function healthRoutes(options: HealthOptions): Hono {
  const app = new Hono();
  app.get("/healthz", (c) => c.text("ok\n"));
  app.get("/readyz", async (c) => {
    const readiness = await options.ready();
    const shown = (await knownReader(c, options)) === null ? withoutDetails(readiness) : readiness;
    return c.json(shown, readiness.ready ? 200 : 503);
  });
  app.get("/metrics", needs("admin", options), async (c) => {
    const { contentType, text } = await options.metrics();
    return c.body(text, 200, { "Content-Type": contentType });
  });
  return app;
}

/** Strangers learn which part fails, as a load balancer needs to, and nothing of the inside. */
function withoutDetails({ ready, checks }: Readiness) {
  const names = Object.entries(checks).map(([name, { ok }]) => [name, { ok }]);
  return { ready, checks: Object.fromEntries(names) };
}

/** The health routes as an app of its own, for a process without the API. */
export function createHealth(options: HealthOptions): Hono {
  const app = new Hono();
  app.use(secureHeaders());
  app.use(limitAddress(options));
  app.onError((error, c) => answerError(c, error, options.emit));
  app.route("/", healthRoutes(options));
  app.notFound((c) => answerNotFound(app, c, "This process has no API: its role api is off."));
  return app;
}
