// What every listener gives to whoever started it, and the error for one that could not start.

import type { AddressInfo, Server } from "node:net";
import { createSecureContext } from "node:tls";

/** A listener that runs. */
export interface Running {
  /** Host and port as really bound, for example "127.0.0.1:2525" or "[::1]:2525". */
  address: string;
  /** Takes no new connections, lets running transactions end within BOUNDS.stopMsMax, then closes. */
  stop(): Promise<void>;
  /** Cuts every connection now. */
  kill(): void;
  /** Uses another certificate for handshakes from now on; connections that run keep theirs. */
  secure(tls: TlsPair): void;
}

/** Where a listener was asked to listen, and the option that says so. */
export interface ListenTarget {
  host: string;
  port: number;
  /** Name of the option as the user knows it, for example "SEALWATCH_SMTP_LISTEN". */
  option: string;
}

/** A listener could not start; the message names the option, the address and the way out. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly option: string;
  readonly address: string;
  constructor(target: ListenTarget, cause: NodeJS.ErrnoException) {
    super(cause instanceof CertificateError ? cause.message : explain(target, cause), { cause });
    this.option = target.option;
    this.address = printAddress(target.host, target.port);
  }
}

class CertificateError extends Error {
  override readonly name = "CertificateError";
}

/**
 * What may be negotiated: TLS 1.2 with forward secrecy and authenticated encryption, and TLS 1.3
 * (RFC 9325 sections 3.1.1 and 4.2).
 */
export const TLS_OPTIONS = {
  minVersion: "TLSv1.2",
  ciphers: [
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
    "ECDHE+AESGCM",
    "ECDHE+CHACHA20",
    "DHE+AESGCM",
    "!aNULL",
  ].join(":"),
  honorCipherOrder: true,
} as const;

/** Certificate chain and private key as PEM. */
export interface TlsPair {
  cert: Buffer | string;
  key: Buffer | string;
}

/**
 * Checks that certificate and key can be used together.
 * @throws ListenError that names the options to look at
 */
export function checkTls(tls: TlsPair, target: ListenTarget): void {
  try {
    createSecureContext(tls);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message =
      `the TLS certificate or key cannot be used: ${why}; ` +
      "check the files of SEALWATCH_TLS_CERT and SEALWATCH_TLS_KEY, both PEM";
    throw new ListenError(target, new CertificateError(message, { cause }));
  }
}

/**
 * Starts to listen.
 * @throws ListenError
 */
export function listen(server: Server, target: ListenTarget): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) => reject(new ListenError(target, cause));
    server.once("error", failed);
    try {
      server.listen(target.port, target.host, () => {
        server.off("error", failed);
        resolve();
      });
    } catch (cause) {
      failed(cause instanceof Error ? cause : new Error(String(cause)));
    }
  });
}

/** Prints host and port; IPv6 addresses get their brackets. */
export function printAddress(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Prints what server.address() gives for a TCP server. */
export function printBound(bound: AddressInfo | string | null): string {
  if (bound === null || typeof bound === "string") return bound ?? "";
  return printAddress(bound.address, bound.port);
}

/** IPv4 addresses of a dual-stack listener come as ::ffff:a.b.c.d; we keep a.b.c.d. */
export function plainPeer(address: string | undefined): string {
  if (address === undefined) return "";
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

function explain(target: ListenTarget, cause: NodeJS.ErrnoException): string {
  const { host, port, option } = target;
  const address = printAddress(host, port);
  switch (cause.code) {
    case "EADDRINUSE":
      return `port ${port} on ${host} is in use by another program: choose another with ${option}`;
    case "EACCES":
    case "EPERM":
      return (
        `${address} may not be bound by this user: choose a port of 1024 or more with ${option}, ` +
        "or grant the capability CAP_NET_BIND_SERVICE"
      );
    case "EADDRNOTAVAIL":
      return `${host} is not an address of this machine: set ${option} to one, or to 0.0.0.0 or [::]`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the host name ${host} does not resolve: set ${option} to an IP address and a port`;
    case "ERR_SOCKET_BAD_PORT":
      return `${port} is not a port: set ${option} to host:port with a port of 0 to 65535`;
    default:
      return `cannot listen on ${address}: ${cause.message}; see ${option}`;
  }
}
