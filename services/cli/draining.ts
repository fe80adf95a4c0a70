// The draining side of the program: store, migrations, decoding workers and writer, as `serve` runs it
// and as `import` runs it when no server does.

import type { Config } from "../config/config.ts";
import { createDecodePool } from "../ingest/pool.ts";
import { startWriter, type Writer } from "../ingest/writer.ts";
import type { Emit } from "../observe/events.ts";
import { openSpoolReader } from "../spool/spool-reader.ts";
import { migrate } from "../store/migrate.ts";
import { type OpenedStore, openStore } from "../store/open.ts";
import type { Store } from "../store/port.ts";

/** Opens the store of this configuration; the embedded engine starts with it. */
export async function openConfiguredStore(config: Config, emit: Emit): Promise<OpenedStore> {
  return openStore({
    dataFolder: config.dataDir,
    clickhouseUrl: config.clickhouse.url,
    topology: config.clickhouse.topology,
    memoryBytesMax: config.engine.memoryBytesMax,
    emit,
  });
}

/**
 * A store that brings its schema up to date before the first use. A server that is away when we start
 * is thereby waited for like one that goes away later: the call fails, and is repeated by whoever made
 * it.
 */
export function migrating(store: OpenedStore["store"], config: Config, emit: Emit): Store {
  let migrated: Promise<unknown> | null = null;
  async function ready(): Promise<void> {
    migrated ??= migrate(store, config.clickhouse.topology);
    try {
      await migrated;
    } catch (error) {
      migrated = null;
      throw error;
    }
  }
  ready().catch((error: unknown) => emit("store-unavailable", { error }));
  return {
    insert: (...call) => ready().then(() => store.insert(...call)),
    select: (...call) => ready().then(() => store.select(...call)),
    command: (...call) => ready().then(() => store.command(...call)),
    ping: () => ready().then(() => store.ping()),
    close: () => store.close(),
  };
}

export interface Draining {
  writer: Writer;
  /** Bytes and age of what waits in the spool. */
  spool: { oldestMs(): number | null; bytes(): number };
  stop(): Promise<void>;
}

/**
 * Starts the writer over an open store.
 * @param arrived messages that this process has made durable so far, see ingest/pace.ts
 */
export async function startDraining(
  config: Config,
  store: Store,
  emit: Emit,
  arrived: () => number = () => 0,
): Promise<Draining> {
  const spool = await openSpoolReader({ folder: config.dataDir, emit });
  const pool = createDecodePool({ workers: config.decode.workers, emit });
  const writer = startWriter({ spool, store, decode: pool, emit, arrived });
  return {
    writer,
    spool,
    stop: async () => {
      await writer.stop();
      await pool.close();
    },
  };
}
