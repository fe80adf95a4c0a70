// Draining within an import: when no other process drains the data folder, this one opens the store and
// runs the writer until the import ends.

import type { Config } from "../config/config.ts";
import type { Observer } from "../observe/observer.ts";
import { acquireLock, DataFolderInUse } from "../spool/lock.ts";
import { migrate } from "../store/migrate.ts";
import { openConfiguredStore, startDraining } from "./draining.ts";
import { directoryFor } from "./live-directory.ts";

export interface DrainingHere {
  /** True while the store does not answer and the writer tries it again and again. */
  waiting(): boolean;
  stop(): Promise<void>;
}

/**
 * Starts store and writer in this program, once the store has answered and has its tables; null when
 * another process drains the data folder.
 * @param onLost called when another process has taken the data folder from this one
 * @throws StoreError when the store does not answer or refuses; then nothing was started
 */
export async function drainHere(
  config: Config,
  observer: Observer,
  onLost: () => void,
): Promise<DrainingHere | null> {
  const { emit } = observer;
  const directory = directoryFor(config);
  const holder = { role: "import", api: null };
  const lock = await acquireLock(config.dataDir, holder, { onLost }).catch(heldByOther);
  if (lock === null) return null;
  const stops = [() => lock.release()];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const opened = await openConfiguredStore(config, emit);
    stops.push(() => opened.stop());
    await migrate(opened.store, config.clickhouse.topology);
    const draining = await startDraining(config, opened.store, directory, emit);
    stops.push(() => draining.stop());
    return { waiting: () => draining.writer.trouble()?.source === "store", stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function heldByOther(error: unknown): null {
  if (error instanceof DataFolderInUse) return null;
  throw error;
}
