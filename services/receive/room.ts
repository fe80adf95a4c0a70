// The connections of one listener: how many there may be, of one address and in all. When all places are
// taken, an idle connection of the address that has the most of them makes room.

import { createShares, type Share } from "../core/limits/shares.ts";
import { limitKey, siteKey } from "../core/net/networks.ts";
import type { Edge } from "./edge.ts";

export interface RoomOptions<T> {
  connectionsMax: number;
  edge: Pick<Edge, "connectionShares">;
  /** True for a connection without a message on its way. */
  idle: (connection: T) => boolean;
  /** Ends a connection, which has left the room already. */
  evict: (connection: T) => void;
}

export interface Room<T> {
  /** Lets a connection in; otherwise says whether the address or the listener has too many. */
  enter(connection: T, ip: string): "in" | "address-full" | "full";
  /** A message came by it: others are idle for longer. */
  useful(connection: T): void;
  /** Harmless for one that is not in. */
  leave(connection: T): void;
}

interface Place {
  /** Whose connection it is; all networks of a site are one here. */
  owner: Share;
  shares: readonly Share[];
}

/** A room that is empty. */
export function createRoom<T>(options: RoomOptions<T>): Room<T> {
  const { connectionsMax, edge, idle, evict } = options;
  /** The connection that was without a message for longest is first. */
  const places = new Map<T, Place>();
  const limited = createShares();
  const owned = createShares();

  function leave(connection: T): void {
    const place = places.get(connection);
    if (place === undefined) return;
    places.delete(connection);
    limited.give(place.shares, 1);
    owned.give([place.owner], 1);
  }

  /** Nobody makes room for one who would then have as many: two such would take turns for ever. */
  function makeRoomFor(owner: Share): boolean {
    let most = owned.of(owner.key) + 1;
    let found: T | null = null;
    for (const [connection, place] of places) {
      const count = owned.of(place.owner.key);
      if (count <= most || !idle(connection)) continue;
      most = count;
      found = connection;
    }
    if (found === null) return false;
    leave(found);
    evict(found);
    return true;
  }

  return {
    enter(connection, ip) {
      const owner = { key: siteKey(ip) ?? limitKey(ip), max: Number.POSITIVE_INFINITY };
      const shares = edge.connectionShares(ip, connectionsMax);
      if (!limited.take(shares, 1)) return "address-full";
      if (places.size >= connectionsMax && !makeRoomFor(owner)) {
        limited.give(shares, 1);
        return "full";
      }
      owned.take([owner], 1);
      places.set(connection, { owner, shares });
      return "in";
    },
    useful(connection) {
      const place = places.get(connection);
      if (place === undefined) return;
      places.delete(connection);
      places.set(connection, place);
    },
    leave,
  };
}
