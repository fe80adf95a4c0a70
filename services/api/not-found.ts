// Answers for what no route takes: 405 where another method is taken, 404 otherwise.

import type { Context, Hono } from "hono";
import { problem } from "./problem.ts";

/** Methods that some route answers at a path; GET implies HEAD. */
export function methodsAt(app: Hono, path: string): string[] {
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

/** @param detail what to say of an address that nothing is at */
export function answerNotFound(app: Hono, c: Context, detail: string): Response {
  const methods = methodsAt(app, c.req.path);
  if (methods.length > 0 && !methods.includes(c.req.method)) {
    c.header("Allow", methods.join(", "));
    return problem(c, "method-not-allowed", `This address takes ${methods.join(", ")}.`);
  }
  return problem(c, "not-found", detail);
}
