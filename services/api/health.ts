// What a supervisor and a metrics collector ask: alive, ready, and the numbers. Served beside the API,
// and alone by a process without one.

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { type AccessOptions, callerOf, challenge, identify, needs, overAll } from "./access.ts";
import { secureHeaders } from "./headers.ts";
import { answerNotFound } from "./not-found.ts";
import type { ApiOptions, Readiness } from "./options.ts";
import { answerError, problem } from "./problem.ts";
import { limitAddress } from "./rate-limit.ts";

export type HealthOptions = Pick<ApiOptions, "ready" | "metrics" | "limits"> & AccessOptions;

/**
 * Routes /healthz and /readyz (503 while a check fails), open to everybody, and /metrics (Prometheus
 * text). Metrics and the details of /readyz are about all tenants: who sees them all may read them.
 */
export function healthRoutes(options: HealthOptions): Hono {
  const app = new Hono();
  app.get("/healthz", (c) => c.text("ok\n"));
  app.get("/readyz", async (c) => {
    const readiness = await options.ready();
    const shown = (await seesDetails(c, options)) ? readiness : withoutDetails(readiness);
    return c.json(shown, readiness.ready ? 200 : 503);
  });
  app.get("/metrics", needs("read", options), needsAll(options), async (c) => {
    const { contentType, text } = await options.metrics();
    return c.body(text, 200, { "Content-Type": contentType });
  });
  return app;
}

/**
 * True for who may read and sees all tenants: details count tenants and name paths. Others are told by
 * the header what would show more (RFC 9110 section 11.6.1); whatever is wrong with them is no fault.
 */
async function seesDetails(c: Context, options: AccessOptions): Promise<boolean> {
  const identified = await identify(c, options).catch(() => null);
  if (overAll(identified, "read")) return true;
  challenge(c, identified === "refused");
  return false;
}

/** Refuses callers who see some tenants only, whatever they may do there, with 403. */
function needsAll(options: AccessOptions): MiddlewareHandler {
  return async (c, next) => {
    const caller = callerOf(c);
    if (caller.tenants === "all") return next();
    options.emit("access-refused", { status: 403, path: c.req.path, caller: caller.name });
    const detail =
      `This counts over all tenants, and ${caller.name} sees some: a token for it is made ` +
      "with --all-tenants.";
    return problem(c, "forbidden", detail);
  };
}

/** Others learn which part fails, as a load balancer needs to, and nothing of the inside. */
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
