// The HTTP or HTTPS server under the API and the report routes: bounds on connections and time, a
// stop that lets running requests end, and errors of a connection that stay with it.

import { createServer, type Server as HttpServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { BOUNDS } from "../core/bounds.ts";
import type { Emit } from "../observe/events.ts";
import {
  checkTls,
  type ListenTarget,
  listen,
  plainPeer,
  printBound,
  type Running,
  type TlsPair,
} from "./running.ts";

/** What a request handler gets beside the request: the other side, and Node's own objects. */
export interface HttpEnv extends HttpBindings {
  /** IP address of the other side; IPv4 is never written as IPv6. */
  peer: string;
  /** "TLSv1.3 TLS_AES_256_GCM_SHA384", or "" in clear. */
  tls: string;
}

export interface HttpOptions {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  fetch: (request: Request, env: HttpEnv) => Response | Promise<Response>;
  tls?: TlsPair | null;
  connectionsMax: number;
  emit: Emit;
  /** Short name for the log: "http" or "report". */
  name: string;
  /** Name of the listening option; SEALWATCH_<NAME>_LISTEN by default. */
  option?: string;
  stopMsMax?: number;
}

/** Answers for a request that Node could not read (its error codes), as whole responses. */
const UNREADABLE: Record<string, string> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/**
 * Listens for HTTP, or for HTTPS with a certificate.
 * @throws ListenError when the address cannot be bound or the certificate cannot be used
 */
export async function listenHttp(options: HttpOptions): Promise<Running> {
  const option = options.option ?? `SEALWATCH_${options.name.toUpperCase()}_LISTEN`;
  const target: ListenTarget = { host: options.host, port: options.port, option };
  const { tls = null, emit } = options;
  if (tls !== null) checkTls(tls, target);
  const server = buildServer(options, tls);
  const sockets = guard(server, emit);
  await listen(server, target);
  server.on("error", (error) => emit("connection-failed", { channel: "https", error }));
  const address = printBound(server.address());
  emit("listening", { channel: "https", listener: options.name, address, tls: tls !== null });
  const kill = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { address, kill, stop: () => stop(server, options.stopMsMax ?? BOUNDS.stopMsMax, kill) };
}

function buildServer(options: HttpOptions, tls: TlsPair | null): HttpServer {
  const answer = getRequestListener((request, bindings) => {
    // The other kind of bindings belongs to HTTP/2 servers, and this is none.
    const env = bindings as HttpBindings;
    return options.fetch(request, Object.assign(env, peerOf(env.incoming.socket)));
  });
  const listener = (incoming: IncomingMessage, outgoing: HttpBindings["outgoing"]) =>
    void answer(incoming, outgoing);
  const bounds = {
    maxHeaderSize: BOUNDS.httpHeaderBytesMax,
    headersTimeout: BOUNDS.httpHeadersMsMax,
    requestTimeout: BOUNDS.httpRequestMsMax,
    keepAliveTimeout: BOUNDS.httpKeepAliveMsMax,
    noDelay: true,
  };
  const server: HttpServer =
    tls === null
      ? createServer(bounds, listener)
      : createTlsServer({ ...bounds, ...tls, minVersion: "TLSv1.2" }, listener);
  server.maxConnections = options.connectionsMax;
  return server;
}

/** Keeps errors of one connection from everything else, and knows the sockets for kill. */
function guard(server: HttpServer, emit: Emit): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("drop", () => emit("connection-refused", { channel: "https" }));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    emit("connection-failed", { channel: "https", error: error.message });
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const status = UNREADABLE[error.code ?? ""] ?? "400 Bad Request";
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  server.on("tlsClientError", (error: Error) => {
    emit("connection-failed", { channel: "https", error: error.message });
  });
  return sockets;
}

function stop(server: HttpServer, stopMsMax: number, kill: () => void): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(kill, stopMsMax);
    // Connections that finish their request while we wait are idle then, and closed here too.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearTimeout(deadline);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}

const SWEEP_MS = 50;

type Side = Pick<HttpEnv, "peer" | "tls">;
const sides = new WeakMap<Socket, Side>();

/** The other side of a connection, asked for once per connection. */
function peerOf(socket: Socket): Side {
  const known = sides.get(socket);
  if (known !== undefined) return known;
  const side = { peer: plainPeer(socket.remoteAddress), tls: tlsOf(socket) };
  sides.set(socket, side);
  return side;
}

function tlsOf(socket: Socket): string {
  if (!(socket instanceof TLSSocket)) return "";
  return `${socket.getProtocol() ?? "TLS"} ${socket.getCipher().standardName}`;
}
