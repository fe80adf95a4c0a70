// `sealwatch query` where no server runs: the API over the store itself, for the time of one question.

import { createAccess } from "../access/access.ts";
import { everybodyWay, MACHINE } from "../access/ways.ts";
import { createApi } from "../api/app.ts";
import type { Config } from "../config/config.ts";
import type { Observer } from "../observe/observer.ts";
import { acquireLock } from "../spool/lock.ts";
import type { Ask } from "./asking.ts";
import { migrating, openConfiguredStore } from "./draining.ts";
import { openAddresses } from "./live-parts.ts";

/** No server runs here: opens the store for the time of one question. */
export async function askHere(
  config: Config,
  observer: Observer,
  version: string,
  answer: (ask: Ask) => Promise<Response>,
): Promise<Response> {
  const lock = await acquireLock(config.dataDir, { role: "query", api: null });
  try {
    const addresses = await openAddresses(config, observer.emit);
    const opened = await openConfiguredStore(config, observer.emit);
    try {
      // Whoever may open the store's files sees all that is in them; a token would narrow nothing.
      const api = createApi({
        store: migrating(opened.store, config, observer.emit),
        addressFacts: addresses.facts,
        spool: null,
        ready: () => Promise.resolve({ ready: true, checks: {} }),
        metrics: () => observer.metricsText(),
        emit: observer.emit,
        access: createAccess([everybodyWay(MACHINE)]),
        loginPath: null,
        reportUrl: null,
        reportAddress: null,
        version,
      });
      return await answer(async (path, headers) => api.request(path, { headers }));
    } finally {
      addresses.stop();
      await opened.stop();
    }
  } finally {
    await lock.release();
  }
}
