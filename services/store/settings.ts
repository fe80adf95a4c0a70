// Every ClickHouse setting that results depend on, pinned: the defaults differ between versions and
// between servers. Only settings that ClickHouse 25.8 and later know.

import { BOUNDS } from "../core/bounds.ts";
import type { QueryBounds } from "./port.ts";
import type { Topology } from "./topology.ts";

type Settings = Record<string, string | number>;

/** For every call. */
export const PINNED_SETTINGS = {
  // An error then comes as a status, not in the middle of a result.
  wait_end_of_query: 1,
  session_timezone: "UTC",
  // 64-bit integers survive JSON only as text.
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_denormals: 0,
  date_time_output_format: "simple",
  date_time_input_format: "best_effort",
  join_use_nulls: 0,
  // It compares every condition of a statement with every other before a row is read: half the time of an
  // answer about a small domain, and nothing won.
  optimize_and_compare_chain: 0,
  // Statements that change a table return when it is changed everywhere.
  mutations_sync: "2",
  alter_sync: "2",
  distributed_ddl_output_mode: "throw",
} as const satisfies Settings;

/** For inserts of rows: durable when acknowledged, and a repeated one is harmless. */
export const INSERT_SETTINGS = {
  async_insert: 0,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  // An import of years has a part per month.
  max_partitions_per_insert_block: "0",
} as const satisfies Settings;

/**
 * What the claims of ingest/commit.ts rest on: whoever inserted last reads all that was inserted. They
 * are sent with every call, since resolve.ts also writes by INSERT SELECT.
 */
export function topologySettings(topology: Topology): Settings {
  const single = {
    // Without replicas it changes nothing; ClickHouse Cloud, a single server to us, has some.
    select_sequential_consistency: 1,
    // What Store.oneState promises.
    enable_shared_storage_snapshot_in_query: 1,
  };
  if (topology.kind === "single") return single;
  const replicated = {
    ...single,
    // An insert is acknowledged by most replicas, one insert at a time: with parallel ones no replica
    // could tell what it lacks. The one that is told to wait (286) is repeated by its writer.
    insert_quorum: "auto",
    insert_quorum_parallel: 0,
    insert_quorum_timeout: BOUNDS.insertQuorumMsMax,
  };
  if (topology.kind === "replicated") return replicated;
  return {
    ...replicated,
    // The insert returns when the shards have the rows, not when they are queued for them.
    distributed_foreground_insert: 1,
    distributed_product_mode: "global",
  };
}

/** Bounds of one SELECT; more rows than allowed are an error, never a silent cut. */
export function selectSettings(bounds: QueryBounds): Settings {
  return {
    readonly: 2,
    // A call that ends early (QueryBounds.signal) ends the statement too.
    cancel_http_readonly_queries_on_client_close: 1,
    max_execution_time: (bounds.timeMsMax ?? BOUNDS.queryMsMax) / 1000,
    timeout_overflow_mode: "throw",
    max_result_rows: String(bounds.rowsMax ?? BOUNDS.queryRowsMax),
    max_result_bytes: String(BOUNDS.queryResultBytesMax),
    result_overflow_mode: "throw",
    max_memory_usage: String(BOUNDS.queryMemoryBytesMax),
  };
}
