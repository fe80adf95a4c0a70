// Whether a body comes too slowly: one that holds memory and stalls, or trickles, keeps others out.

import { BOUNDS } from "../bounds.ts";

/** What is looked at; see Body. */
export interface Watched {
  readonly received: number;
  readonly holding: boolean;
}

/** How often to look. */
export const PACE_LOOK_MS = 1_000;

/**
 * Gives what is asked every PACE_LOOK_MS: true when nothing came for BOUNDS.bodySilentSecondsMax, or too
 * little within BOUNDS.bodySlowSecondsMax. Looks are counted and not time, since a process that was held up
 * has not yet read what came meanwhile.
 */
export function paceOf(watched: Watched): () => boolean {
  const slowBytes = BOUNDS.bodySlowSecondsMax * BOUNDS.bodyBytesPerSecondMin;
  let seen = watched.received;
  let silent = 0;
  let begun = watched.received;
  let looks = 0;
  return () => {
    const { received, holding } = watched;
    silent = holding && received === seen ? silent + 1 : 0;
    seen = received;
    looks = holding ? looks + 1 : 0;
    if (looks === 0) begun = received;
    const due = looks === BOUNDS.bodySlowSecondsMax;
    const slow = due && received - begun < slowBytes;
    if (due) [begun, looks] = [received, 0];
    return slow || silent >= BOUNDS.bodySilentSecondsMax;
  };
}
