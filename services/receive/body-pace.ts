// Watches a message on its way in: one that holds memory and stalls, or trickles, is cut, so that whoever
// opens many of them does not keep others out.

import { BOUNDS } from "../core/bounds.ts";

/** What is looked at; see Body. */
export interface Watched {
  readonly received: number;
  readonly holding: boolean;
}

const LOOK_MS = 1_000;

/**
 * Calls `cut` once when nothing came for BOUNDS.bodySilentSecondsMax, or too little within
 * BOUNDS.bodySlowSecondsMax. Looks are counted and not time, since a process that was held up has not
 * yet read what came meanwhile. Gives what ends the watch.
 */
export function watchBody(watched: Watched, cut: () => void): () => void {
  const slowBytes = BOUNDS.bodySlowSecondsMax * BOUNDS.bodyBytesPerSecondMin;
  let seen = watched.received;
  let silent = 0;
  let begun = watched.received;
  let looks = 0;
  const timer = setInterval(() => {
    const { received, holding } = watched;
    silent = holding && received === seen ? silent + 1 : 0;
    seen = received;
    looks = holding ? looks + 1 : 0;
    if (looks === 0) begun = received;
    const due = looks === BOUNDS.bodySlowSecondsMax;
    if (silent >= BOUNDS.bodySilentSecondsMax || (due && received - begun < slowBytes)) {
      clearInterval(timer);
      cut();
    } else if (due) {
      begun = received;
      looks = 0;
    }
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
