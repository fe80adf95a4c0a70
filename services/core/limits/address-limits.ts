// What one address may do in a minute, by what it does. The one place that knows the kinds of limits,
// whom they do not hold for, and how they change while the program runs.

import { BOUNDS } from "../bounds.ts";
import { contains, limitKey, type Network, siteKey } from "../net/networks.ts";
import type { Share } from "./shares.ts";
import { createLimiter, type Limiter } from "./token-bucket.ts";

const KINDS = ["smtp-connection", "smtp-message", "post", "request", "login"] as const;
export type Limited = (typeof KINDS)[number];

/** What is limited, and the minutes' worth of it that may come at once after a pause. */
export const LIMITED: Readonly<Record<Limited, number>> = {
  "smtp-connection": BOUNDS.limitBurstMinutesReports,
  "smtp-message": BOUNDS.limitBurstMinutesReports,
  post: BOUNDS.limitBurstMinutesReports,
  request: BOUNDS.limitBurstMinutesReaders,
  login: BOUNDS.limitBurstMinutesReaders,
};

export interface LimitSettings {
  /** null: no limit. */
  perMinute: Readonly<Record<Limited, number | null>>;
  /** Connections of one address that are open at once at one listener; null: as many as there are. */
  connectionsMax: number | null;
  /** Addresses that limits do not hold for. */
  exempt: readonly Network[];
}

export interface AddressLimits {
  /** Holds from now on; kinds whose number stays keep what they have counted. */
  configure(settings: LimitSettings): void;
  /** Counts one and returns 0, or returns the seconds after which it is worth another try. */
  take(what: Limited, ip: string): number;
  /** Counts the bytes of one that was taken, beyond the first unit of them; the next one pays. */
  charge(what: Limited, ip: string, bytes: number): void;
  /** The same as take for a name that stands for whoever asks, such as a token; nobody is exempt. */
  takeNamed(what: Limited, name: string): number;
  /** What connections of an address count in at a listener of that size; nothing: any number. */
  connectionShares(ip: string, listenerMax: number): Share[];
  /** What an address counts in where one may hold so much; nothing for the exempt. */
  shares(ip: string, each: number): Share[];
}

/** No limits at all, for parts that are used without a configuration. */
export const NO_LIMITS: LimitSettings = {
  perMinute: {
    "smtp-connection": null,
    "smtp-message": null,
    post: null,
    request: null,
    login: null,
  },
  connectionsMax: null,
  exempt: [],
};

/** Makes limits that have counted nothing. @param now milliseconds, see createLimiter */
export function createAddressLimits(first: LimitSettings, now: () => number): AddressLimits {
  let settings = NO_LIMITS;
  const limiters = new Map<Limited, Limiter>();

  function configure(next: LimitSettings): void {
    for (const kind of KINDS) {
      const perMinute = next.perMinute[kind];
      if (perMinute === settings.perMinute[kind]) continue;
      if (perMinute === null) limiters.delete(kind);
      else limiters.set(kind, limiterOf(perMinute, LIMITED[kind], now));
    }
    settings = next;
  }

  function take(what: Limited, key: string): number {
    const limiter = limiters.get(what);
    if (limiter === undefined || limiter.allow(key)) return 0;
    return Math.max(1, Math.ceil(limiter.waitSeconds(key)));
  }

  function shares(ip: string, each: number): Share[] {
    if (contains(settings.exempt, ip)) return [];
    const site = siteKey(ip);
    const wide = site === null ? [] : [{ key: site, max: each * BOUNDS.limitSiteShares }];
    return [{ key: limitKey(ip), max: each }, ...wide];
  }

  configure(first);
  return {
    configure,
    take: (what, ip) => (contains(settings.exempt, ip) ? 0 : take(what, limitKey(ip))),
    takeNamed: (what, name) => take(what, `name ${name}`),
    charge: (what, ip, bytes) => {
      const units = Math.ceil(bytes / BOUNDS.limitUnitBytes) - 1;
      if (units > 0 && !contains(settings.exempt, ip)) {
        limiters.get(what)?.charge(limitKey(ip), units);
      }
    },
    connectionShares: (ip, listenerMax) => {
      if (settings.connectionsMax === null) return [];
      // However small the listener is, half of it is left to others.
      const half = Math.max(1, Math.floor(listenerMax / 2));
      const each = Math.min(settings.connectionsMax, half);
      return shares(ip, each).map(({ key, max }) => ({ key, max: Math.min(max, half) }));
    },
    shares,
  };
}

function limiterOf(perMinute: number, minutes: number, now: () => number): Limiter {
  const burst = perMinute * minutes;
  return createLimiter({
    ratePerSecond: perMinute / 60,
    burst,
    keysMax: BOUNDS.limitKeysMax,
    now,
  });
}
