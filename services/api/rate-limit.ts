// How much one address and one caller may ask for in a minute. Addresses are counted before it is known who
// asks, so that guessing tokens is bounded by the same; callers after that, wherever they ask from.

import type { Context, MiddlewareHandler } from "hono";
import { callerOf } from "./access.ts";
import type { ApiOptions } from "./options.ts";
import { problem } from "./problem.ts";

/** Counts one and returns 0, or returns the seconds after which it is worth another try. */
export interface RequestLimits {
  /** @param passedOn see HttpEnv */
  ofAddress(address: string, passedOn: boolean): number;
  ofCaller(name: string): number;
}

type Options = Pick<ApiOptions, "limits">;

/** Says that the process lives; whoever asks for it asks often, and it costs nothing. */
const EXEMPT_PATH = "/healthz";

/** Refuses addresses that ask for too much, with 429. */
export function limitAddress({ limits }: Options): MiddlewareHandler {
  return async (c, next) => {
    if (limits === undefined || c.req.path === EXEMPT_PATH) return next();
    const seconds = limits.ofAddress(c.env?.peer ?? "", c.env?.passedOn ?? false);
    return seconds === 0 ? next() : tooMany(c, seconds, "your address");
  };
}

/** Refuses callers that ask for too much; stands behind `needs`. Whoever is at this machine is exempt. */
export function limitCaller({ limits }: Options): MiddlewareHandler {
  return async (c, next) => {
    const { kind, name, id = name } = callerOf(c);
    if (limits === undefined || kind === "machine" || kind === "anybody") return next();
    const seconds = limits.ofCaller(`${kind} ${id}`);
    return seconds === 0 ? next() : tooMany(c, seconds, name);
  };
}

function tooMany(c: Context, seconds: number, who: string): Response {
  c.header("Retry-After", String(seconds));
  const detail = `Too many requests from ${who}: try again in ${seconds} s, or see limits.requests_per_minute.`;
  return problem(c, "rate-limited", detail);
}
