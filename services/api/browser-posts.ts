// Reports that a browser posts: no sender is one, so that on loopback it is a page that somebody made the
// reader open, and its reports would count.

import type { MiddlewareHandler } from "hono";
import { refuseForeign } from "./foreign.ts";
import { type Hosts, hostCheck } from "./hosts.ts";

/**
 * Refuses what pages of other sites post, with 403. Requests without Origin and Sec-Fetch-Site are not
 * looked at: those are senders, whose reports a proxy may pass on under any Host.
 * @param publicOrigin see isForeign
 */
export function refuseBrowserPosts(hosts: Hosts, publicOrigin: string | null): MiddlewareHandler {
  const named = hostCheck(hosts);
  const own = refuseForeign(publicOrigin);
  return async (c, next) => {
    const browser = c.req.header("Origin") ?? c.req.header("Sec-Fetch-Site");
    if (browser === undefined) return next();
    // A name that its owner points at us is of the same origin: the first finds it, not the second.
    let passed = false;
    const refused = await named(c, async () => {
      passed = true;
    });
    return passed ? own(c, next) : refused;
  };
}
