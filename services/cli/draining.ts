// The draining side of the program: store, migrations, decoding workers and writer, as `serve` runs it
// and as `import` runs it when no server does.

import { join } from "node:path";
import { createKeyResolver } from "../authenticate/keys.ts";
import type { Config } from "../config/config.ts";
import type { Directory } from "../core/directory/directory.ts";
import type { IngestSettings } from "../ingest/context.ts";
import { createDecodePool } from "../ingest/pool.ts";
import { troubleOf } from "../ingest/trouble.ts";
import { startWriter, type Writer } from "../ingest/writer.ts";
import type { Emit } from "../observe/events.ts";
import { openSpoolReader } from "../spool/spool-reader.ts";
import { migrate } from "../store/migrate.ts";
import { type OpenedStore, openStore } from "../store/open.ts";
import { type Store, StoreError } from "../store/port.ts";
import { watchClock } from "./clock-watch.ts";

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
  ready().catch((error: unknown) => {
    const fault = error instanceof StoreError ? error.fault : "";
    emit(troubleOf(error).event, { error, fault });
  });
  return {
    insert: (...call) => ready().then(() => store.insert(...call)),
    ...(store.oneState ? { oneState: true } : {}),
    select: (...call) => ready().then(() => store.select(...call)),
    command: (...call) => ready().then(() => store.command(...call)),
    ping: () => ready().then(() => store.ping()),
    close: () => store.close(),
  };
}

export interface Draining {
  writer: Writer;
  /** Bytes and age of what waits in the spool, and how much of it was found damaged. */
  spool: { oldestMs(): number | null; bytes(): number; damaged(): number };
  /** See ClockWatch. */
  clockBehindMs(): number;
  /** Holds for the messages that are decoded from now on. */
  configure(change: Partial<IngestSettings>): void;
  stop(): Promise<void>;
}

/** What ingest is told of a configuration. */
export function ingestSettings(config: Config, directory: Directory): IngestSettings {
  return { directory, dkim: config.dkim, keyRequired: config.report.keyRequired };
}

/**
 * Starts the writer over an open store.
 * @param arrived messages that this process has made durable so far, see ingest/pace.ts
 */
export async function startDraining(
  config: Config,
  store: Store,
  directory: Directory,
  emit: Emit,
  arrived: () => number = () => 0,
): Promise<Draining> {
  const spool = await openSpoolReader({ folder: config.dataDir, emit });
  let settings = ingestSettings(config, directory);
  const pool = createDecodePool({ workers: config.decode.workers, emit, settings });
  const resolver = createKeyResolver({ servers: config.dns.servers, emit });
  const keys = () => (settings.dkim === "off" ? null : resolver);
  const writer = startWriter({ spool, store, decode: pool, keys, emit, arrived });
  const clock = watchClock(join(config.dataDir, "spool", "ready"), emit);
  return {
    writer,
    spool,
    clockBehindMs: clock.behindMs,
    configure: (change) => {
      const before = settings;
      settings = { ...settings, ...change };
      // A large directory is not copied to all threads for nothing.
      const { directory, dkim, keyRequired } = settings;
      const same = directory === before.directory && dkim === before.dkim;
      if (!same || keyRequired !== before.keyRequired) pool.configure(settings);
    },
    stop: async () => {
      clock.stop();
      await writer.stop();
      resolver.close();
      await pool.close();
    },
  };
}
