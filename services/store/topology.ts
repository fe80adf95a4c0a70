// Renders the numbered SQL files for where they run: one server (or ClickHouse Cloud), a replicated
// cluster, or a sharded one. A file says what it wants with tokens in double braces; see the table.

/** `cluster` is a name of system.clusters. */
export type Topology =
  | { kind: "single" }
  | { kind: "replicated"; cluster: string }
  | { kind: "sharded"; cluster: string };

// How many inserts back a repeated one is recognised. Rows also replace each other by key, so that
// this saves work and is not what "once" rests on.
const SINGLE_TABLE_SETTINGS =
  "non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1";
const REPLICATED_TABLE_SETTINGS =
  "replicated_deduplication_window = 10000, replicated_deduplication_window_seconds = 604800, " +
  "fsync_after_insert = 1, fsync_part_directory = 1";

const TOKEN = /\{\{(\w+)(?::([^{}]*))?\}\}/g;

/**
 * The statements of one SQL file. A statement ends with ";" at the end of a line, {{distributed}} with
 * its line; one that renders to nothing is left out, comments are kept.
 * @throws Error on a token that is not known: a mistake in our own file
 */
export function render(sql: string, topology: Topology, database: string): string[] {
  return sql
    .replace(/^(\{\{distributed:[^{}]*\}\})[ \t]*$/gm, "$1;")
    .split(/;[ \t]*(?:\n|$)/)
    .map((part) => replaceTokens(part, topology, database).trim())
    .filter((part) => withoutComments(part) !== "");
}

/** ON CLUSTER of the topology, or "". */
export function onCluster(topology: Topology): string {
  return topology.kind === "single" ? "" : `ON CLUSTER ${name(topology.cluster)}`;
}

/** The ledger of migrations: one for a whole cluster, also when it is sharded. */
export function ledgerStatement(topology: Topology, database: string): string {
  const engine =
    topology.kind === "single"
      ? "ReplacingMergeTree"
      : "ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')";
  const head = `CREATE TABLE IF NOT EXISTS ${name(database)}.schema_migrations`;
  return `${[head, onCluster(topology)].join(" ").trim()} (
  version UInt32,
  name String,
  sha256 String,
  applied_at DateTime('UTC') DEFAULT now()
)
ENGINE = ${engine}
ORDER BY version
SETTINGS ${tableSettings(topology)}`;
}

function replaceTokens(part: string, topology: Topology, database: string): string {
  return part.replace(TOKEN, (token, kind: string, argument: string | undefined) => {
    const text = argument ?? "";
    if (kind === "table") return table(text, topology, database);
    if (kind === "on_cluster") return onCluster(topology);
    if (kind === "engine") return engine(text, topology);
    if (kind === "durable") return tableSettings(topology);
    if (kind === "distributed") return distributed(text, topology, database);
    throw new Error(`unknown token ${token}: services/store/topology.ts knows the others`);
  });
}

function table(text: string, topology: Topology, database: string): string {
  const local = topology.kind === "sharded" ? `${text}_local` : text;
  return `${name(database)}.${name(local)}`;
}

// {uuid}, {shard} and {replica} are macros of the server.
function engine(text: string, topology: Topology): string {
  if (topology.kind === "single") return text;
  const [, family = "", rest = ""] = /^(\w+)(?:\((.*)\))?$/.exec(text.trim()) ?? [];
  if (family === "") throw new Error(`not a table engine: ${text}`);
  const path = "'/clickhouse/tables/{uuid}/{shard}', '{replica}'";
  return `Replicated${family}(${[path, rest].filter((part) => part !== "").join(", ")})`;
}

function tableSettings(topology: Topology): string {
  return topology.kind === "single" ? SINGLE_TABLE_SETTINGS : REPLICATED_TABLE_SETTINGS;
}

function distributed(text: string, topology: Topology, database: string): string {
  if (topology.kind !== "sharded") return "";
  const colon = text.indexOf(":");
  const [to, key] = [text.slice(0, colon), text.slice(colon + 1)];
  const cluster = topology.cluster.replaceAll("'", "\\'");
  return [
    `CREATE TABLE IF NOT EXISTS ${name(database)}.${name(to)} ${onCluster(topology)}`,
    `AS ${table(to, topology, database)}`,
    `ENGINE = Distributed('${cluster}', '${database}', '${to}_local', ${key})`,
  ].join("\n");
}

function name(text: string): string {
  return `\`${text.replaceAll("`", "``")}\``;
}

function withoutComments(statement: string): string {
  return statement.replace(/^--.*$/gm, "").trim();
}
