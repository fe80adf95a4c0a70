// The sharded schema on the real engine, as far as one process goes: a cluster of one shard, which
// is this process itself. What needs Keeper (ON CLUSTER, Replicated engines) is taken out first.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assetPath } from "../../services/assets.ts";
import { connectStore, type ServerStore } from "../../services/store/clickhouse.ts";
import { ledgerStatement, render, type Topology } from "../../services/store/topology.ts";
import { type StandaloneEngine, startStandaloneEngine } from "../support/standalone-engine.ts";

const SHARDED: Topology = { kind: "sharded", cluster: "example" };
// The engine takes a replica for itself when host and port are its own; nothing listens there.
const CONFIG = `<clickhouse><tcp_port>9000</tcp_port><remote_servers><example><shard><replica>
<host>127.0.0.1</host><port>9000</port>
</replica></shard></example></remote_servers></clickhouse>`;

let folder: string;
let engine: StandaloneEngine;
let store: ServerStore;

function withoutKeeper(statement: string): string {
  return statement
    .replaceAll(" ON CLUSTER `example`", "")
    .replace(/Replicated(\w+)\('[^']*', '[^']*'(?:, )?/, "$1(");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwatch-sharded-"));
  const configFile = join(folder, "config.xml");
  await writeFile(configFile, CONFIG);
  engine = await startStandaloneEngine(join(folder, "store"), 0, configFile);
  store = connectStore({ url: engine.url, topology: SHARDED });
  await store.createDatabase("");
  await store.command(withoutKeeper(ledgerStatement(SHARDED, store.database)));
  for (const file of (await readdir(assetPath("schemas", "clickhouse"))).sort()) {
    const sql = await readFile(assetPath("schemas", "clickhouse", file), "utf8");
    for (const statement of render(sql, SHARDED, store.database)) {
      await store.command(withoutKeeper(statement));
    }
  }
});

afterAll(async () => {
  await store?.close();
  await engine?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("there is one table over the shards for each local one", async () => {
  const sql = "SELECT name, engine FROM system.tables WHERE database = 'sealwatch' ORDER BY name";
  const tables = await store.select<{ name: string; engine: string }>(sql);
  const local = tables.filter((table) => table.name.endsWith("_local")).map((table) => table.name);
  const over = tables.filter((table) => table.engine === "Distributed").map((table) => table.name);
  expect(local.length).toBeGreaterThanOrEqual(5);
  expect(over.map((name) => `${name}_local`)).toEqual(local);
});

test("rows go through to the shard before the insert is acknowledged", async () => {
  const columns = ["tenant", "receipt", "item", "received_at", "raw_base64", "version"];
  const insert = (version: number, deleted: number) => {
    const cells = ["t", "R", 1, "2026-01-02 00:00:00", "/wD+", version, deleted];
    return store.insert("quarantine", [...columns, "is_deleted"], `${JSON.stringify(cells)}\n`, "");
  };
  await insert(1, 0);
  await insert(1, 0);
  const raw = "SELECT hex(raw) AS raw FROM quarantine_local FINAL";
  expect(await store.select(raw)).toEqual([{ raw: "FF00FE" }]);
  const all = "SELECT hex(raw) AS raw FROM quarantine FINAL WHERE tenant = {t:String}";
  expect(await store.select(all, { t: "t" })).toEqual([{ raw: "FF00FE" }]);
  await insert(2, 1);
  expect(await store.select(all, { t: "t" })).toEqual([]);
});

test("joins and subqueries over the shards are allowed", async () => {
  const sql = `SELECT count() AS n FROM reports AS r
    WHERE report_key IN (SELECT report_key FROM policy_summaries)`;
  expect(await store.select(sql)).toEqual([{ n: "0" }]);
});
