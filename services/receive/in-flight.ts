// Bytes of messages that are held in memory and not yet durable, over all receivers of the process.

import { BOUNDS } from "../core/bounds.ts";
import type { Hold } from "../core/limits/body.ts";
import { createShares } from "../core/limits/shares.ts";
import type { Edge } from "./edge.ts";

/** A count of bytes that all receivers share. */
export interface InFlight {
  /** Opens a hold of nothing for a message of up to so many bytes from an address. */
  open(edge: Pick<Edge, "shares">, ip: string, messageBytesMax: number): Hold;
  /** Bytes held now. */
  held(): number;
}

/** Makes a count of its own; small messages have a reserve beyond its bound. */
export function createInFlight(bytesMax: number = BOUNDS.inFlightBytesMax): InFlight {
  const addressMax = bytesMax * BOUNDS.inFlightAddressShare;
  const smallMax = bytesMax + bytesMax * BOUNDS.inFlightReserveShare;
  const shares = createShares();
  let held = 0;
  return {
    open(edge, ip, messageBytesMax) {
      const owned = edge.shares(ip, Math.max(addressMax, messageBytesMax));
      let mine = 0;
      return {
        resize(bytes) {
          const more = bytes - mine;
          const max = bytes <= BOUNDS.httpSmallBodyBytesMax ? smallMax : bytesMax;
          if (more > 0 && (held + more > max || !shares.take(owned, more))) return false;
          if (more < 0) shares.give(owned, -more);
          held += more;
          mine = bytes;
          return true;
        },
      };
    },
    held: () => held,
  };
}

/** The count that all receivers of this process share unless they are given another. */
export const processInFlight: InFlight = createInFlight();
