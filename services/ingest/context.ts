// What ingest needs to know besides the bytes. With the same context the same bytes give the same items.

import { type Directory, OPEN_DIRECTORY } from "../core/directory/directory.ts";
import type { DkimMode } from "../core/dkim/mode.ts";
import type { KeyAnswer } from "../core/dkim/signature.ts";

/** What the operator configured; the same for many messages. */
export interface IngestSettings {
  directory: Directory;
  dkim: DkimMode;
  /** True when a post counts only with a key of the directory in its URL. */
  keyRequired: boolean;
}

export interface IngestContext extends IngestSettings {
  /** When this is done, epoch milliseconds: a message is not deferred for ever. */
  nowMs: number;
  /** DKIM keys by DNS name, lower case, of all signatures in the messages at hand. */
  keys: ReadonlyMap<string, KeyAnswer>;
}

/** Everything is taken, nothing is looked at. */
export const OPEN_SETTINGS: IngestSettings = {
  directory: OPEN_DIRECTORY,
  dkim: "off",
  keyRequired: false,
};

export const OPEN_CONTEXT: IngestContext = { ...OPEN_SETTINGS, nowMs: 0, keys: new Map() };
