// What holds for every connection from outside: which proxies are believed, and how much one address may do.
// Shared by all listeners of the process, and changed as a whole when the configuration is loaded again.

import type { Config } from "../config/config.ts";
import { BOUNDS } from "../core/bounds.ts";
import {
  type AddressLimits,
  createAddressLimits,
  type Limited,
  type LimitSettings,
  NO_LIMITS,
} from "../core/limits/address-limits.ts";
import { createLimiter } from "../core/limits/token-bucket.ts";
import type { ProxySettings } from "../core/net/forwarded.ts";
import { contains, limitKey, parseNetworks } from "../core/net/networks.ts";
import { type Emit, silent } from "../observe/events.ts";

export interface EdgeSettings {
  proxies: ProxySettings;
  /** SMTP connections from proxies begin with a PROXY header. */
  smtpProxyProtocol: boolean;
  limits: LimitSettings;
}

export interface Edge {
  configure(settings: EdgeSettings): void;
  proxies(): ProxySettings;
  /** True for the address of a named proxy. */
  isProxy(address: string): boolean;
  /** True for a peer whose SMTP connections begin with a PROXY header. */
  sendsProxyHeader(peer: string): boolean;
  /** Counts one and returns 0, or seconds to wait; tells of an address once in a while. */
  take(what: Limited, ip: string): number;
  /** See AddressLimits. */
  takeNamed: AddressLimits["takeNamed"];
  connectionsMax: AddressLimits["connectionsMax"];
}

/** No proxies and no limits, for receivers that are used without a configuration. */
export const OPEN_EDGE_SETTINGS: EdgeSettings = {
  proxies: { proxies: [], header: "x-forwarded-for" },
  smtpProxyProtocol: false,
  limits: NO_LIMITS,
};

/** What the configuration says of the edge. */
export function edgeSettings(
  config: Pick<Config, "proxies" | "proxyHeader" | "limits" | "smtp">,
): EdgeSettings {
  const { limits, smtp } = config;
  const proxies = parseNetworks(config.proxies);
  return {
    proxies: { proxies, header: config.proxyHeader },
    smtpProxyProtocol: smtp.proxyProtocol,
    limits: {
      perMinute: {
        "smtp-connection": limits.smtpConnectionsPerMinute,
        "smtp-message": limits.smtpMessagesPerMinute,
        post: limits.postsPerMinute,
        request: limits.requestsPerMinute,
        login: limits.loginsPerMinute,
      },
      connectionsMax: limits.connectionsPerAddress,
      // A proxy stands for many; its clients are counted as themselves.
      exempt: [...parseNetworks(limits.exempt), ...proxies],
    },
  };
}

/** Makes the edge of this process. */
export function createEdge(first: EdgeSettings = OPEN_EDGE_SETTINGS, emit: Emit = silent): Edge {
  const now = () => performance.now();
  const limits = createAddressLimits(first.limits, now);
  const told = createLimiter({
    ratePerSecond: 1 / BOUNDS.limitToldSeconds,
    burst: 1,
    keysMax: BOUNDS.limitToldKeysMax,
    now,
  });
  let settings = first;
  return {
    configure: (next) => {
      settings = next;
      limits.configure(next.limits);
    },
    proxies: () => settings.proxies,
    isProxy: (address) => contains(settings.proxies.proxies, address),
    sendsProxyHeader: (peer) =>
      settings.smtpProxyProtocol && contains(settings.proxies.proxies, peer),
    take: (what, ip) => {
      const seconds = limits.take(what, ip);
      if (seconds > 0) {
        const key = limitKey(ip);
        if (told.allow(`${what} ${key}`)) emit("address-limited", { what, address: key });
      }
      return seconds;
    },
    takeNamed: limits.takeNamed,
    connectionsMax: limits.connectionsMax,
  };
}
