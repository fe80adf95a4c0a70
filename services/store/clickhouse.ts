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
import { type QueryBounds, type QueryParameter, type Store, StoreError } from "./port.ts";
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
// TIMEOUT_EXCEEDED, SOCKET_TIMEOUT, and the wait for replicas.
const TIME_CODES = new Set(["159", "209", "319"]);
const RIGHTS_ADVICE = "check user and password in SEALWATCH_CLICKHOUSE_URL, and the user's rights";
/** An older server does not know all settings that are sent with every call. */
const UNKNOWN_SETTING = "115";
const AGE_ADVICE = "Sealwatch wants ClickHouse 25.8 or later";
/** What Node and the client say of a connection that ended in the middle. */
const CUT_SHORT = /^(?:aborted|terminated|socket hang up|Timeout error\.|.*premature close)/i;
/** Pages of proxies that ask for credentials say so in many words, and all with one of these. */
const DENIAL = /\b(?:40[13]|unauthorized|forbidden|authentication|access denied)\b/i;
const RIGHTS_CODES = new Set(["192", "193", "194", "195", "497", "516"]);
const IDENTIFIER = /^\w+$/;
const MESSAGE_CHARS_MAX = 1_000;

/**
 * Makes a store; nothing is asked of the server before the first call.
 * @throws StoreError when the address cannot be read
 */
export function connectStore(options: ConnectOptions): ServerStore {
  return new ClickHouseStore(options);
}

interface Connection {
  url: string;
  address: StoreAddress;
  client: ClickHouseClient;
}

/** What a server refuses by default (max_query_size) is refused here, so that every test sees it. */
function assertShort(sql: string): void {
  if (Buffer.byteLength(sql) <= BOUNDS.statementBytesMax) return;
  const message = `a statement has more than ${BOUNDS.statementBytesMax} bytes`;
  throw new StoreError(message, { retryable: false, code: "62" });
}

class ClickHouseStore implements ServerStore {
  readonly oneState: boolean;
  readonly #requestMsMax: number;
  readonly #settings: Record<string, string | number>;
  readonly #url: () => string;
  #connection: Connection;

  constructor({ url, topology = SINGLE, requestMsMax }: ConnectOptions) {
    this.#requestMsMax = requestMsMax ?? BOUNDS.storeRequestMsMax;
    this.oneState = topology.kind !== "sharded";
    this.#settings = { ...PINNED_SETTINGS, ...topologySettings(topology) };
    this.#url = typeof url === "function" ? url : () => url;
    this.#connection = this.#connect(this.#url());
  }

  get database(): string {
    return this.#connection.address.database;
  }

  async insert(table: string, columns: readonly string[], lines: string, occasion: string) {
    for (const name of [table, ...columns]) assertIdentifier(name);
    const query = `INSERT INTO ${table} (${columns.join(", ")}) FORMAT JSONCompactEachRow`;
    for (const part of splitLines(lines, BOUNDS.insertBytesMax)) {
      const token = createHash("sha256").update(`${table}\n${occasion}\n`).update(part);
      await this.#insertPart(query, part, token.digest("hex"));
    }
  }

