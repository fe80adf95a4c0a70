// The routes of the page Set-up beside itself: files to explain and import, what becomes of an import, and
// the test report.

import type { Hono } from "hono";
import { explainRoutes } from "./explain-routes.ts";
import type { ApiOptions } from "./options.ts";
import type { Say } from "./pages/routes.ts";
import type { ProgressBoard } from "./progress.ts";
import { progressRoutes } from "./progress-events.ts";
import { testReportRoute } from "./test-report.ts";

/** Adds them. */
export function setupRoutes(
  app: Hono,
  options: ApiOptions & { progress: ProgressBoard },
  say: Say,
): void {
  const board = options.progress;
  explainRoutes(app, { options, board, say });
  progressRoutes(app, options, board);
  testReportRoute(app, options);
}
