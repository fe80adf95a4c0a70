// The store over the ClickHouse HTTP interface, for a server and the embedded engine alike. It moves
// rows and text; what they mean is known to ingest and query.

import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  type ClickHouseClient,
  ClickHouseError,
  ClickHouseLogLevel,
  createClient,
  drainStream,
} from "@clickhouse/client";
import { BOUNDS } from "../core/bounds.ts";
import { parseStoreAddress, printStoreAddress, type StoreAddress } from "./address.ts";
import { splitLines } from "./lines.ts";
import { type Store, StoreError } from "./port.ts";
import { INSERT_SETTINGS, PINNED_SETTINGS, selectSettings, topologySettings } from "./settings.ts";
import type { Topology } from "./topology.ts";

export interface ConnectOptions {
  /** http(s)://user:password@host:8123/database, or what gives the one of this moment. */
  url: string | (() => string);
  topology?: Topology;
  /** Total time of one call, milliseconds. */
  requestMsMax?: number;
}

/** A store whose database may still have to be made. */
export interface ServerStore extends Store {
  readonly database: string;
  /** @param onCluster "ON CLUSTER x" or "". @throws StoreError */
  createDatabase(onCluster: string): Promise<void>;
}

// Errors that the same call meets again however often it is made: mistakes of ours, of the address,
// of the rights given. All others (memory, parts, Keeper, a replica that is read-only, time) pass.
const PERMANENT_CODES = new Set(
  [
    6, 10, 16, 20, 26, 27, 36, 38, 41, 42, 43, 44, 46, 47, 48, 50, 53, 56, 57, 60, 62, 63, 69, 70,
    72, 73, 80, 81, 115, 117, 131, 158, 164, 168, 191, 192, 193, 194, 195, 207, 215, 321, 349, 376,
    396, 441, 452, 456, 457, 497, 511, 516, 691,
  ].map(String),
);
const RIGHTS_CODES = new Set(["192", "193", "194", "195", "497", "516"]);
const IDENTIFIER = /^\w+$/;
const MESSAGE_CHARS_MAX = 1_000;

/**
 * Makes a store; nothing is asked of the server before the first call.
 * @throws StoreError when the address cannot be read
 */
