// Brings the store's tables to what this version of the program needs: numbered SQL files, forward
// only, with a ledger of what was applied and of what text. Two programs may do it at once.

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { assetPath } from "../assets.ts";
import type { ServerStore } from "./clickhouse.ts";
import { StoreError } from "./port.ts";
import { ledgerStatement, onCluster, render, type Topology } from "./topology.ts";

export interface MigrateOptions {
  /** Told one sentence per applied file. */
  log?: (message: string) => void;
  /** Folder of the SQL files, by default schemas/clickhouse. */
  folder?: string;
}

export interface Migrated {
  /** Names of the files that were applied now, and of those that were there. */
  applied: string[];
  present: string[];
}

interface Migration {
  version: number;
  /** "0001_reports" */
  name: string;
  sql: string;
  sha256: string;
}

interface LedgerRow {
  version: number;
  name: string;
  sha256: string;
}

const LEDGER = "schema_migrations";
const FILE = /^(\d{4})_[a-z0-9_]+\.sql$/;
const UNKNOWN_DATABASE = "81";

/**
 * Makes the database when it is not there and applies what the ledger does not list.
 * @throws StoreError, not retryable, when the ledger and the files contradict each other
 */
export async function migrate(
  store: ServerStore,
  topology: Topology,
  options: MigrateOptions = {},
): Promise<Migrated> {
  const files = await readMigrations(options.folder ?? assetPath("schemas", "clickhouse"));
  await ensureDatabase(store, topology);
  await store.command(ledgerStatement(topology, store.database));
  const ledger = await readLedger(store);
  const pending = checkLedger(files, ledger);
  for (const migration of pending) {
    for (const statement of render(migration.sql, topology, store.database)) {
      await store.command(statement);
    }
    const cells = [migration.version, migration.name, migration.sha256];
    await store.insert(LEDGER, ["version", "name", "sha256"], `${JSON.stringify(cells)}\n`, "");
    options.log?.(`schema migration ${migration.name} applied`);
  }
  const applied = pending.map((migration) => migration.name);
  return { applied, present: ledger.map((row) => row.name) };
}

// A user without the right to make databases can use one that is there.
async function ensureDatabase(store: ServerStore, topology: Topology): Promise<void> {
  try {
    await store.ping();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== UNKNOWN_DATABASE) throw error;
    await store.createDatabase(onCluster(topology));
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => FILE.test(name)).sort();
  return await Promise.all(
    names.map(async (file) => {
      const sql = await readFile(join(folder, file), "utf8");
      const sha256 = createHash("sha256").update(sql).digest("hex");
      return { version: Number(file.slice(0, 4)), name: file.slice(0, -4), sql, sha256 };
    }),
  );
}

async function readLedger(store: ServerStore): Promise<LedgerRow[]> {
  return await store.select<LedgerRow>(
    `SELECT version, name, sha256 FROM ${LEDGER} FINAL ORDER BY version`,
  );
}

// Gives what is still to apply, or refuses.
function checkLedger(files: Migration[], ledger: LedgerRow[]): Migration[] {
  for (const row of ledger) {
    const file = files.find((candidate) => candidate.version === row.version);
    if (file === undefined) {
      throw refusal(
        `the store has schema migration ${row.name}, which this program does not know: ` +
          "it was used by a newer Sealwatch; run that version or a later one",
      );
    }
    if (file.sha256 !== row.sha256) {
      throw refusal(
        `schemas/clickhouse/${file.name}.sql differs from what was applied to the store as ` +
          `${row.name}: restore the file, changes belong into a new one`,
      );
    }
  }
  const last = ledger.at(-1)?.version ?? 0;
  const pending = files.filter((file) => !ledger.some((row) => row.version === file.version));
  const skipped = pending.find((file) => file.version < last);
  if (skipped !== undefined) {
    throw refusal(
      `schema migration ${skipped.name} was never applied though later ones were: ` +
        "give it a number above all others",
    );
  }
  return pending;
}

function refusal(message: string): StoreError {
  return new StoreError(message, { retryable: false });
}
