// Watches a message on its way in: one that is too slow is cut, so that whoever opens many of them does not
// keep others out.

import { PACE_LOOK_MS, paceOf, type Watched } from "../core/limits/body-pace.ts";

/** Calls `cut` once when it comes too slowly. Gives what ends the watch. */
export function watchBody(watched: Watched, cut: () => void): () => void {
  const tooSlow = paceOf(watched);
  const timer = setInterval(() => {
    if (!tooSlow()) return;
    clearInterval(timer);
    cut();
  }, PACE_LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
