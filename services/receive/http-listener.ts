// The HTTP or HTTPS server under the API and the report routes: bounds on connections and time, a
// stop that lets running requests end, and errors of a connection that stay with it.

import { createServer, type Server as HttpServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer, Server as TlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { getRequestListener, type HttpBindings, RequestError } from "@hono/node-server";
import { BOUNDS } from "../core/bounds.ts";
import { clientOf, PROXY_HEADERS } from "../core/net/forwarded.ts";
import type { Emit } from "../observe/events.ts";
import { createEdge, type Edge } from "./edge.ts";
import { badRequest, printUnreadable, requestFault } from "./http-unreadable.ts";
import { createRoom } from "./room.ts";
import {
  checkTls,
  type ListenTarget,
  listen,
  plainPeer,
  printBound,
  type Running,
  TLS_OPTIONS,
  type TlsPair,
} from "./running.ts";

/** What a request handler gets beside the request: the other side, and Node's own objects. */
export interface HttpEnv extends HttpBindings {
  /** IP address of the client, as the connection or a named proxy has it; IPv4 never as IPv6. */
  peer: string;
  /** IP address of the other side of the connection itself. */
  socketPeer: string;
  /** It says that a proxy passed it on, and came from an address that is no named one. */
  passedOn: boolean;
  /** The client reached us, or a named proxy, by TLS. */
  secure: boolean;
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
  /** Proxies and limits; none of both by default. */
  edge?: Edge;
  emit: Emit;
  /** Short name for the log: "http" or "report". */
  name: string;
  /** Name of the listening option; SEALWATCH_<NAME>_LISTEN by default. */
  option?: string;
  stopMsMax?: number;
}

/**
 * Listens for HTTP, or for HTTPS with a certificate.
 * @throws ListenError when the address cannot be bound or the certificate cannot be used
 */
export async function listenHttp(options: HttpOptions): Promise<Running> {
  const option = options.option ?? `SEALWATCH_${options.name.toUpperCase()}_LISTEN`;
  const target: ListenTarget = { host: options.host, port: options.port, option };
  const { tls = null, emit } = options;
  if (tls !== null) checkTls(tls, target);
  const edge = options.edge ?? createEdge();
  const server = buildServer(options, edge, tls);
  const sockets = guard(server, edge, options);
  await listen(server, target);
  server.on("error", (error) => emit("connection-failed", { channel: "https", error }));
  const address = printBound(server.address());
  emit("listening", { channel: "https", listener: options.name, address, tls: tls !== null });
  const kill = () => {
    server.close();
    for (const socket of sockets.values()) socket.destroy();
  };
  const secure = (pair: TlsPair) => {
    if (server instanceof TlsServer) server.setSecureContext({ ...TLS_OPTIONS, ...pair });
  };
  const stopMsMax = options.stopMsMax ?? BOUNDS.stopMsMax;
  return { address, kill, secure, stop: () => stop(server, stopMsMax, kill) };
}

/** Stands for the Host that an HTTP/1.0 request may do without (RFC 2606): no name of this server. */
const UNNAMED_HOST = "unnamed.invalid";

function buildServer(options: HttpOptions, edge: Edge, tls: TlsPair | null): HttpServer {
  const fetch = (request: Request, bindings: object) => {
    // The other kind of bindings belongs to HTTP/2 servers, and this is none.
    const env = bindings as HttpBindings;
    return options.fetch(request, Object.assign(env, sideOf(env.incoming, edge)));
  };
  const errorHandler = (error: unknown) => {
    if (error instanceof RequestError) return badRequest();
    options.emit("receiver-failed", { channel: "https", error });
    return new Response(null, { status: 500 });
  };
  const answer = getRequestListener(fetch, { hostname: UNNAMED_HOST, errorHandler });
  const listener = (incoming: IncomingMessage, outgoing: HttpBindings["outgoing"]) => {
    const before = answering.get(incoming.socket)?.outgoing;
    answering.set(incoming.socket, { incoming, outgoing, before });
    const fault = requestFault(incoming);
    if (fault === null) void answer(incoming, outgoing);
    else outgoing.writeHead(fault.status, fault.headers).end(fault.body);
  };
  const bounds = {
    maxHeaderSize: BOUNDS.httpHeaderBytesMax,
    headersTimeout: BOUNDS.httpHeadersMsMax,
    requestTimeout: BOUNDS.httpRequestMsMax,
    keepAliveTimeout: BOUNDS.httpKeepAliveMsMax,
    noDelay: true,
    // Said although it is the default: what can be read in two ways smuggles requests.
    insecureHTTPParser: false,
    // A request without Host is answered by requestFault, with words.
    requireHostHeader: false,
  };
  const server: HttpServer =
    tls === null
      ? createServer(bounds, listener)
      : createTlsServer({ ...bounds, ...TLS_OPTIONS, ...tls }, listener);
  // guard makes room up to connectionsMax; above twice as many they are not even accepted.
  server.maxConnections = 2 * options.connectionsMax;
  return server;
}

/** Keeps errors of one connection from everything else, and knows the sockets for kill. */
function guard(server: HttpServer, edge: Edge, options: HttpOptions): Map<string, Socket> {
  const { emit, connectionsMax } = options;
  const sockets = new Map<string, Socket>();
  /** Connections with a request that is not answered. */
  const busy = new Map<string, Outgoing>();
  const room = createRoom<string>({
    connectionsMax,
    edge,
    idle: (name) => !busy.has(name),
    evict: (name) => {
      emit("connection-refused", { channel: "https" });
      sockets.get(name)?.destroy();
    },
  });
  server.on("connection", (socket: Socket) => {
    const name = nameOf(socket);
    if (room.enter(name, plainPeer(socket.remoteAddress)) !== "in") {
      emit("connection-refused", { channel: "https" });
      socket.destroy();
      return;
    }
    sockets.set(name, socket);
    socket.once("close", () => {
      room.leave(name);
      sockets.delete(name);
      busy.delete(name);
    });
  });
  server.on("request", ({ socket }: IncomingMessage, outgoing: Outgoing) => {
    const name = nameOf(socket);
    busy.set(name, outgoing);
    room.useful(name);
    outgoing.once("close", () => {
      if (busy.get(name) === outgoing) busy.delete(name);
    });
  });
  server.on("drop", () => emit("connection-refused", { channel: "https" }));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    emit("connection-failed", { channel: "https", error: error.message });
    if (error.code === "ECONNRESET" || !socket.writable) socket.destroy();
    else {
      // Said again for every piece that still comes, and when nothing more will.
      if (unreadable.has(socket)) {
        if (socket.readableEnded) socket.destroy();
        return;
      }
      unreadable.add(socket);
      afterAnswers(socket, () => endUnreadable(socket, printUnreadable(error.code)));
    }
  });
  server.on("tlsClientError", (error: Error) => {
    emit("connection-failed", { channel: "https", error: error.message });
  });
  return sockets;
}

