// The ways in, asked in order: who sent this request? A way answers with a caller, says that it does not
// apply, or that it was tried and failed; what failed is never saved by a later, weaker way.

import type { Caller } from "./caller.ts";

/** What a way in may look at; made by the HTTP side, so that no way knows the server. */
export interface RequestFacts {
  /** Address of the sender of the request, as the connection (or a named proxy) has it. */
  peer: string;
  /** Address of the connection itself, at which a named proxy may be; the rights of a proxy go by it. */
  socketPeer: string;
  method: string;
  path: string;
  /** First value of a header, whatever its case. */
  header(name: string): string | undefined;
  cookie(name: string): string | undefined;
  /** The request came by TLS, here or at a named proxy. */
  secure: boolean;
}

/** Somebody who is known for certain, and to whom nothing is granted. */
export interface Ungranted {
  kind: "ungranted";
  name: string;
  /** Groups that would give something, and how many others they were named with. */
  wanted: readonly string[];
  has: number;
}

/** Tried and failed, such as a wrong token; the request is refused whatever else would let it in. */
export type Identified = Caller | Ungranted | "refused" | null;

export interface Way {
  /** null: this way does not apply to the request. */
  identify(facts: RequestFacts): Promise<Identified>;
}

export interface Access {
  identify(facts: RequestFacts): Promise<Identified>;
}

/** Asks the ways in their order; the first that applies decides. */
export function createAccess(ways: readonly Way[]): Access {
  return {
    async identify(facts) {
      for (const way of ways) {
        const identified = await way.identify(facts);
        if (identified !== null) return identified;
      }
      return null;
    },
  };
}
