// The HTTP interface for people and programs that read: API, first page, health and metrics. Reports
// are posted to another app (receive/http.ts), so that the report listener never exposes this one.

import { type Context, Hono } from "hono";
import { PANELS } from "../query/index.ts";
import { rememberNewest } from "../query/newest.ts";
import { isPageRequest, needs } from "./access.ts";
import { refuseForeign } from "./foreign.ts";
import { secureHeaders } from "./headers.ts";
import { healthRoutes } from "./health.ts";
import { hostCheck } from "./hosts.ts";
import { loginRoutes } from "./login.ts";
import { loginPage } from "./login-page.ts";
import { answerNotFound, methodsAt } from "./not-found.ts";
import { openapi } from "./openapi.ts";
import { indexEntry } from "./openapi-schemas.ts";
import type { ApiOptions } from "./options.ts";
import { pageRoutes } from "./pages/routes.ts";
import { panelRoutes } from "./panel-routes.ts";
import { answerError, PROBLEMS, problemOf } from "./problem.ts";
import { problemPages } from "./problem-pages.ts";
import { createProgressBoard } from "./progress.ts";
import { quarantineRoutes } from "./quarantine-routes.ts";
import { limitAddress, limitCaller } from "./rate-limit.ts";
import { reportRoutes } from "./report-routes.ts";
import { reprocessRoutes } from "./reprocess-routes.ts";
import { setupRoutes } from "./setup-routes.ts";
import { assetRoutes } from "./web-assets.ts";

const NOT_FOUND = "Nothing is here; /api/v1 lists what is.";
const NO_PAGE = { title: "There is no such page", words: "The menu above has all there are." };

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

/**
 * Makes the app; it opens no socket and remembers nothing but the newest report.
 * @throws when the style sheet is missing from the installation
 */
export function createApi(given: ApiOptions): Hono {
  const options = {
    ...given,
    progress: given.progress ?? createProgressBoard(),
    newestOf: given.newestOf ?? rememberNewest(given.store),
  };
  const app = new Hono();
  app.use(secureHeaders(options.publicOrigin?.startsWith("https:") ?? false));
  app.use(limitAddress(options));
  app.use(hostCheck(options.hosts === undefined ? { names: [], plain: false } : options.hosts));
  app.use(refuseForeign(options.publicOrigin ?? null));
  app.route("/", healthRoutes(options));
  const assets = assetRoutes(app);
  const { cssHref } = assets;
  const { login = null, emit, version } = options;
  if (login !== null) loginRoutes(app, { ...login, emit, version, cssHref });
  // What stands above is open to everybody; below, callers are known and may read.
  const ungrantedPage = (c: Context, text: string) => {
    const note = { tone: "alert", text } as const;
    const page = loginPage({ cssHref, version }, { note, next: "/", caller: null, provider: null });
    return c.html(page, 403);
  };
  app.use(needs("read", { ...options, ungrantedPage }));
  app.use(problemPages(() => say));
  app.use(limitCaller(options));
  indexRoutes(app, options);
  panelRoutes(app, options, options.newestOf);
  reportRoutes(app, options);
  quarantineRoutes(app, options);
  reprocessRoutes(app, options, options.progress);
  const say = pageRoutes(app, options, assets);
  setupRoutes(app, options, say);
  // To programs as problems, to people who look at a page in the frame of the pages.
  app.notFound((c) =>
    isPageRequest(c) && methodsAt(app, c.req.path).length === 0
      ? say(c, 404, NO_PAGE)
      : answerNotFound(app, c, NOT_FOUND),
  );
  app.onError((error, c) => {
    const problem = answerError(c, error, options.emit);
    if (!isPageRequest(c)) return problem;
    const { code, detail } = problemOf(error);
    const { status, title } = PROBLEMS[code];
    return say(c, status, { title, words: detail });
  });
  return app;
}
