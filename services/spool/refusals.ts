// Counts refusals until they are written to the spool. What is not written yet when the process is
// killed is lost: a refused message was the sender's all along, only its count goes.

import type { RefusalReason } from "../core/outcome.ts";
import type { Channel } from "../core/raw.ts";
import type { RefusalCount } from "./port.ts";

export interface Refusals {
  add(refused: RefusalCount): void;
  /** The counts so far, which begin anew; empty when there are none. */
  take(): RefusalCount[];
}

/** An empty count. */
export function createRefusals(): Refusals {
  let counts = new Map<string, RefusalCount>();
  const keyOf = (channel: Channel, reason: RefusalReason) => `${channel} ${reason}`;
  return {
    add({ channel, reason, count }) {
      const key = keyOf(channel, reason);
      counts.set(key, { channel, reason, count: count + (counts.get(key)?.count ?? 0) });
    },
    take() {
      const taken = [...counts.values()];
      counts = new Map();
      return taken;
    },
  };
}