export function connectStore(options: ConnectOptions): ServerStore {
  const urlNow = typeof options.url === "function" ? options.url : () => String(options.url);
  const requestMsMax = options.requestMsMax ?? BOUNDS.storeRequestMsMax;
  const settings = { ...PINNED_SETTINGS, ...topologySettings(options.topology ?? SINGLE) };
  const connect = (address: StoreAddress, database: string) => {
    return createClient({
      url: address.origin,
      username: address.user,
      password: address.password,
      database,
      application: "sealwatch",
      request_timeout: requestMsMax,
      max_open_connections: BOUNDS.storeConnectionsMax,
      clickhouse_settings: settings,
      use_multipart_params_auto: true,
      // Errors are told by the callers, once.
      log: { level: ClickHouseLogLevel.OFF },
    });
  };

  let open = { url: "", ...connected(urlNow()) };
  open.url = urlNow();

  function connected(url: string): { address: StoreAddress; client: ClickHouseClient } {
    const address = parseStoreAddress(url);
    return { address, client: connect(address, address.database) };
  }

  // The embedded engine may come back on another port.
  function current(): { address: StoreAddress; client: ClickHouseClient } {
    const url = urlNow();
    if (url !== open.url) {
      void open.client.close();
      open = { url, ...connected(url) };
    }
    return open;
  }

  async function call<T>(
    msMax: number,
    ask: (client: ClickHouseClient, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { address, client } = current();
    const late = AbortSignal.timeout(msMax);
    try {
      return await ask(client, late);
    } catch (cause) {
      throw storeError(cause, address, late.aborted ? msMax : null);
    }
  }

  async function insertOnce(
    table: string,
    columns: readonly string[],
    lines: Buffer,
    occasion: string,
  ) {
    const digest = createHash("sha256")
      .update(`${table}\n${occasion}\n`)
      .update(lines)
      .digest("hex");
    const sql = `INSERT INTO ${table} (${columns.join(", ")}) FORMAT JSONCompactEachRow`;
    await call(requestMsMax, async (client, signal) => {
      // Not client.insert(), which takes this format as objects only.
      const { stream } = await client.exec({
        query: sql,
        values: Readable.from([lines], { objectMode: false }),
        abort_signal: signal,
        clickhouse_settings: { ...INSERT_SETTINGS, insert_deduplication_token: digest },
      });
      await drainStream(stream);
    });
  }

  return {
    get database() {
      return current().address.database;
    },
    async insert(table, columns, lines, occasion = "") {
      for (const name of [table, ...columns]) assertIdentifier(name);
      for (const part of splitLines(lines, BOUNDS.insertBytesMax)) {
        await insertOnce(table, columns, part, occasion);
      }
    },
    async select<Row>(
      sql: string,
      parameters: Parameters<Store["select"]>[1] = {},
      bounds: Parameters<Store["select"]>[2] = {},
    ) {
      const timeMsMax = bounds.timeMsMax ?? BOUNDS.queryMsMax;
      return await call(Math.min(requestMsMax, timeMsMax + GRACE_MS), async (client, signal) => {
        const result = await client.query({
          query: sql,
          query_params: parameters,
          format: "JSONEachRow",
          abort_signal: signal,
          clickhouse_settings: selectSettings(bounds),
        });
        return await result.json<Row>();
      });
    },
    async command(sql) {
      await call(requestMsMax, (client, signal) =>
        client.command({ query: sql, abort_signal: signal }),
      );
    },
    async ping() {
      await call(Math.min(requestMsMax, BOUNDS.queryMsMax), async (client, signal) => {
        // The client's own ping asks neither for the database nor for the password.
        const result = await client.query({ query: "SELECT 1", abort_signal: signal });
        await result.text();
      });
    },
    async createDatabase(onCluster) {
      const { address } = current();
      const client = connect(address, "default");
      try {
        const sql = `CREATE DATABASE IF NOT EXISTS \`${address.database}\` ${onCluster}`.trim();
        await call(requestMsMax, (_, signal) =>
          client.command({ query: sql, abort_signal: signal }),
        );
      } finally {
        await client.close();
      }
    },
    close: () => open.client.close(),
  };
}

const SINGLE: Topology = { kind: "single" };
// The server ends a query at its own bound first, which gives the better error.
const GRACE_MS = 2_000;

function assertIdentifier(name: string): void {
  if (!IDENTIFIER.test(name)) throw new Error(`not a name of a table or column: ${name}`);
}

function storeError(cause: unknown, address: StoreAddress, lateMs: number | null): StoreError {
  if (cause instanceof StoreError) return cause;
  const where = printStoreAddress(address);
  if (lateMs !== null) {
    const message = `the store at ${where} did not answer within ${lateMs} ms`;
    return new StoreError(message, { cause, retryable: true });
  }
  const text = redacted(cause instanceof Error ? cause.message : String(cause), address);
  if (!(cause instanceof ClickHouseError)) {
    const message = `the store at ${where} does not answer: ${text}`;
    return new StoreError(message, { cause, retryable: true });
  }
  const advice = RIGHTS_CODES.has(cause.code)
    ? `; check user and password in SEALWATCH_CLICKHOUSE_URL, and the user's rights`
    : "";
  return new StoreError(
    `the store at ${where} refused: ${text} (${cause.type ?? "code"} ${cause.code})${advice}`,
    { cause, code: cause.code, retryable: !PERMANENT_CODES.has(cause.code) },
  );
}

// Nothing that we know of repeats a password; a proxy's error page might.
function redacted(text: string, address: StoreAddress): string {
  const cut = text.trim().slice(0, MESSAGE_CHARS_MAX);
  return address.password === "" ? cut : cut.replaceAll(address.password, "***");
}
