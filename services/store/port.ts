// What the rest of the program knows of the store. There is one implementation, store/clickhouse.ts:
// the embedded engine speaks the same HTTP interface as a server.

/**
 * How the store fails, for the one who has to mend it: nobody answers or the connection was cut, no
 * answer in time, user or password or rights are wrong, or an answer that is an error.
 */
export type StoreFault = "away" | "slow" | "denied" | "refusing";

/** The store did not do what was asked. `retryable` says whether the same call may succeed later. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly retryable: boolean;
  readonly fault: StoreFault;
  /** ClickHouse error code as text, or "" when no server answered. */
  readonly code: string;
  constructor(message: string, options: StoreErrorOptions) {
    super(message, options);
    this.retryable = options.retryable;
    this.code = options.code ?? "";
    this.fault = options.fault ?? "refusing";
  }
}

/** Nobody waits for the answer any more: no fault of anything. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

interface StoreErrorOptions extends ErrorOptions {
  retryable: boolean;
  code?: string;
  /** "refusing" by default. */
  fault?: StoreFault;
}

export type QueryParameter = string | number | boolean | string[] | number[];

export interface QueryBounds {
  /** Seconds are ClickHouse's unit; we keep milliseconds like everywhere else. */
  timeMsMax?: number;
  rowsMax?: number;
  /** Ends the call, and the statement at the server, when nobody waits for the answer any more. */
  signal?: AbortSignal;
}

export interface Store {
  /**
   * True when one statement sees one state of each table, however often it names it and whatever is
   * inserted or merged meanwhile. Not so over shards.
   */
  readonly oneState?: boolean;
  /**
   * Inserts rows given as JSONCompactEachRow text. An insert is repeatable: the deduplication token is
   * made of occasion and text, and every table replaces rows by key.
   * @param occasion tells an insert from a later one of the same text, which may be wanted: an operator
   * removed the rows and imports them again
   * @throws StoreError
   */
  insert(
    table: string,
    columns: readonly string[],
    lines: string,
    occasion?: string,
  ): Promise<void>;
  /**
   * Runs a SELECT with {name:Type} parameters and returns its rows. UInt64 and Int64 come as decimal text.
   * @throws StoreError
   */
  select<Row>(
    sql: string,
    parameters?: Record<string, QueryParameter>,
    bounds?: QueryBounds,
  ): Promise<Row[]>;
  /** Runs a statement without a result: DDL, INSERT SELECT. Never with text from outside. */
  command(sql: string): Promise<void>;
  /** Rejects with a StoreError when the store does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
