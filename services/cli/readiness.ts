// What /readyz looks at: can reports be made durable, and does the store take them.

import { setTimeout as sleep } from "node:timers/promises";
import type { Readiness } from "../api/options.ts";
import { BOUNDS } from "../core/bounds.ts";
import type { Directory } from "../core/directory/directory.ts";
import { troubleOf } from "../ingest/trouble.ts";
import { type Certificate, describeCertificate } from "../receive/certificates.ts";
import type { OpenSpoolWriter } from "../spool/spool-writer.ts";
import type { Store } from "../store/port.ts";
import type { Draining } from "./draining.ts";
import { describeDirectory } from "./live-directory.ts";

type Check = Readiness["checks"][string];

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
  certificate: Certificate | null,
  directory: Directory,
): Promise<Readiness> {
  const { refusing, bytes } = spool.state();
  const checks: Readiness["checks"] = {
    spool: {
      ok: refusing === null,
      detail: refusing === null ? `${bytes} bytes wait` : `refuses messages: ${refusing}`,
    },
  };
  // Open is said and is no fault: it is how everybody begins.
  checks["domains"] = { ok: true, detail: describeDirectory(directory) };
  if (opened !== null) checks["store"] = await checkStore(opened);
  if (draining !== null) {
    checks["writer"] = checkWriter(draining);
    const behindMs = draining.clockBehindMs();
    // No reason to be taken out of service: reports are taken in and counted all the same.
    if (behindMs > 0) checks["clock"] = { ok: true, detail: clockText(behindMs) };
  }
  if (certificate !== null) {
    // Never a reason to be taken out of service: mail comes in clear too, and many senders do not check.
    const detail = describeCertificate(certificate.state(), Date.now());
    checks["certificate"] = { ok: true, detail };
  }
  return { ready: Object.values(checks).every((check) => check.ok), checks };
}

/** The name under which the log tells of it comes first. */
function checkWriter({ writer, spool }: Draining): Check {
  const trouble = writer.trouble();
  if (trouble === null) {
    return {
      ok: true,
      detail: `stores what is in the spool${waitText(spool)}${damageText(spool)}`,
    };
  }
  const { event, source, message } = trouble;
  const what = source === "store" ? "waits for the store" : "cannot drain the spool";
  return { ok: false, detail: `${event}: ${what}; reports are kept in the spool: ${message}` };
}

function waitText(spool: Draining["spool"]): string {
  const oldestMs = spool.oldestMs();
  const seconds = oldestMs === null ? 0 : Math.round((Date.now() - oldestMs) / 1000);
  return seconds < WAIT_SECONDS_TOLD_MIN ? "" : `; the oldest segment waits ${seconds} s`;
}

const WAIT_SECONDS_TOLD_MIN = 5;

function damageText(spool: Draining["spool"]): string {
  const count = spool.damaged();
  if (count === 0) return "";
  const what = count === 1 ? "one stretch" : `${count} stretches`;
  return `; segment-damaged: ${what} of the spool, see quarantine and spool/damaged; check the disk`;
}

function clockText(behindMs: number): string {
  const seconds = Math.round(behindMs / 1000);
  return `clock-set-back: the system's clock is ${seconds} s behind where it was; set it right`;
}

/** A store that hangs must not make the answer hang. */
async function checkStore(opened: UsedStore): Promise<Check> {
  const done = new AbortController();
  const late = sleep(BOUNDS.readyMsMax, "late" as const, { signal: done.signal }).catch(() => "");
  try {
    const first = await Promise.race([opened.store.ping(), late]);
    if (first !== "late") return { ok: true, detail: opened.describe() };
    const detail = `store-slow: ${opened.describe()} did not answer in ${BOUNDS.readyMsMax} ms`;
    return { ok: false, detail };
  } catch (error) {
    const { event, message } = troubleOf(error);
    return { ok: false, detail: `${event}: ${message}` };
  } finally {
    done.abort();
  }
}