  // Not client.insert(), which takes this format as objects only.
  async #insertPart(query: string, lines: Buffer, token: string): Promise<void> {
    await this.#call(this.#requestMsMax, async (client, signal) => {
      const { stream } = await client.exec({
        query,
        values: Readable.from([lines], { objectMode: false }),
        abort_signal: signal,
        clickhouse_settings: { ...INSERT_SETTINGS, insert_deduplication_token: token },
      });
      await drainStream(stream);
    });
  }

  async select<Row>(
    sql: string,
    parameters: Record<string, QueryParameter> = {},
    bounds: QueryBounds = {},
  ): Promise<Row[]> {
    assertShort(sql);
    const msMax = (bounds.timeMsMax ?? BOUNDS.queryMsMax) + GRACE_MS;
    const asking = async (client: ClickHouseClient, signal: AbortSignal) => {
      const result = await client.query({
        query: sql,
        query_params: parameters,
        format: "JSONEachRow",
        abort_signal: signal,
        clickhouse_settings: selectSettings(bounds),
      });
      return await result.json<Row>();
    };
    return await this.#call(msMax, asking, bounds.signal);
  }

  async command(sql: string): Promise<void> {
    assertShort(sql);
    await this.#call(this.#requestMsMax, (client, signal) =>
      client.command({ query: sql, abort_signal: signal }),
    );
  }

  // The client's own ping asks neither for the database nor for the password.
  async ping(): Promise<void> {
    await this.select("SELECT 1");
  }

  async createDatabase(onCluster: string): Promise<void> {
    const { address } = this.#current();
    const client = this.#client(address, "default");
    const sql = `CREATE DATABASE IF NOT EXISTS \`${address.database}\` ${onCluster}`.trim();
    try {
      await this.#call(this.#requestMsMax, (_, signal) =>
        client.command({ query: sql, abort_signal: signal }),
      );
    } finally {
      await client.close();
    }
  }

  async close(): Promise<void> {
    await this.#connection.client.close();
  }

  async #call<T>(
    msMax: number,
    ask: (client: ClickHouseClient, signal: AbortSignal) => Promise<T>,
    gone?: AbortSignal,
  ): Promise<T> {
    const { address, client } = this.#current();
    const late = AbortSignal.timeout(Math.min(msMax, this.#requestMsMax));
    try {
      return await ask(client, gone ? AbortSignal.any([late, gone]) : late);
    } catch (cause) {
      throw storeError(cause, address, late.aborted ? msMax : null);
    }
  }

  // The embedded engine may come back on another port.
  #current(): Connection {
    const url = this.#url();
    if (url !== this.#connection.url) {
      void this.#connection.client.close();
      this.#connection = this.#connect(url);
    }
    return this.#connection;
  }

  #connect(url: string): Connection {
    const address = parseStoreAddress(url);
    return { url, address, client: this.#client(address, address.database) };
  }

  #client(address: StoreAddress, database: string): ClickHouseClient {
    return createClient({
      url: address.origin,
      username: address.user,
      password: address.password,
      database,
      application: "sealwatch",
      request_timeout: this.#requestMsMax,
      max_open_connections: BOUNDS.storeConnectionsMax,
      clickhouse_settings: this.#settings,
      use_multipart_params_auto: true,
      // Errors are told by the callers, once.
      log: { level: ClickHouseLogLevel.OFF },
    });
  }
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
    return new StoreError(message, { cause, retryable: true, fault: "slow" });
  }
  const text = redacted(cause instanceof Error ? cause.message : String(cause), address);
  if (!(cause instanceof ClickHouseError)) return unspokenError(cause, where, text);
  const { code } = cause;
  const denied = RIGHTS_CODES.has(code);
  const advice = denied ? `; ${RIGHTS_ADVICE}` : code === UNKNOWN_SETTING ? `; ${AGE_ADVICE}` : "";
  return new StoreError(
    `the store at ${where} refused: ${text} (${cause.type ?? "code"} ${code})${advice}`,
    {
      cause,
      code,
      retryable: !PERMANENT_CODES.has(code),
      fault: TIME_CODES.has(code) ? "slow" : denied ? "denied" : "refusing",
    },
  );
}

/**
 * An error that ClickHouse did not print. The system's have a code: nobody answered, or not to the
 * end. One without is the text of an HTTP answer, such as a proxy's page.
 */
function unspokenError(cause: unknown, where: string, text: string): StoreError {
  const ofSystem = cause instanceof Error && "code" in cause;
  if (ofSystem || CUT_SHORT.test(text)) {
    const message = `the store at ${where} does not answer: ${text}`;
    return new StoreError(message, { cause, retryable: true, fault: "away" });
  }
  if (DENIAL.test(text)) {
    const message = `the store at ${where} lets nobody in: ${text}; ${RIGHTS_ADVICE}`;
    return new StoreError(message, { cause, retryable: true, fault: "denied" });
  }
  const message = `the store at ${where} does not answer as ClickHouse does: ${text || "no text"}`;
  return new StoreError(message, { cause, retryable: true, fault: "refusing" });
}

// Nothing that we know of repeats a password; a proxy's error page might.
function redacted(text: string, address: StoreAddress): string {
  const cut = text.trim().slice(0, MESSAGE_CHARS_MAX);
  return address.password === "" ? cut : cut.replaceAll(address.password, "***");
}
