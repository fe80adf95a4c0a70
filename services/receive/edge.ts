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
  /**
   * Counts one and returns 0, or seconds to wait; tells of an address once in a while.
   * @param passedOn true for what somebody passed on who is no named proxy: from this machine, that
   *   does not make it exempt, since it stands for anybody
   */
  take(what: Limited, ip: string, passedOn?: boolean): number;
  /** Tells, once until the configuration changes, of what was passed on by who is no named proxy. */
  tellPassedOn(peer: string): void;
  /** See AddressLimits. */
  takeNamed: AddressLimits["takeNamed"];
  charge: AddressLimits["charge"];
  connectionShares: AddressLimits["connectionShares"];
  shares: AddressLimits["shares"];
}

/** What a proxy on this machine connects from. */
const LOOPBACK = parseNetworks(["127.0.0.0/8", "::1"]);

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

/** Under which all are counted whom a proxy of this machine speaks for that is not named. */
const PASSED_ON = "an unnamed proxy";

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
  /** From this machine and from elsewhere, so that a stranger does not use up what tells of our own. */
  const passedOnTold = new Set<"here" | "elsewhere">();
  return {
    configure: (next) => {
      settings = next;
      limits.configure(next.limits);
      passedOnTold.clear();
    },
    tellPassedOn: (peer) => {
      const from = contains(LOOPBACK, peer) ? "here" : "elsewhere";
      if (passedOnTold.has(from)) return;
      passedOnTold.add(from);
      emit("proxy-unnamed", { peer });
    },
    proxies: () => settings.proxies,
    isProxy: (address) => contains(settings.proxies.proxies, address),
    sendsProxyHeader: (peer) =>
      settings.smtpProxyProtocol && contains(settings.proxies.proxies, peer),
    take: (what, ip, passedOn = false) => {
      const counted = passedOn && contains(LOOPBACK, ip);
      const seconds = counted ? limits.takeNamed(what, PASSED_ON) : limits.take(what, ip);
      if (seconds > 0) {
        const key = counted ? `${ip} (${PASSED_ON})` : limitKey(ip);
        if (told.allow(`${what} ${key}`)) emit("address-limited", { what, address: key });
      }
      return seconds;
    },
    takeNamed: limits.takeNamed,
    charge: limits.charge,
    connectionShares: limits.connectionShares,
    shares: limits.shares,
  };
}
