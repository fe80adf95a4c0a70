// Bounds on the appends of an import, and what becomes of one that fails.

import { expect, test } from "vitest";
import { createPending } from "../../../services/cli/import-pending.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";

/** Appends that end when the test says so. */
function appends() {
  const started: { end(): void; fail(error: Error): void }[] = [];
  const append = () =>
    new Promise<void>((resolve, reject) => started.push({ end: resolve, fail: reject }));
  return { started, append };
}

/** Lets everything run that waits for nothing but its turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test.each([
  ["count", 1, BOUNDS.importPendingMax],
  ["bytes", BOUNDS.importPendingBytesMax / 4, 4],
])("no more than the bound by %s are on their way", async (_, bytes, most) => {
  const { started, append } = appends();
  const pending = createPending();
  const all = Promise.all(Array.from({ length: most }, () => pending.add(bytes, append)));
  await all;
  const next = pending.add(bytes, append);
  await turn();
  expect(started).toHaveLength(most);
  started[0]?.end();
  await next;
  expect(started).toHaveLength(most + 1);
});

test("one message over the bound of bytes goes alone", async () => {
  const { started, append } = appends();
  const pending = createPending();
  await pending.add(BOUNDS.importPendingBytesMax + 1, append);
  const next = pending.add(1, append);
  await turn();
  expect(started).toHaveLength(1);
  started[0]?.end();
  await next;
  expect(started).toHaveLength(2);
});

test("a failure is thrown by the next call, and is no unhandled rejection meanwhile", async () => {
  const { started, append } = appends();
  const pending = createPending();
  await pending.add(1, append);
  await pending.add(1, append);
  const unhandled: unknown[] = [];
  const listen = (error: unknown) => void unhandled.push(error);
  process.on("unhandledRejection", listen);
  started[0]?.fail(new Error("disk on fire"));
  await turn();
  await turn();
  process.off("unhandledRejection", listen);
  expect(unhandled).toEqual([]);
  await expect(pending.add(1, append)).rejects.toThrow("disk on fire");
  started[1]?.end();
  await expect(pending.end()).rejects.toThrow("disk on fire");
  expect(started).toHaveLength(2);
});
