// Cuts lists of keys into what one statement takes.

import { BOUNDS } from "../core/bounds.ts";

/** The list in runs of `statementKeysMax` at most; none for an empty one. */
export function* portions<One>(list: readonly One[]): Generator<readonly One[]> {
  for (let i = 0; i < list.length; i += BOUNDS.statementKeysMax) {
    yield list.slice(i, i + BOUNDS.statementKeysMax);
  }
}