type Outgoing = HttpBindings["outgoing"];

/** The same for a connection and the TLS layer over it, which are two sockets. */
function nameOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

/** Connections that said what Node could not read, and are about to be told. */
const unreadable = new WeakSet<Duplex>();

interface Answering extends Pick<HttpBindings, "incoming" | "outgoing"> {
  /** The answer to the request before it. */
  before: HttpBindings["outgoing"] | undefined;
}

/** The newest request of each connection with its answer; answers go out in their order. */
const answering = new WeakMap<Duplex, Answering>();

/** What is wrong behind a request must not take its answer away: its sender would send it again. */
function afterAnswers(socket: Duplex, then: () => void): void {
  const { incoming, outgoing, before } = answering.get(socket) ?? {};
  const last = incoming?.complete ? outgoing : before;
  if (last === undefined || last.writableFinished) then();
  else last.once("close", then);
}

/**
 * Says it and reads on, or the other side's end would not be seen: Node may have paused the socket for a
 * body that nobody read. To close at once would take the words away with what was not read.
 */
function endUnreadable(socket: Duplex, words: string): void {
  socket.end(words);
  socket.resume();
  const linger = setTimeout(() => socket.destroy(), BOUNDS.httpLingerMsMax);
  socket.once("close", () => clearTimeout(linger));
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

type Side = Pick<HttpEnv, "peer" | "socketPeer" | "passedOn" | "secure" | "tls">;
type SocketSide = Pick<HttpEnv, "socketPeer" | "tls">;
const sides = new WeakMap<Socket, SocketSide>();

/** The other side of a request: the connection's own, or the client that a named proxy speaks for. */
function sideOf(incoming: IncomingMessage, edge: Edge): Side {
  const { socketPeer, tls } = socketSideOf(incoming.socket);
  const header = (name: string) => {
    const value = incoming.headers[name];
    return Array.isArray(value) ? value.join(",") : value;
  };
  const encrypted = tls !== "";
  const client = clientOf({ peer: socketPeer, encrypted, header }, edge.proxies());
  const passedOn = PROXY_HEADERS.some((name) => header(name) !== undefined);
  const unnamed = passedOn && !edge.isProxy(socketPeer);
  if (unnamed) edge.tellPassedOn(socketPeer);
  return { peer: client.address, socketPeer, passedOn: unnamed, secure: client.secure, tls };
}

/** What is asked for once per connection. */
function socketSideOf(socket: Socket): SocketSide {
  const known = sides.get(socket);
  if (known !== undefined) return known;
  const side = { socketPeer: plainPeer(socket.remoteAddress), tls: tlsOf(socket) };
  sides.set(socket, side);
  return side;
}

function tlsOf(socket: Socket): string {
  if (!(socket instanceof TLSSocket)) return "";
  return `${socket.getProtocol() ?? "TLS"} ${socket.getCipher().standardName}`;
}
