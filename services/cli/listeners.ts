// What listens, and what is served where: mail, posted reports, API and pages, health. The report listener
// has the report routes and no others.

import { Hono } from "hono";
import { createApi } from "../api/app.ts";
import { refuseBrowserPosts } from "../api/browser-posts.ts";
import { createHealth, type HealthOptions } from "../api/health.ts";
import type { Hosts } from "../api/hosts.ts";
import { createProgressBoard, type ProgressBoard } from "../api/progress.ts";
import type { Config } from "../config/config.ts";
import { isLoopback, localUrl, printListen } from "../config/listen.ts";
import { BOUNDS } from "../core/bounds.ts";
import type { LiveAddressFacts } from "../enrich/address-facts.ts";
import type { Observer } from "../observe/observer.ts";
import type { Certificate } from "../receive/certificates.ts";
import type { Edge } from "../receive/edge.ts";
import { type Peer, reportRoutes } from "../receive/http.ts";
import { listenHttp } from "../receive/http-listener.ts";
import type { Running } from "../receive/running.ts";
import { startSmtp } from "../receive/smtp.ts";
import type { OpenSpoolWriter } from "../spool/spool-writer.ts";
import { requestReads } from "../store/request-reads.ts";
import { type Doors, withAccess } from "./doors.ts";
import type { Draining } from "./draining.ts";
import type { LiveDirectory } from "./live-directory.ts";
import { checkReadiness, type UsedStore } from "./readiness.ts";
import { reportFiles } from "./report-files.ts";

/** What the listeners stand on. */
export interface Parts {
  version: string;
  spool: OpenSpoolWriter;
  opened: UsedStore | null;
  draining: Draining | null;
  doors: Doors;
  directory: LiveDirectory;
  /** null in a process without the API. */
  addresses: LiveAddressFacts | null;
  edge: Edge;
  certificate: Certificate | null;
  /** The configuration as it holds now; what cannot change while we run is read once. */
  current: () => Config;
}

/** What is to listen, each to be started by calling it. */
export function listeners(
  config: Config,
  observer: Observer,
  parts: Parts,
): (() => Promise<Running>)[] {
  const { emit } = observer;
  const { spool, edge, certificate, current } = parts;
  const { messageBytesMax, smtp, http, report, roles } = config;
  const shared = { connectionsMax: BOUNDS.httpConnectionsMax, edge, emit };
  const tls = certificate?.pair() ?? null;
  const starts: (() => Promise<Running>)[] = [];
  if (roles.includes("smtp") && smtp.listen !== null) {
    const { listen, hostname, connectionsMax } = smtp;
    const recipients = () => current().smtp.recipients;
    const options = { ...listen, hostname, connectionsMax, recipients, tls, messageBytesMax };
    starts.push(() => startSmtp({ ...options, spool, edge, emit }));
  }
  const takesReports = roles.includes("https");
  const reports = reportRoutes({ spool, messageBytesMax, edge, emit });
  const progress = createProgressBoard();
  const pages = roles.includes("api")
    ? api(config, observer, parts, progress)
    : createHealth(healthOptions(observer, parts));
  const site = new Hono<{ Bindings: Peer }>();
  if (takesReports && report.listen === null) {
    if (isLoopback(http.listen)) {
      const origin = config.public.url === null ? null : new URL(config.public.url).origin;
      site.use("/v1/tlsrpt/*", refuseBrowserPosts(hostsOf(config), origin));
    }
    site.route("/", reports);
  }
  // Handed over whole: routed in, the app would not answer what it has no route for.
  site.all("*", (c) => pages.fetch(c.req.raw, c.env));
  starts.push(async () => {
    const running = await listenHttp({
      ...shared,
      ...http.listen,
      fetch: site.fetch,
      name: "http",
    });
    // Answers that tell of progress have no end of their own soon, and would hold up a stop.
    const stop = () => {
      progress.close();
      return running.stop();
    };
    return { ...running, stop };
  });
  if (takesReports && report.listen !== null) {
    const options = { ...shared, ...report.listen, fetch: reports.fetch, name: "report", tls };
    starts.push(() => listenHttp(options));
  }
  return starts;
}

function healthOptions(observer: Observer, parts: Parts): HealthOptions {
  const { opened, spool, draining, doors, certificate, directory, edge } = parts;
  return {
    ready: () =>
      withAccess(
        doors.tokens,
        checkReadiness(opened, spool, draining, certificate, directory.current()),
      ),
    metrics: () => observer.metricsText(),
    limits: {
      ofAddress: (address, passedOn) => edge.take("request", address, passedOn),
      ofCaller: (name) => edge.takeNamed("request", name),
    },
    access: doors.access,
    loginPath: doors.loginPath,
    emit: observer.emit,
  };
}

function api(config: Config, observer: Observer, parts: Parts, progress: ProgressBoard): Hono {
  const { opened, spool, version, doors, directory } = parts;
  if (opened === null) throw new Error("the role api needs a store");
  const { url, reportAddress } = config.public;
  return createApi({
    ...healthOptions(observer, parts),
    store: opened.store,
    readsFor: requestReads(opened.store),
    addressFacts: parts.addresses?.facts,
    spool,
    spoolBytes: () => spool.state().bytes,
    reportUrl: url === null ? null : `${url}/v1/tlsrpt`,
    reportAddress,
    version,
    openDirectory: () => directory.current().open,
    directory: () => directory.current(),
    mailListen: mailListen(config),
    files: reportFiles({ messageBytesMax: config.messageBytesMax }),
    progress,
    hosts: hostsOf(config),
    login: doors.login ?? null,
    publicOrigin: url === null ? null : new URL(url).origin,
  });
}

/** As host:port; null in a process that takes no mail. */
function mailListen({ roles, smtp }: Config): string | null {
  if (!roles.includes("smtp") || smtp.listen === null) return null;
  return printListen(smtp.listen);
}

/**
 * Names that the API answers to besides this machine's own. Where everybody is let in, no name that somebody
 * outside gives us; where one logs in, any, since a page of another name has no cookie and no token.
 */
export function hostsOf(config: Pick<Config, "http" | "public" | "insecureNoAuth">): Hosts {
  const { http, insecureNoAuth } = config;
  const { url } = config.public;
  const local = isLoopback(http.listen);
  if (!local && !insecureNoAuth) return null;
  const urls = [localUrl(http.listen), ...(url === null ? [] : [url])];
  return { names: urls.map((one) => new URL(one).hostname), plain: !local };
}
