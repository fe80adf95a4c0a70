// Forms of the pages answer people with pages, whatever goes wrong on the way: what a route answers as a
// problem is said in the frame of the pages.

import type { MiddlewareHandler } from "hono";
import { isPageRequest } from "./access.ts";
import type { Say } from "./pages/routes.ts";
import { type ToldProblem, toldProblem } from "./problem.ts";

/** Says problems that answer a form to the person who sent it; programs get them as they are. */
export function problemPages(say: () => Say): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (c.req.method !== "POST" || !isPageRequest(c)) return;
    const told: ToldProblem | null = toldProblem(c);
    if (told === null) return;
    // The other headers, such as when to try again, stay.
    c.res = await say()(c, told.status, { title: told.title, words: told.detail });
  };
}
