// What the store is asked for per topology: the claims of commit.ts rest on it.

import { expect, test } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { topologySettings } from "../../../services/store/settings.ts";

const cluster = "example";
const quorum = {
  select_sequential_consistency: 1,
  insert_quorum: "auto",
  insert_quorum_parallel: 0,
  insert_quorum_timeout: BOUNDS.insertQuorumMsMax,
};

test("a single server reads what was inserted, also where it is a cloud", () => {
  expect(topologySettings({ kind: "single" })).toEqual({ select_sequential_consistency: 1 });
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
