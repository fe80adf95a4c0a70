// Who may look after what was started: the caller who started it, while it is remembered.

import { expect, test } from "vitest";
import type { Caller } from "../../../services/access/caller.ts";
import { createProgressBoard } from "../../../services/api/progress.ts";
import { progressWords } from "../../../services/api/progress-words.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";

const ann: Caller = { name: "Ann", id: "1", kind: "token", tenants: "all", scopes: ["admin"] };
const TASK = { kind: "import", receipts: [], sinceMs: 0, refused: [] } as const;

test("another caller does not find it, nor one of the same name or the same id elsewhere", () => {
  const board = createProgressBoard();
  const { id } = board.begin(ann, TASK);
  expect(board.find({ ...ann, scopes: ["read"] }, id)?.id).toBe(id);
  const others: Caller[] = [
    { ...ann, id: "2" },
    { ...ann, kind: "session" },
    { name: "Ann", kind: "token", tenants: "all", scopes: ["admin"] },
  ];
  expect(others.map((one) => board.find(one, id))).toEqual([null, null, null]);
  expect(board.find(ann, "")).toBeNull();
});

test("the oldest is forgotten first", () => {
  const board = createProgressBoard();
  const ids = Array.from({ length: BOUNDS.progressTasksMax + 1 }, () => board.begin(ann, TASK).id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.map((id) => board.find(ann, id) === null)).toEqual([
    true,
    ...ids.slice(1).map(() => false),
  ]);
});

test("so many watch at a time, and nobody once it is closed", () => {
  const board = createProgressBoard();
  const callers = BOUNDS.progressWatchersMax / BOUNDS.progressWatchersMaxEach;
  const leaves = Array.from({ length: BOUNDS.progressWatchersMax }, (_, i) =>
    board.watch(`caller ${i % callers}`),
  );
  expect(leaves).not.toContain(null);
  expect(board.watch("another")).toBeNull();
  // Told twice of its end, a watcher gives up one place.
  leaves[0]?.();
  leaves[0]?.();
  expect(board.watch("another")).not.toBeNull();
  expect(board.watch("another")).toBeNull();
  leaves[1]?.();
  board.close();
  expect(board.watch("another")).toBeNull();
  expect(board.closed.aborted).toBe(true);
});

test("one caller has few of these places", () => {
  const board = createProgressBoard();
  const leaves = Array.from({ length: BOUNDS.progressWatchersMaxEach }, () => board.watch("Ann"));
  expect(leaves).not.toContain(null);
  expect(board.watch("Ann")).toBeNull();
  expect(board.watch("Ben")).not.toBeNull();
  leaves[0]?.();
  expect(board.watch("Ann")).not.toBeNull();
});

test("words", () => {
  const none = { ended: 0, stored: 0, duplicate: 0, conflict: 0, quarantined: 0 };
  expect(progressWords(none, 1)).toBe("Being stored: 0 of 1 message; 0 reports stored.");
  const some = { ended: 1_200, stored: 1, duplicate: 2, conflict: 1, quarantined: 1_000 };
  expect(progressWords(some, 1_200)).toBe(
    "All done: 1,200 of 1,200 messages; 1 report stored, 2 duplicates, 1 conflict, 1,000 quarantined.",
  );
});
