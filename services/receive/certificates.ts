// The certificate of the listeners, read again when its files change: renewed in place, swapped by a link as
// Kubernetes does, or half written. A pair that cannot be used changes nothing and is told.

import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import { BOUNDS } from "../core/bounds.ts";
import type { Emit } from "../observe/events.ts";
import type { TlsPair } from "./running.ts";

/** Paths of PEM files that belong together. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateState {
  /** End of validity of the certificate in use, epoch milliseconds. */
  notAfterMs: number;
  /** Why the files as they are now cannot be used; null when they are in use. */
  fault: string | null;
}

export interface Certificate {
  /** The pair in use. */
  pair(): TlsPair;
  state(): CertificateState;
  /** Tells a listener of each new pair. */
  onChange(listener: (pair: TlsPair) => void): void;
  /** Looks at the files now, as is done every BOUNDS.certificatePollMs anyhow; never rejects. */
  check(): Promise<void>;
  /** Uses other files from now on, if they are as good. @throws Error that says what is wrong */
  prepare(files: CertificateFiles): Promise<() => void>;
  stop(): void;
}

interface Loaded {
  pair: TlsPair;
  text: string;
  notAfterMs: number;
}

export interface CertificateOptions {
  files: CertificateFiles;
  emit: Emit;
  pollMs?: number;
}

/**
 * Reads the pair and watches its files. They are read and not watched by the system, since a link that
 * is swapped, a network file system and a container's mount tell nobody.
 * @throws Error when the files cannot be used
 */
export async function openCertificate(options: CertificateOptions): Promise<Certificate> {
  const { emit, pollMs = BOUNDS.certificatePollMs } = options;
  let { files } = options;
  let current = await load(files);
  let fault: string | null = null;
  const listeners: ((pair: TlsPair) => void)[] = [];

  function use(loaded: Loaded): void {
    const changed = loaded.text !== current.text;
    fault = null;
    if (!changed) return;
    current = loaded;
    for (const listener of listeners) listener(loaded.pair);
    const notAfter = new Date(loaded.notAfterMs).toISOString();
    emit("certificate-loaded", { cert: files.cert, notAfter });
  }

  async function check(): Promise<void> {
    const looked = files;
    try {
      const loaded = await load(looked);
      if (looked === files) use(loaded);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      // Once for each fault: the files are looked at every few seconds.
      if (looked === files && why !== fault) emit("certificate-unusable", { ...looked, why });
      fault = why;
    }
  }

  const timer = setInterval(() => void check(), pollMs);
  timer.unref();
  return {
    pair: () => current.pair,
    state: () => ({ notAfterMs: current.notAfterMs, fault }),
    onChange: (listener) => void listeners.push(listener),
    check,
    prepare: async (next) => {
      const loaded = await load(next);
      return () => {
        files = next;
        use(loaded);
      };
    },
    stop: () => clearInterval(timer),
  };
}

/** Reads both files; what does not fit together, as between the writes of the two, is an error. */
async function load(files: CertificateFiles): Promise<Loaded> {
  const [cert, key] = await Promise.all([readPem(files.cert), readPem(files.key)]);
  const pair = { cert, key };
  try {
    createSecureContext(pair);
    const notAfterMs = Date.parse(new X509Certificate(cert).validTo);
    return { pair, text: `${cert}\n${key}`, notAfterMs };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message =
      `the TLS certificate or key cannot be used: ${why}; ` +
      `check ${files.cert} and ${files.key}, both PEM`;
    throw new Error(message, { cause });
  }
}

async function readPem(path: string): Promise<string> {
  const text = await readFile(path, "utf8");
  if (text.length <= BOUNDS.configFileBytesMax) return text;
  throw new Error(`${path} is larger than ${BOUNDS.configFileBytesMax} bytes`);
}

/** The state in words, for /readyz. An end that has come is told and does not make us unready: see docs. */
export function describeCertificate(
  { notAfterMs, fault }: CertificateState,
  nowMs: number,
): string {
  const day = new Date(notAfterMs).toISOString();
  const validity = notAfterMs <= nowMs ? `EXPIRED at ${day}` : `valid until ${day}`;
  return fault === null ? validity : `${validity}; the files cannot be used: ${fault}`;
}
