// `sealwatch serve`: starts the chosen roles, tells where they listen, and stops them in order. The one
// place that wires receivers, spool, writer, store and API together.

import type { Config, LoadedConfig } from "../config/config.ts";
import { localUrl } from "../config/listen.ts";
import { BOUNDS } from "../core/bounds.ts";
import { startDeferred } from "../ingest/deferred.ts";
import type { Observer } from "../observe/observer.ts";
import { openCertificate } from "../receive/certificates.ts";
import { createEdge, edgeSettings } from "../receive/edge.ts";
import { acquireLock } from "../spool/lock.ts";
import { openSpoolWriter } from "../spool/spool-writer.ts";
import { openDoors } from "./doors.ts";
import { type Draining, migrating, openConfiguredStore, startDraining } from "./draining.ts";
import { EXIT } from "./exit-codes.ts";
import { registerGauges } from "./gauges.ts";
import { listeners } from "./listeners.ts";
import { openLiveDirectory } from "./live-directory.ts";
import {
  liveAddresses,
  liveCertificate,
  liveEdge,
  liveIngest,
  liveLog,
  openAddresses,
} from "./live-parts.ts";
import type { UsedStore } from "./readiness.ts";
import { createReload, type Reload } from "./reload.ts";
import { whenToldToReload, whenToldToStop } from "./signals.ts";

/** What runs, in the order in which it was started; stopped the other way round. */
type Stop = () => Promise<void>;

/**
 * Runs the server until a signal ends it, and returns the exit code.
 * @param load loads the configuration once more, on SIGHUP
 */
export async function runServe(
  config: Config,
  observer: Observer,
  version: string,
  load: () => LoadedConfig,
): Promise<number> {
  const stops: Stop[] = [];
  const signal = whenToldToStop(observer.emit);
  const reload = createReload(config, load, observer.emit);
  const reloading = whenToldToReload(() => reload.run());
  const folder = holdingFolder();
  let exitCode: number = EXIT.failed;
  try {
    await start({ config, observer, version, stops, folder, reload });
    const { dataDir, dkim } = config;
    observer.emit("started", { version, pid: process.pid, dataDir, dkim });
    reloading.begin();
    await Promise.race([signal.told, folder.lost]);
    exitCode = folder.isLost() ? EXIT.failed : EXIT.ok;
    return exitCode;
  } finally {
    reloading.end();
    signal.startDeadline(BOUNDS.stopMsMax, exitCode);
    for (const stop of stops.reverse()) {
      await stop().catch((error: unknown) => observer.emit("stop-failed", { error }));
    }
    observer.emit("stopped");
  }
}

/** The data folder, as long as no other process takes it: two writers must not drain one spool. */
interface HoldingFolder {
  lost: Promise<void>;
  isLost(): boolean;
  onLost(): void;
}

function holdingFolder(): HoldingFolder {
  let isLost = false;
  let tell = () => {};
  const lost = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const onLost = () => {
    isLost = true;
    tell();
  };
  return { lost, isLost: () => isLost, onLost };
}

interface Starting {
  config: Config;
  observer: Observer;
  version: string;
  stops: Stop[];
  folder: HoldingFolder;
  reload: Reload;
}

async function start(starting: Starting): Promise<void> {
  const { config, observer, version, stops, folder, reload } = starting;
  const { emit } = observer;
  const has = (role: Config["roles"][number]) => config.roles.includes(role);
  const needsStore = has("writer") || has("api");
  const directory = openLiveDirectory(config, has("writer"), emit);
  stops.push(() => directory.stop());
  const addresses = has("api") ? await openAddresses(config, emit) : null;
  if (addresses !== null) stops.push(async () => addresses.stop());
  if (has("writer")) {
    const holder = { role: "serve", api: apiUrl(config) };
    // An import or a query that holds the folder ends soon; another server does not.
    const waitsFor = (role: string) => ["import", "query", "migrate"].includes(role);
    const { onLost } = folder;
    const lock = await acquireLock(config.dataDir, holder, { emit, waitsFor, onLost });
    stops.push(() => lock.release());
  }
  const spool = await openSpoolWriter({
    folder: config.dataDir,
    bytesMax: config.spool.bytesMax,
    diskFreeBytesMin: config.spool.diskFreeBytesMin,
    emit,
  });
  let opened: UsedStore | null = null;
  if (needsStore) {
    const found = await openConfiguredStore(config, emit);
    opened = { store: migrating(found.store, config, emit), describe: found.describe };
    stops.push(() => found.stop());
  }
  let draining: Draining | null = null;
  if (has("writer") && opened !== null) {
    const { store } = opened;
    const running = await startDraining(config, store, directory.current(), emit, spool.appended);
    directory.onChange((next) => running.configure({ directory: next }));
    stops.push(stopDraining(running, folder));
    draining = running;
  }
  stops.push(() => spool.close());
  if (draining !== null && opened !== null) {
    const deferred = startDeferred({ store: opened.store, spool, emit });
    stops.push(() => deferred.stop());
  }
  const edge = createEdge(edgeSettings(config), emit);
  const certificate =
    config.tls === null ? null : await openCertificate({ files: config.tls, emit });
  if (certificate !== null) stops.push(async () => certificate.stop());
  registerGauges(observer, spool, draining, certificate);
  const doors = await openDoors(config, edge, emit);
  const received = { spool, edge, certificate, current: reload.config };
  const parts = { version, opened, draining, doors, directory, addresses, ...received };
  for (const start of listeners(config, observer, parts)) {
    // One by one, so that those that run are stopped when a later one cannot start.
    const running = await start();
    stops.push(() => running.stop());
    certificate?.onChange((pair) => running.secure(pair));
  }
  const live = [liveLog(observer), liveEdge(edge), liveCertificate(certificate), directory];
  for (const part of [...live, liveAddresses(addresses), liveIngest(draining)]) reload.add(part);
}

/** On SIGTERM the spool is drained for as long as the store takes it, within the deadline. */
function stopDraining(draining: Draining, folder: HoldingFolder): Stop {
  return async () => {
    if (!folder.isLost() && draining.writer.trouble() === null) await draining.writer.drained();
    await draining.stop();
  };
}

/** Where commands of this machine find the API; null in a process without it. */
function apiUrl(config: Config): string | null {
  return config.roles.includes("api") ? localUrl(config.http.listen) : null;
}
