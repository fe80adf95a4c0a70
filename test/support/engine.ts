// A store over the real engine for one test file, migrated and empty.

import { join } from "node:path";
import { silent } from "../../services/observe/events.ts";
import { migrate } from "../../services/store/migrate.ts";
import { openStore } from "../../services/store/open.ts";
import type { Store } from "../../services/store/port.ts";
import { temporaryFolder } from "./program.ts";

export const TABLES = [
  "reports",
  "policy_summaries",
  "failure_details",
  "quarantine",
  "receipts",
] as const;

export interface TestStore {
  store: Store;
  /** Empties every table. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an engine of its own; stop it in afterAll. */
export async function startTestStore(): Promise<TestStore> {
  const { folder, remove } = temporaryFolder();
  const topology = { kind: "single" } as const;
  const opened = await openStore({
    dataFolder: join(folder, "data"),
    clickhouseUrl: null,
    topology,
    emit: silent,
  });
  await migrate(opened.store, topology);
  return {
    store: opened.store,
    empty: async () => {
      for (const table of TABLES) await opened.store.command(`TRUNCATE TABLE ${table}`);
    },
    stop: async () => {
      await opened.stop();
      remove();
    },
  };
}
