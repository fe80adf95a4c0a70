// The schema as each topology gets it, whole and token by token. single runs for real in integration.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../../services/assets.ts";
import { ledgerStatement, render, type Topology } from "../../../services/store/topology.ts";

const FOLDER = join(packageRoot(), "schemas", "clickhouse");
const TOPOLOGIES: Topology[] = [
  { kind: "single" },
  { kind: "replicated", cluster: "example" },
  { kind: "sharded", cluster: "example" },
];

// The whole schema as each topology gets it; `vitest -u` writes the files anew.
test.each(TOPOLOGIES)("the rendered schema of $kind is as committed", async (topology) => {
  const files = readdirSync(FOLDER).sort();
  const statements = files.flatMap((file) =>
    render(readFileSync(join(FOLDER, file), "utf8"), topology, "sealwatch"),
  );
  const text = [ledgerStatement(topology, "sealwatch"), ...statements].join(";\n\n");
  expect(text).not.toMatch(/\{\{|\}\}/);
  const snapshot = join(packageRoot(), "test", "fixtures", "schema", `${topology.kind}.sql`);
  await expect(`${text};\n`).toMatchFileSnapshot(snapshot);
});

describe("render", () => {
  const [single, replicated, sharded] = TOPOLOGIES as [Topology, Topology, Topology];
  const SQL = `-- A comment; with a semicolon.
CREATE TABLE {{table:x}} {{on_cluster}} (a UInt8)
ENGINE = {{engine:ReplacingMergeTree(a)}} ORDER BY a SETTINGS {{durable}};

{{distributed:x:cityHash64(a)}}
ALTER TABLE {{table:x}} {{on_cluster}} ADD COLUMN IF NOT EXISTS b String DEFAULT ';';
`;

  test("cuts statements at line ends only", () => {
    expect(render(SQL, single, "d")).toHaveLength(2);
    expect(render(SQL, sharded, "d")).toHaveLength(3);
  });

  test("single has plain engines and remembers inserts", () => {
    const [create] = render(SQL, single, "d");
    expect(create).toContain("CREATE TABLE `d`.`x`  (a UInt8)");
    expect(create).toContain("ENGINE = ReplacingMergeTree(a)");
    expect(create).toContain("non_replicated_deduplication_window");
  });

  test("replicated puts Keeper path and replica before the engine's own arguments", () => {
    const [create] = render(SQL, replicated, "d");
    expect(create).toContain("ON CLUSTER `example`");
    expect(create).toContain(
      "ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', a)",
    );
    expect(create).toContain(" replicated_deduplication_window = ");
  });

  test("sharded has local tables and one over them", () => {
    const [create, distributed, alter] = render(SQL, sharded, "d");
    expect(create).toContain("CREATE TABLE `d`.`x_local`");
    expect(distributed).toContain("AS `d`.`x_local`");
    expect(distributed).toContain("Distributed('example', 'd', 'x_local', cityHash64(a))");
    expect(alter).toContain("ALTER TABLE `d`.`x_local`");
  });

  test("an engine without arguments stays without an empty one", () => {
    expect(render("ENGINE = {{engine:MergeTree}}", replicated, "d")).toEqual([
      "ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')",
    ]);
  });

  test("names are quoted, unknown tokens are a mistake", () => {
    const odd: Topology = { kind: "replicated", cluster: "a`b" };
    expect(render("X {{on_cluster}}", odd, "d")).toEqual(["X ON CLUSTER `a``b`"]);
    expect(() => render("{{tabel:x}}", single, "d")).toThrow(/unknown token \{\{tabel:x\}\}/);
  });
});
