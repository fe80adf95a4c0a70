// What one address may do in a minute, by what it does. The one place that knows the kinds of limits,
// whom they do not hold for, and how they change while the program runs.

import { BOUNDS } from "../bounds.ts";
import { contains, limitKey, type Network } from "../net/networks.ts";
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
  /** The same for a name that stands for whoever asks, such as a token; nobody is exempt. */
  takeNamed(what: Limited, name: string): number;
  /** Connections of an address that may be open at a listener of that size; null: any number. */
  connectionsMax(ip: string, listenerMax: number): number | null;
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

  configure(first);
  return {
    configure,
    take: (what, ip) => (contains(settings.exempt, ip) ? 0 : take(what, limitKey(ip))),
    takeNamed: (what, name) => take(what, `name ${name}`),
    connectionsMax: (ip, listenerMax) => {
      const { connectionsMax, exempt } = settings;
      if (connectionsMax === null || contains(exempt, ip)) return null;
      // However small the listener is, half of it is left to others.
      return Math.min(connectionsMax, Math.max(1, Math.floor(listenerMax / 2)));
    },
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
