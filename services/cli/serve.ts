// `sealwatch serve`: starts the chosen roles, tells where they listen, and stops them in order. The one
// place that wires receivers, spool, writer, store and API together.

import { readFileSync } from "node:fs";
import { Hono } from "hono";
import { createApi } from "../api/app.ts";
import { healthRoutes } from "../api/health.ts";
import type { ApiOptions } from "../api/options.ts";
import type { Config } from "../config/config.ts";
import { isLoopback, localUrl } from "../config/listen.ts";
import { BOUNDS } from "../core/bounds.ts";
import { OPERATOR_TENANT } from "../core/directory/directory.ts";
import type { Observer } from "../observe/observer.ts";
import { type Peer, reportRoutes } from "../receive/http.ts";
import { listenHttp } from "../receive/http-listener.ts";
import type { Running, TlsPair } from "../receive/running.ts";
import { startSmtp } from "../receive/smtp.ts";
import { acquireLock } from "../spool/lock.ts";
import { type OpenSpoolWriter, openSpoolWriter } from "../spool/spool-writer.ts";
import { type Draining, migrating, openConfiguredStore, startDraining } from "./draining.ts";
import { EXIT } from "./exit-codes.ts";
import type { UsedStore } from "./readiness.ts";
import { checkReadiness } from "./readiness.ts";
import { whenToldToStop } from "./signals.ts";

/** What runs, in the order in which it was started; stopped the other way round. */
type Stop = () => Promise<void>;

/** Runs the server until a signal ends it, and returns the exit code. */
export async function runServe(
  config: Config,
  observer: Observer,
  version: string,
): Promise<number> {
  const stops: Stop[] = [];
  const signal = whenToldToStop(observer.emit);
  const folder = holdingFolder();
  let exitCode: number = EXIT.failed;
  try {
    await start(config, observer, version, stops, folder);
    observer.emit("started", { version, pid: process.pid, dataDir: config.dataDir });
    await Promise.race([signal.told, folder.lost]);
    exitCode = folder.isLost() ? EXIT.failed : EXIT.ok;
    return exitCode;
  } finally {
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

async function start(
  config: Config,
  observer: Observer,
  version: string,
  stops: Stop[],
  folder: HoldingFolder,
): Promise<void> {
  const { emit } = observer;
  const has = (role: Config["roles"][number]) => config.roles.includes(role);
  const needsStore = has("writer") || has("api");
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
    draining = await startDraining(config, opened.store, emit, spool.appended);
    stops.push(stopDraining(draining, folder));
  }
  stops.push(() => spool.close());
  registerGauges(observer, spool, draining);
  const parts = { version, spool, opened, draining };
  for (const start of listeners(config, observer, parts)) {
    // One by one, so that those that run are stopped when a later one cannot start.
    const running = await start();
    stops.push(() => running.stop());
  }
}

/** On SIGTERM the spool is drained for as long as the store takes it, within the deadline. */
function stopDraining(draining: Draining, folder: HoldingFolder): Stop {
  return async () => {
    if (!folder.isLost() && !draining.writer.waiting()) await draining.writer.drained();
    await draining.stop();
  };
}

interface Parts {
  version: string;
  spool: OpenSpoolWriter;
  opened: UsedStore | null;
  draining: Draining | null;
}

/** What is to listen, each to be started by calling it. */
function listeners(config: Config, observer: Observer, parts: Parts): (() => Promise<Running>)[] {
  const { emit } = observer;
  const { spool } = parts;
  const { messageBytesMax, smtp, http, report } = config;
  const connectionsMax = BOUNDS.httpConnectionsMax;
  const tls = readTls(config);
  const starts: (() => Promise<Running>)[] = [];
  if (config.roles.includes("smtp") && smtp.listen !== null) {
    const { listen, ...options } = smtp;
    starts.push(() => startSmtp({ ...listen, ...options, tls, messageBytesMax, spool, emit }));
  }
  const takesReports = config.roles.includes("https");
  const reports = reportRoutes({ spool, messageBytesMax, emit });
  const health = healthRoutes(healthOptions(observer, parts));
  const site = new Hono<{ Bindings: Peer }>();
  if (takesReports && report.listen === null) site.route("/", reports);
  site.route("/", config.roles.includes("api") ? api(config, observer, parts) : health);
  const siteOptions = { ...http.listen, connectionsMax, fetch: site.fetch, name: "http", emit };
  starts.push(() => listenHttp(siteOptions));
  if (takesReports && report.listen !== null) {
    const options = { ...report.listen, connectionsMax, fetch: reports.fetch, name: "report" };
    starts.push(() => listenHttp({ ...options, tls, emit }));
  }
  return starts;
}

function readTls({ tls }: Config): TlsPair | null {
  if (tls === null) return null;
  return { cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
}

function healthOptions(observer: Observer, parts: Parts): Pick<ApiOptions, "ready" | "metrics"> {
  const { opened, spool, draining } = parts;
  return {
    ready: () => checkReadiness(opened, spool, draining),
    metrics: () => observer.metricsText(),
  };
}

function api(config: Config, observer: Observer, parts: Parts): Hono {
  const { opened, spool, version } = parts;
  if (opened === null) throw new Error("the role api needs a store");
  const { url, reportAddress } = config.public;
  return createApi({
    ...healthOptions(observer, parts),
    store: opened.store,
    spool,
    emit: observer.emit,
    tenants: [OPERATOR_TENANT],
    reportUrl: url === null ? null : `${url}/v1/tlsrpt`,
    reportAddress,
    version,
    openMode: true,
    hosts: hostsOf(config),
  });
}

/** Names that the API answers to besides this machine's own; any, where everybody reaches it. */
function hostsOf({ http, public: { url } }: Config): string[] | null {
  if (!isLoopback(http.listen)) return null;
  const urls = [localUrl(http.listen), ...(url === null ? [] : [url])];
  return urls.map((one) => new URL(one).hostname);
}

/** Where commands of this machine find the API; null in a process without it. */
function apiUrl(config: Config): string | null {
  return config.roles.includes("api") ? localUrl(config.http.listen) : null;
}

function registerGauges(
  observer: Observer,
  spool: OpenSpoolWriter,
  draining: Draining | null,
): void {
  observer.gauge(
    "sealwatch_spool_bytes",
    "Bytes that wait in the spool",
    () => spool.state().bytes,
  );
  if (draining === null) return;
  observer.gauge(
    "sealwatch_spool_oldest_seconds",
    "Age of the oldest segment that waits in the spool",
    () => {
      const oldest = draining.spool.oldestMs();
      return oldest === null ? 0 : (Date.now() - oldest) / 1000;
    },
  );
}
