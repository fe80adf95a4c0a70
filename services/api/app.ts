// The HTTP interface for people and programs that read: API, first page, health and metrics. Reports
// are posted to another app (receive/http.ts), so that the report listener never exposes this one.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Context, Hono } from "hono";
import { assetPath } from "../assets.ts";
import { PANELS } from "../query/index.ts";
import { needs } from "./access.ts";
import { refuseForeign } from "./foreign.ts";
import { secureHeaders } from "./headers.ts";
import { healthRoutes } from "./health.ts";
import { hostCheck } from "./hosts.ts";
import { loginRoutes } from "./login.ts";
import { loginPage } from "./login-page.ts";
import { answerNotFound } from "./not-found.ts";
import { openapi } from "./openapi.ts";
import { indexEntry } from "./openapi-schemas.ts";
import type { ApiOptions } from "./options.ts";
import { pageRoutes } from "./pages/routes.ts";
import { panelRoutes } from "./panel-routes.ts";
import { answerError } from "./problem.ts";
import { quarantineRoutes } from "./quarantine-routes.ts";
import { limitAddress, limitCaller } from "./rate-limit.ts";
import { reportRoutes } from "./report-routes.ts";

const NOT_FOUND = "Nothing is here; /api/v1 lists what is.";

function indexRoutes(app: Hono, options: ApiOptions): void {
  app.get("/api/v1", (c) => {
    const data = PANELS.map(indexEntry);
    return c.json({ data, meta: { version: options.version, openapi: "/api/v1/openapi.json" } });
  });
  let document: object | undefined;
  app.get("/api/v1/openapi.json", (c) => {
    document ??= openapi(options.version);
    return c.json(document);
  });
}

/** Serves the style sheet under an address that changes with its content, so it may be kept. */
function styleRoute(app: Hono): string {
  const css = readFileSync(assetPath("dashboards", "web", "sealwatch.css"), "utf8");
  const digest = createHash("sha256").update(css).digest("hex").slice(0, 12);
  app.get("/assets/sealwatch.css", (c) => {
    const kept = c.req.query("v") === digest ? "public, max-age=31536000, immutable" : "no-cache";
    const headers = { "Content-Type": "text/css; charset=utf-8", "Cache-Control": kept };
    return c.body(css, 200, headers);
  });
  return `/assets/sealwatch.css?v=${digest}`;
}

/**
 * Makes the app; it opens no socket and remembers nothing but the newest report.
 * @throws when the style sheet is missing from the installation
 */
export function createApi(options: ApiOptions): Hono {
  const app = new Hono();
  app.use(secureHeaders(options.publicOrigin?.startsWith("https:") ?? false));
  app.use(limitAddress(options));
  app.use(hostCheck(options.hosts === undefined ? { names: [], plain: false } : options.hosts));
  app.use(refuseForeign(options.publicOrigin ?? null));
  app.onError((error, c) => answerError(c, error, options.emit));
  app.route("/", healthRoutes(options));
  const cssHref = styleRoute(app);
  const { login = null, emit, version } = options;
  if (login !== null) loginRoutes(app, { ...login, emit, version, cssHref });
  // What stands above is open to everybody; below, callers are known and may read.
  const ungrantedPage = (c: Context, text: string) => {
    const note = { tone: "alert", text } as const;
    const page = loginPage({ cssHref, version }, { note, next: "/", caller: null, provider: null });
    return c.html(page, 403);
  };
  app.use(needs("read", { ...options, ungrantedPage }));
  app.use(limitCaller(options));
  indexRoutes(app, options);
  panelRoutes(app, options);
  reportRoutes(app, options);
  quarantineRoutes(app, options);
  pageRoutes(app, options, { cssHref, scripts: [] });
  app.notFound((c) => answerNotFound(app, c, NOT_FOUND));
  return app;
}
