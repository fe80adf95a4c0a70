// The HTTP interface for people and programs that read: API, first page, health and metrics. Reports
// are posted to another app (receive/http.ts), so that the report listener never exposes this one.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { assetPath } from "../assets.ts";
import { PANELS } from "../query/index.ts";
import { columnsOf } from "../query/panel.ts";
import { healthRoutes } from "./health.ts";
import { hostCheck } from "./hosts.ts";
import { openapi } from "./openapi.ts";
import type { ApiOptions } from "./options.ts";
import { pageRoute } from "./page.ts";
import { panelRoutes } from "./panel-routes.ts";
import { problem, problemOf } from "./problem.ts";
import { quarantineRoutes } from "./quarantine-routes.ts";
import { reportRoutes } from "./report-routes.ts";

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const SECURITY_HEADERS: Record<string, string> = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

const secureHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
  if (!c.res.headers.has("Cache-Control")) c.res.headers.set("Cache-Control", "no-store");
};

function indexRoutes(app: Hono, options: ApiOptions): void {
  app.get("/api/v1", (c) => {
    const data = PANELS.map((panel) => ({
      id: panel.id,
      href: `/api/v1/${panel.id}`,
      title: panel.title,
      description: panel.description,
      parameters: panel.parameters,
      columns: columnsOf(panel),
      drawing: panel.drawing,
    }));
    return c.json({ data, meta: { version: options.version, openapi: "/api/v1/openapi.json" } });
  });
  app.get("/api/v1/openapi.json", (c) => c.json(openapi(options.version) as object));
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

/** Methods that some route answers at the path of a request; GET implies HEAD. */
function methodsAt(app: Hono, path: string): string[] {
  const parts = path.split("/");
  const matches = (pattern: string) => {
    const wanted = pattern.split("/");
    return (
      wanted.length === parts.length &&
      wanted.every((part, i) => part === parts[i] || (part.startsWith(":") && parts[i] !== ""))
    );
  };
  const routes = app.routes.filter((route) => route.method !== "ALL" && matches(route.path));
  const methods = new Set(routes.map((route) => route.method));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}

function notFound(app: Hono, c: Context): Response {
  const methods = methodsAt(app, c.req.path);
  if (methods.length > 0 && !methods.includes(c.req.method)) {
    c.header("Allow", methods.join(", "));
    return problem(c, "method-not-allowed", `This address takes ${methods.join(", ")}.`);
  }
  return problem(c, "not-found", "Nothing is here; /api/v1 lists what is.");
}

/**
 * Makes the app; it opens no socket and remembers nothing but the newest report.
 * @throws when the style sheet is missing from the installation
 */
export function createApi(options: ApiOptions): Hono {
  const app = new Hono();
  app.use(secureHeaders);
  app.use(hostCheck(options.hosts === undefined ? [] : options.hosts));
  app.onError((error, c) => {
    const { code, detail } = problemOf(error);
    options.emit("api-failed", { path: c.req.path, problem: code, error });
    return problem(c, code, detail);
  });
  app.route("/", healthRoutes(options));
  indexRoutes(app, options);
  panelRoutes(app, options);
  reportRoutes(app, options);
  quarantineRoutes(app, options);
  pageRoute(app, options, styleRoute(app));
  app.notFound((c) => notFound(app, c));
  return app;
}
