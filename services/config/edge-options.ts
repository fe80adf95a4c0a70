// The options about everybody who connects: proxies that are believed, and limits on one address. Part of the
// table in options.ts.

import { BOUNDS } from "../core/bounds.ts";
import { PROXY_HEADERS } from "../core/net/forwarded.ts";
import { choice, count, list, network, orOff } from "./kinds.ts";
import type { Option } from "./options.ts";

const option = <Value>(entry: Option<Value>): Option<Value> => entry;
const perMinute = () => orOff(count({ min: 1, max: BOUNDS.limitPerMinuteMax }));

export const EDGE_OPTIONS = {
  proxies: option({
    kind: list(network(), { itemsMin: 0 }),
    default: () => [],
    defaultWords: "none",
    doc: "Proxies and load balancers that are believed when they name the client they speak for.",
    live: true,
  }),
  proxy_header: option({
    kind: choice(PROXY_HEADERS),
    default: () => "x-forwarded-for" as const,
    doc: "Header in which proxies name the client of a request. The other one is not read, since \
clients could send it.",
    live: true,
  }),
  "limits.smtp_connections_per_minute": option({
    kind: perMinute(),
    default: () => BOUNDS.smtpConnectionsPerMinute,
    doc: "SMTP connections of one address in a minute; ten minutes' worth may come at once. IPv6 \
addresses count by their /64 here and in all limits.",
    live: true,
  }),
  "limits.smtp_messages_per_minute": option({
    kind: perMinute(),
    default: () => BOUNDS.smtpMessagesPerMinute,
    doc: "Mails of one address in a minute; ten minutes' worth may come at once. Senders try \
again what is over it.",
    live: true,
  }),
  "limits.posts_per_minute": option({
    kind: perMinute(),
    default: () => BOUNDS.postsPerMinute,
    doc: "Posted reports of one address in a minute; ten minutes' worth may come at once. What is \
over it is lost with senders that do not try again, which are most.",
    live: true,
  }),
  "limits.requests_per_minute": option({
    kind: perMinute(),
    default: () => BOUNDS.requestsPerMinute,
    doc: "Requests to API and pages of one address, and of one token, in a minute.",
    live: true,
  }),
  "limits.logins_per_minute": option({
    kind: orOff(count({ min: 1, max: BOUNDS.limitPerMinuteMax })),
    default: () => BOUNDS.loginsPerMinute,
    doc: "Attempts to log in of one address in a minute.",
    live: true,
  }),
  "limits.connections_per_address": option({
    kind: orOff(count({ min: 1, max: BOUNDS.portsMax })),
    default: () => BOUNDS.connectionsPerAddress,
    doc: "Connections of one address that a listener keeps open at once, and never more than half \
of all.",
    live: true,
  }),
  "limits.exempt": option({
    kind: list(network(), { itemsMin: 0 }),
    default: () => ["127.0.0.0/8", "::1"],
    doc: "Addresses that no limit holds for; proxies never have one, their clients do.",
    live: true,
  }),
};
