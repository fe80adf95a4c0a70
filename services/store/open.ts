// Chooses the store: a ClickHouse server when its address is given, the embedded engine otherwise.

import { join } from "node:path";
import type { Emit } from "../observe/events.ts";
import { parseStoreAddress, printStoreAddress } from "./address.ts";
import { connectStore, type ServerStore } from "./clickhouse.ts";
import { startEngine } from "./engine/supervisor.ts";
import type { Topology } from "./topology.ts";

export interface OpenOptions {
  /** The program's data folder; the engine's is `store` in it. */
  dataFolder: string;
  /** SEALWATCH_CLICKHOUSE_URL, or null for the embedded engine. */
  clickhouseUrl: string | null;
  topology: Topology;
  emit: Emit;
  /** Memory of the embedded engine. */
  memoryBytesMax?: number;
}

export interface OpenedStore {
  store: ServerStore;
  embedded: boolean;
  /** Where the store is, for people; without password. */
  describe(): string;
  stop(): Promise<void>;
}

/**
 * Opens the store without changing it; see migrate.ts. A server need not answer yet.
 * @throws StoreError when the address cannot be read or the engine does not start
 */
export async function openStore(options: OpenOptions): Promise<OpenedStore> {
  const { clickhouseUrl: url, topology } = options;
  if (url !== null) {
    const store = connectStore({ url, topology });
    const place = `ClickHouse at ${printStoreAddress(parseStoreAddress(url))}`;
    return { store, embedded: false, describe: () => place, stop: () => store.close() };
  }
  const folder = join(options.dataFolder, "store");
  const engine = await startEngine({
    folder,
    emit: options.emit,
    ...(options.memoryBytesMax === undefined ? {} : { memoryBytesMax: options.memoryBytesMax }),
  });
  const store = connectStore({ url: () => engine.url(), topology: { kind: "single" } });
  return {
    store,
    embedded: true,
    describe: () => `embedded engine in ${folder}`,
    async stop() {
      await store.close();
      await engine.stop();
    },
  };
}
