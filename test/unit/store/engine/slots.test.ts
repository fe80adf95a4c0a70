// Bounded operations: order, failures, aborts, too many.

import { expect, test } from "vitest";
import { createSlots } from "../../../../services/store/engine/slots.ts";

function gate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

const never = () => new AbortController().signal;

test("runs no more than the bound at a time, first come first served", async () => {
  const slots = createSlots(2, 10);
  const gates = [gate(), gate(), gate(), gate()];
  const started: number[] = [];
  const runs = gates.map((each, index) =>
    slots.run(never(), () => {
      started.push(index);
      return each.passed;
    }),
  );
  await Promise.resolve();
  expect(started).toEqual([0, 1]);
  expect(slots.busy()).toBe(4);
  gates[1]?.open();
  await runs[1];
  await expect.poll(() => started).toEqual([0, 1, 2]);
  for (const each of gates) each.open();
  await Promise.all(runs);
  expect(started).toEqual([0, 1, 2, 3]);
  expect(slots.busy()).toBe(0);
});

test("a failure frees its slot", async () => {
  const slots = createSlots(1, 1);
  await expect(slots.run(never(), () => Promise.reject(new Error("x")))).rejects.toThrow("x");
  expect(await slots.run(never(), async () => 7)).toBe(7);
});

test("too many waiting are refused, an aborted one never runs", async () => {
  const slots = createSlots(1, 1);
  const first = gate();
  const running = slots.run(never(), () => first.passed);
  const aborter = new AbortController();
  let ran = false;
  const waiting = slots.run(aborter.signal, async () => {
    ran = true;
  });
  await expect(slots.run(never(), async () => {})).rejects.toMatchObject({
    type: "TOO_MANY_SIMULTANEOUS_QUERIES",
    status: 503,
  });
  aborter.abort();
  await expect(waiting).rejects.toMatchObject({ type: "QUERY_WAS_CANCELLED" });
  first.open();
  await running;
  expect(ran).toBe(false);
  expect(slots.busy()).toBe(0);
  await expect(slots.run(aborter.signal, async () => {})).rejects.toThrow(/went away/);
});
