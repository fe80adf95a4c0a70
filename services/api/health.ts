// What a supervisor and a metrics collector ask: alive, ready, and the numbers. Served beside the API,
// and alone by a process without one.

import { Hono } from "hono";
import type { ApiOptions } from "./options.ts";

/** Routes /healthz, /readyz (503 while a check fails) and /metrics (Prometheus text). */
export function healthRoutes(options: Pick<ApiOptions, "ready" | "metrics">): Hono {
  const app = new Hono();
  app.get("/healthz", (c) => c.text("ok\n"));
  app.get("/readyz", async (c) => {
    const readiness = await options.ready();
    return c.json(readiness, readiness.ready ? 200 : 503);
  });
  app.get("/metrics", async (c) => {
    const { contentType, text } = await options.metrics();
    return c.body(text, 200, { "Content-Type": contentType });
  });
  return app;
}
