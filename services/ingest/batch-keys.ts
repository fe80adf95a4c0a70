// DKIM keys for the messages of a batch: asked for as soon as the batch is read, so that most answers are
// there when its messages are decoded.

import type { KeyResolver } from "../authenticate/keys.ts";
import { type KeyAnswer, keyNames } from "../core/dkim/signature.ts";
import type { Raw } from "../core/raw.ts";

type Keys = ReadonlyMap<string, KeyAnswer>;

/** Gives the keys for some messages of the batch; those without signatures cost no wait. */
export type KeysFor = (messages: readonly Raw[]) => Promise<Keys>;

const NONE: Keys = new Map();

/**
 * Begins to look up the keys of all messages.
 * @param resolver null when signatures are not looked at
 */
export function prepareKeys(messages: readonly Raw[], resolver: KeyResolver | null): KeysFor {
  if (resolver === null) return async () => NONE;
  const names = new Map<Raw, string[]>();
  for (const raw of messages) {
    if (raw.arrival.channel === "https") continue; // a post is taken as a post
    const own = keyNames(raw.bytes);
    if (own.length > 0) names.set(raw, own);
  }
  resolver.prepare([...names.values()].flat());
  return async (some) => {
    const signed = some.filter((raw) => names.has(raw));
    if (signed.length === 0) return NONE;
    // Those that were put back because of a key are few, and are here for its answer.
    const patient = signed.every(
      ({ arrival }) => arrival.channel === "import" || arrival.reprocess,
    );
    return resolver.answers(
      signed.flatMap((raw) => names.get(raw) ?? []),
      patient,
    );
  };
}
