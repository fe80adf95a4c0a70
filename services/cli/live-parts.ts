// The parts of a running server that take over a configuration while they run, see reload.ts: log,
// proxies and limits, certificate. Recipients are read from the configuration in force with every
// mail.

import type { Config } from "../config/config.ts";
import {
  type AddressSettings,
  type LiveAddressFacts,
  openAddressFacts,
} from "../enrich/address-facts.ts";
import type { Emit } from "../observe/events.ts";
import type { Observer } from "../observe/observer.ts";
import type { Certificate } from "../receive/certificates.ts";
import { type Edge, edgeSettings } from "../receive/edge.ts";
import type { Draining } from "./draining.ts";
import type { LivePart } from "./reload.ts";

/** The log takes over its level. */
export function liveLog(observer: Pick<Observer, "setLevel">): LivePart {
  return {
    prepare: ({ log }) => {
      return () => observer.setLevel(log.level);
    },
  };
}

/** Proxies and limits; connections that are open stay, and count on. */
export function liveEdge(edge: Edge): LivePart {
  return {
    prepare: (next) => {
      const settings = edgeSettings(next);
      return () => edge.configure(settings);
    },
  };
}

/** Other files, or the same with another content; STARTTLS is offered from the start or not at all. */
export function liveCertificate(certificate: Certificate | null): LivePart {
  return {
    keys: ["tls.cert", "tls.key"],
    prepare: async ({ tls }) => {
      if (tls !== null && certificate !== null) return certificate.prepare(tls);
      return tls === null && certificate === null ? () => {} : null;
    },
  };
}

/** Names and networks of addresses; a file that cannot be used keeps everything as it was. */
export function liveAddresses(addresses: LiveAddressFacts | null): LivePart {
  return { prepare: (next) => addresses?.prepare(addressSettings(next)) ?? (() => {}) };
}

/** Opens what tells of addresses. @throws Error when the file of networks cannot be used */
export function openAddresses(config: Config, emit: Emit): Promise<LiveAddressFacts> {
  return openAddressFacts({ ...addressSettings(config), dnsServers: config.dns.servers, emit });
}

function addressSettings({ dns, asnDatabase }: Config): AddressSettings {
  return { reverseNames: dns.reverseNames, asnDatabase };
}

/** What counts; messages that are decoded already are not looked at again. */
export function liveIngest(draining: Draining | null): LivePart {
  return {
    prepare: (next) => () => {
      draining?.configure({ dkim: next.dkim, keyRequired: next.report.keyRequired });
    },
  };
}
