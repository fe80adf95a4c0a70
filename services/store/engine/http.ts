// The ClickHouse HTTP interface (https://clickhouse.com/docs/interfaces/http) over the executor, as
// far as our own store uses it. It listens on loopback and answers one user.

import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { BOUNDS } from "../../core/bounds.ts";
import type { Answer, Executor } from "./executor.ts";
import { printFault } from "./fault.ts";
import { authenticate, type Call, type Credentials, readCall } from "./request.ts";
import { takesRows } from "./statement.ts";

const compress = promisify(gzip);

export interface EngineServerOptions {
  executor: Executor;
  credentials: Credentials;
  /** Folder for the bodies of inserts. */
  scratch: string;
}

export interface EngineServer {
  server: Server;
  /** Calls that are not answered yet. */
  busy(): number;
}

/** Makes the server; the caller lets it listen. */
export function createEngineServer(options: EngineServerOptions): EngineServer {
  let calls = 0;
  const server = createServer(
    {
      maxHeaderSize: BOUNDS.engineHeaderBytesMax,
      requestTimeout: BOUNDS.storeRequestMsMax,
      keepAliveTimeout: 10_000,
    },
    (request, response) => {
      calls += 1;
      response.once("close", () => {
        calls -= 1;
      });
      void answer(options, request, response);
    },
  );
  server.maxConnections = BOUNDS.engineConnectionsMax;
  return { server, busy: () => calls };
}

async function answer(
  options: EngineServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("X-ClickHouse-Timezone", "UTC");
  response.setHeader("Content-Type", "text/plain; charset=UTF-8");
  if (request.method === "GET" && /^\/(?:ping)?$/.test(request.url ?? "")) {
    response.end("Ok.\n");
    return;
  }
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  try {
    authenticate(request, options.credentials);
    response.setHeader("X-ClickHouse-Query-Id", randomUUID());
    const { call, done } = await readCall(request, options.scratch);
    try {
      const result = await options.executor.run(call, call.format, gone.signal);
      await send(request, response, call, result);
    } finally {
      await done();
    }
  } catch (error) {
    refuse(request, response, printFault(error, options.executor.version));
  }
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  call: Call,
  result: Answer,
): Promise<void> {
  response.setHeader("X-ClickHouse-Summary", summary(call, result));
  response.setHeader("X-ClickHouse-Format", call.format);
  let bytes = result.bytes;
  if (wantsGzip(request, call)) {
    bytes = await compress(bytes);
    response.setHeader("Content-Encoding", "gzip");
  }
  response.setHeader("Content-Length", bytes.length);
  response.end(bytes);
}

function wantsGzip(request: IncomingMessage, call: Call): boolean {
  const asked = call.settings.some(([name, value]) => {
    return name === "enable_http_compression" && value === "1";
  });
  return asked && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
}

function summary(call: Call, result: Answer): string {
  const written = takesRows(call.sql);
  return JSON.stringify({
    read_rows: String(written ? 0 : result.rows),
    read_bytes: String(written ? 0 : result.readBytes),
    written_rows: String(written ? result.rows : 0),
    written_bytes: String(written ? result.readBytes : 0),
    total_rows_to_read: "0",
    result_rows: "0",
    result_bytes: String(result.bytes.length),
    elapsed_ns: String(Math.round(result.elapsedMs * 1e6)),
  });
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  fault: { status: number; code: number; text: string },
): void {
  if (response.headersSent || response.destroyed) return;
  // What was not read of the body would be taken for the next call.
  if (!request.complete) response.setHeader("Connection", "close");
  response.setHeader("X-ClickHouse-Exception-Code", fault.code);
  response.writeHead(fault.status);
  response.end(fault.text);
}
