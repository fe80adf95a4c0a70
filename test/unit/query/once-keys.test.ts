// Of rows that were written again the newest of each key stands: the keys are those of the tables.

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { assetPath } from "../../../services/assets.ts";
import { MARKED_KEYS } from "../../../services/query/once.ts";

const folder = assetPath("schemas", "clickhouse");
const schemas = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, "utf8"));

test.each(Object.entries(MARKED_KEYS))("%s is sorted by the key that is read", (table, key) => {
  const schema = schemas.find((sql) => sql.includes(`{{table:${table}}}`)) ?? "";
  expect(/^ORDER BY \((.*)\)$/m.exec(schema)?.[1]).toBe(key);
  expect(schema).toContain("{{engine:ReplacingMergeTree(version, is_deleted)}}");
});

test("each table that says what was written again has one", () => {
  const marked = schemas.filter((sql) => /^ {2}rewritten UInt8,$/m.test(sql));
  expect(marked).toHaveLength(Object.keys(MARKED_KEYS).length);
});
