// What /readyz looks at: can reports be made durable, and does the store take them.

import type { Readiness } from "../api/options.ts";
import type { OpenSpoolWriter } from "../spool/spool-writer.ts";
import type { Store } from "../store/port.ts";
import type { Draining } from "./draining.ts";

/** The open store, as it is used: migrated before its first use. */
export interface UsedStore {
  store: Store;
  /** Where it is, for people. */
  describe(): string;
}

/** Asks spool and store; never rejects. @param opened null in a process that has no store */
export async function checkReadiness(
  opened: UsedStore | null,
  spool: OpenSpoolWriter,
  draining: Draining | null,
): Promise<Readiness> {
  const { refusing, bytes } = spool.state();
  const checks: Readiness["checks"] = {
    spool: {
      ok: refusing === null,
      detail: refusing === null ? `${bytes} bytes wait` : `refuses messages: ${refusing}`,
    },
  };
  if (opened !== null) checks["store"] = await checkStore(opened);
  if (draining !== null) {
    const waiting = draining.writer.waiting();
    const detail = waiting ? "waits for the store; reports are kept in the spool" : "drains";
    checks["writer"] = { ok: !waiting, detail };
  }
  return { ready: Object.values(checks).every((check) => check.ok), checks };
}

async function checkStore(opened: UsedStore): Promise<{ ok: boolean; detail: string }> {
  try {
    await opened.store.ping();
    return { ok: true, detail: opened.describe() };
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
