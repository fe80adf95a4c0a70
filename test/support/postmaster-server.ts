// The pages and the API over the seeded set, on the real store and a real port of loopback, at the clock of
// the set. Who asks is this machine; with the cookie `tenant` it sees the rows of that tenant alone.

import { createAccess, type Way } from "../../services/access/access.ts";
import { everybodyWay, MACHINE } from "../../services/access/ways.ts";
import { createApi } from "../../services/api/app.ts";
import { createProgressBoard } from "../../services/api/progress.ts";
import { reportFiles } from "../../services/cli/report-files.ts";
import type { Emit } from "../../services/observe/events.ts";
import { listenHttp } from "../../services/receive/http-listener.ts";
import type { SpoolWriter } from "../../services/spool/port.ts";
import { requestReads } from "../../services/store/request-reads.ts";
import { startTestStore, type TestStore } from "./engine.ts";
import { NOW_MS, seedPostmaster } from "./postmaster.ts";

/** What somebody who looks at the pages of a tenant alone has as cookie. */
export const TENANT_COOKIE = "tenant";
const CONNECTIONS = 200;
const MESSAGE_BYTES = 10_000_000;
const CHECKS = {
  store: { ok: true, detail: "the engine answers" },
  spool: { ok: true, detail: "0 bytes wait, the disk has room" },
};

export interface PostmasterServer {
  /** Its address, without a slash at the end. */
  url: string;
  stored: TestStore;
  /** What pages, API and listener said of failures of their own. */
  failures: string[];
  stop(): Promise<void>;
}

const ofTenant: Way = {
  async identify(facts) {
    const tenant = facts.cookie(TENANT_COOKIE);
    return tenant === undefined ? null : { ...MACHINE, kind: "token", tenants: [tenant] };
  },
};

/** Takes what is to be reprocessed, and does nothing with it: nothing is written here. */
const spool: SpoolWriter = {
  append: async (arriving) => arriving.receipt ?? "",
  refuse: () => {},
  seal: async () => {},
  close: async () => {},
};

/**
 * Starts it; stop it in afterAll.
 * @param port 0 lets the system choose
 * @param seed what the store has; the seeded set without it
 */
export async function startPostmasterServer(
  port = 0,
  seed = seedPostmaster,
): Promise<PostmasterServer> {
  const stored = await startTestStore();
  await seed(stored.store);
  const failures: string[] = [];
  const emit: Emit = (event, fields) => {
    if (event === "api-failed" || event === "receiver-failed")
      failures.push(
        Object.values(fields ?? {})
          .map(String)
          .join(" "),
      );
  };
  const app = createApi({
    store: stored.store,
    readsFor: requestReads(stored.store),
    spool,
    ready: async () => ({ ready: true, checks: CHECKS }),
    metrics: async () => ({ contentType: "text/plain", text: "" }),
    emit,
    access: createAccess([ofTenant, everybodyWay({ ...MACHINE, tenants: "all" })]),
    loginPath: null,
    reportUrl: "https://reports.example/v1/tlsrpt",
    reportAddress: "tlsrpt@reports.example",
    openDirectory: () => false,
    files: reportFiles({ messageBytesMax: MESSAGE_BYTES }),
    progress: createProgressBoard(),
    version: "1.0.0",
    clock: () => NOW_MS,
  });
  const running = await listenHttp({
    host: "127.0.0.1",
    port,
    fetch: app.fetch,
    connectionsMax: CONNECTIONS,
    emit,
    name: "http",
  });
  return {
    url: `http://${running.address}`,
    stored,
    failures,
    stop: async () => {
      await running.stop();
      await stored.stop();
    },
  };
}
