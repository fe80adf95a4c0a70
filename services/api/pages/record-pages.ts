// The pages of one report and of one quarantined message answer 404 where there is none. It is found out
// before the page is begun, since a page is on its way before its sections are made.

import type { Context, Hono } from "hono";
import { scopeOf } from "../access.ts";
import type { ApiOptions } from "../options.ts";
import { problemOf } from "../problem.ts";
import { readMessage, readOutcomes } from "../quarantined-record.ts";
import { hasReport } from "../report-record.ts";

/** Adds what looks; the pages themselves follow. */
export function recordPages(app: Hono, { store, emit }: ApiOptions): void {
  const look = (path: string, find: (c: Context) => Promise<boolean>) => {
    app.get(path, async (c, next) => {
      // A store that is away is told of by the page itself, as much as it needs of it.
      const found = await find(c).catch((error: unknown) => {
        emit("api-failed", { path: c.req.path, problem: problemOf(error).code, error });
        return true;
      });
      if (!found) c.status(404);
      await next();
    });
  };
  look("/reports/:report", (c) => hasReport(store, scopeOf(c), c.req.param("report") ?? ""));
  look("/quarantine/:receipt", async (c) => {
    const receipt = c.req.param("receipt") ?? "";
    const held = await readMessage(store, scopeOf(c), receipt);
    return held.length > 0 || (await readOutcomes(store, scopeOf(c), receipt)).length > 0;
  });
}
