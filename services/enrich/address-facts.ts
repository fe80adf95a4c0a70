// What is known of the addresses of one page, from reverse DNS and from the operator's file of networks, as
// the panels take it. It never fails: what is not known is left out.

import { isIP } from "node:net";
import type { Emit } from "../observe/events.ts";
import type { AddressFact, AddressFacts } from "../query/panel.ts";
import { type AsnDatabase, openAsnDatabase } from "./asn-database.ts";
import { createReverseNames } from "./reverse-names.ts";

export interface AddressSettings {
  /** Whether DNS is asked for names at all. */
  reverseNames: boolean;
  /** Path of the file of networks; null for none. */
  asnDatabase: string | null;
}

export interface LiveAddressFacts {
  facts: AddressFacts;
  /** Looks whether other settings can be used; the function makes them hold. @throws Error if not */
  prepare(settings: AddressSettings): Promise<() => void>;
  stop(): void;
}

export interface AddressFactsOptions extends AddressSettings {
  /** Resolvers by address; those of the system without any. */
  dnsServers: readonly string[];
  emit: Emit;
}

/** @throws Error when the file of networks cannot be used */
export async function openAddressFacts(options: AddressFactsOptions): Promise<LiveAddressFacts> {
  const { dnsServers, emit } = options;
  let { reverseNames } = options;
  const asnDatabase = await openAsnDatabase({ path: options.asnDatabase, emit });
  const names = createReverseNames({ servers: dnsServers });
  return {
    facts: async (shown) => {
      const addresses = shown.filter((one) => isIP(one) !== 0);
      const known = reverseNames ? await names.namesOf(addresses) : new Map<string, string>();
      return new Map(
        shown.map((one) => [one, factOf(one, known.get(one) ?? null, asnDatabase)] as const),
      );
    },
    prepare: async (settings) => {
      const change = await asnDatabase.prepare(settings.asnDatabase);
      return () => {
        reverseNames = settings.reverseNames;
        change();
      };
    },
    stop: () => {
      asnDatabase.stop();
      names.close();
    },
  };
}

/** @param shown an address or a network, or what a sender wrote in place of one, of which nothing is known */
function factOf(shown: string, reverseName: string | null, database: AsnDatabase): AddressFact {
  const [address = ""] = shown.split("/", 1);
  const system = isIP(address) === 0 ? null : database.find(address);
  const asOrganization = system?.organization ?? null;
  return { reverseName, asn: system?.asn ?? null, asOrganization };
}
