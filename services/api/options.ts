// What the API is given by the program; no module of the API finds any of it by itself.

import type { Emit } from "../observe/events.ts";
import type { SpoolWriter } from "../spool/port.ts";
import type { Store } from "../store/port.ts";

export interface Readiness {
  ready: boolean;
  checks: Record<string, { ok: boolean; detail: string }>;
}

export interface ApiOptions {
  store: Store;
  /** Takes what is to be reprocessed; null in a process that has no spool. */
  spool: SpoolWriter | null;
  ready(): Promise<Readiness>;
  metrics(): Promise<{ contentType: string; text: string }>;
  emit: Emit;
  /** Tenants that a caller without a token may see (invariant 7). */
  tenants: readonly string[];
  /**
   * Names besides localhost and loopback addresses that requests may have as Host, without port; none
   * by default. null takes any: for a listener that everybody reaches, by names we do not know.
   */
  hosts?: readonly string[] | null;
  /** Where reports are to be posted, for the page that has none yet; null when not known. */
  reportUrl: string | null;
  /** Where reports are to be mailed, for the same page; null when not known. */
  reportAddress: string | null;
  version: string;
  /** True when the API answers anyone who can connect: the page says so. */
  openMode: boolean;
  /** Epoch milliseconds; the system's clock without it. */
  clock?: () => number;
}
