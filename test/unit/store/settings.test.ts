// What the store is asked for per topology: the claims of commit.ts rest on it.

import { expect, test } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { topologySettings } from "../../../services/store/settings.ts";

const cluster = "example";
const single = { select_sequential_consistency: 1, enable_shared_storage_snapshot_in_query: 1 };
const quorum = {
  ...single,
  insert_quorum: "auto",
  insert_quorum_parallel: 0,
  insert_quorum_timeout: BOUNDS.insertQuorumMsMax,
};

test("a single server reads what was inserted, and each table in one state", () => {
  expect(topologySettings({ kind: "single" })).toEqual(single);
});

test("replicas acknowledge by quorum, one insert after another", () => {
  expect(topologySettings({ kind: "replicated", cluster })).toEqual(quorum);
  expect(topologySettings({ kind: "sharded", cluster })).toEqual({
    ...quorum,
    distributed_foreground_insert: 1,
    distributed_product_mode: "global",
  });
});

test("the wait for a quorum ends before the call does, so that the server says what failed", () => {
  expect(BOUNDS.insertQuorumMsMax).toBeLessThan(BOUNDS.storeRequestMsMax);
});
