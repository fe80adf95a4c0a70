// What the API is given by the program; no module of the API finds any of it by itself.

import type { Access } from "../access/access.ts";
import type { Directory } from "../core/directory/directory.ts";
import type { FileReading } from "../core/explain/reading.ts";
import type { Emit } from "../observe/events.ts";
import type { NewestOf } from "../query/newest.ts";
import type { AddressFacts } from "../query/panel.ts";
import type { SpoolWriter } from "../spool/port.ts";
import type { Store } from "../store/port.ts";
import type { Hosts } from "./hosts.ts";
import type { LoginOptions } from "./login.ts";
import type { ProgressBoard } from "./progress.ts";
import type { RequestLimits } from "./rate-limit.ts";

export interface Readiness {
  ready: boolean;
  checks: Record<string, { ok: boolean; detail: string }>;
}

/** A file that somebody hands in. Its name is text and never a path. */
export interface HandedFile {
  name: string;
  bytes: Uint8Array;
}

/** What is known here of report files: they are read elsewhere, in a thread of their own. */
export interface ReportFiles {
  /** Reads a file as `sealwatch report` does; nothing is stored. Bounded in time; it never fails. */
  explain(file: HandedFile): Promise<FileReading>;
  /** Its messages as `sealwatch import` takes them, or why one is none. */
  messages(file: HandedFile): AsyncIterable<HandedFile | { place: string; why: string }>;
}

export interface ApiOptions {
  store: Store;
  /**
   * The store for all that one request asks: bounded, and asked no more once the request is aborted. The
   * store itself without it.
   * @param who who asks and what for; none of them has all places
   */
  readsFor?(request: AbortSignal, who: string): Store;
  /** The newest report that a caller may see, seconds old; one memory of its own without it. */
  newestOf?: NewestOf;
  /** Takes what is to be reprocessed; null in a process that has no spool. */
  spool: SpoolWriter | null;
  /** Tells of the addresses that panels show; nothing is told of them without it. */
  addressFacts?: AddressFacts | undefined;
  /** Bytes that wait in it, of all tenants; not told of without it. */
  spoolBytes?(): number;
  ready(): Promise<Readiness>;
  metrics(): Promise<{ contentType: string; text: string }>;
  emit: Emit;
  /** Says who asks; what they may see and do follows from it (invariant 7). */
  access: Access;
  /** Where people log in: pages send strangers there. null without any log-in. */
  loginPath: string | null;
  /** What log-in needs; without it there are no pages for it. */
  login?: Omit<LoginOptions, "emit" | "version" | "cssHref"> | null;
  /** Origin of public.url: requests may come from its pages whatever Host a proxy makes of it. */
  publicOrigin?: string | null;
  /**
   * Names besides localhost and loopback addresses that requests may have as Host; none by default.
   * null takes any: for a listener that everybody reaches, by names we do not know.
   */
  hosts?: Hosts;
  /** How much one address and one caller may ask for; any amount without it. */
  limits?: RequestLimits;
  /** Where reports are to be posted, for the page that has none yet; null when not known. */
  reportUrl: string | null;
  /** Where reports are to be mailed, for the same page; null when not known. */
  reportAddress: string | null;
  /** Whose domains are whose, for the page that says what to publish; nobody's without it. */
  directory?(): Directory;
  /** Where mail is taken on this machine, as host:port; null in a process that takes none. */
  mailListen?: string | null;
  /** Explains and takes apart files; without it a process has no form for them. */
  files?: ReportFiles;
  /** Imports and reprocessings that callers look after; one of its own without it. */
  progress?: ProgressBoard;
  /** True while no domain is configured (invariant 7, core/directory): pages and answers say so. */
  openDirectory?(): boolean;
  version: string;
  /** Epoch milliseconds; the system's clock without it. */
  clock?: () => number;
}
