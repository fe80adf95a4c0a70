// A proxy between the program and its store that misbehaves as a test likes: refuses, is slow, or cuts
// requests and answers in the middle.

import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of a request. `cut-request` and `cut-answer` are about inserts only. */
export type ProxyMode =
  | { kind: "through" }
  | { kind: "answer"; status: number; body: string; headers?: Record<string, string> }
  | { kind: "hold" }
  /** Half of the rows get to the store, then both sides are cut. */
  | { kind: "cut-request" }
  /** The store has carried it out; the program does not hear of it. */
  | { kind: "cut-answer" };

export interface StoreProxy {
  /** The address of the store by way of the proxy. */
  url: string;
  /** Chooses for each request; the number counts inserts from 1. */
  choose: (insert: number) => ProxyMode;
  /** Requests that were not let through. */
  spoilt(): number;
  stop(): Promise<void>;
}

/** Starts it in front of a store of the given address. */
export async function startStoreProxy(storeUrl: string): Promise<StoreProxy> {
  const store = new URL(storeUrl);
  let inserts = 0;
  let spoilt = 0;
  const held = new Set<ServerResponse>();
  const server = createServer(async (incoming, answer) => {
    const body = await bodyOf(incoming).catch(() => null);
    if (body === null) return;
    const isInsert = isInsertOf(incoming, body);
    if (isInsert) inserts += 1;
    const mode = proxy.choose(inserts);
    const cuts = mode.kind === "cut-request" || mode.kind === "cut-answer";
    if (mode.kind === "through" || (cuts && !isInsert)) return pass(store, incoming, body, answer);
    spoilt += 1;
    if (mode.kind === "answer") answer.writeHead(mode.status, mode.headers).end(mode.body);
    else if (mode.kind === "hold") held.add(answer);
    else await cut(mode.kind, store, incoming, body, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own = new URL(storeUrl);
  own.port = String((server.address() as AddressInfo).port);
  const proxy: StoreProxy = {
    url: own.href,
    choose: () => ({ kind: "through" }),
    spoilt: () => spoilt,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function isInsertOf(incoming: IncomingMessage, body: Buffer): boolean {
  const query = new URL(incoming.url ?? "/", "http://store").searchParams.get("query") ?? "";
  return /^\s*INSERT/i.test(query === "" ? body.subarray(0, 100).toString("latin1") : query);
}

function send(store: URL, incoming: IncomingMessage) {
  const { host: _, "content-length": __, ...headers } = incoming.headers;
  const { hostname, port } = store;
  return request({ hostname, port, path: incoming.url, method: incoming.method, headers });
}

function pass(store: URL, incoming: IncomingMessage, body: Buffer, answer: ServerResponse): void {
  const sent = send(store, incoming);
  sent.on("response", (got) => {
    answer.writeHead(got.statusCode ?? 500, got.headers);
    got.pipe(answer);
  });
  sent.on("error", () => answer.destroy());
  sent.end(body);
}

async function cut(
  kind: "cut-request" | "cut-answer",
  store: URL,
  incoming: IncomingMessage,
  body: Buffer,
  answer: ServerResponse,
): Promise<void> {
  const sent = send(store, incoming);
  sent.on("error", () => answer.destroy());
  if (kind === "cut-request") {
    sent.write(body.subarray(0, body.length >> 1), () => {
      sent.destroy();
      answer.destroy();
    });
    return;
  }
  sent.on("response", (got) => {
    got.resume();
    got.on("end", () => answer.destroy());
  });
  sent.end(body);
}
