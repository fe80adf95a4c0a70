// Who is next, and who finds no seat.

import { expect, test } from "vitest";
import { createUploadTurns, type Seat } from "../../../services/api/upload-turns.ts";

const BOUNDS = { runningMax: 2, seatsMax: 6, seatsMaxEach: 4 };

function seat(found: Seat | null): Seat {
  if (found === null) throw new Error("there was no seat");
  return found;
}

test("callers take turns, each after all others, and no more at a time than may", async () => {
  const turns = createUploadTurns(BOUNDS);
  const done: string[] = [];
  let running = 0;
  let most = 0;
  const work = (name: string) => async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    done.push(name);
  };
  const many = ["a1", "a2", "a3", "a4"].map((name) => seat(turns.sit("a")).turn(work(name)));
  const few = ["b1", "c1"].map((name) => seat(turns.sit(name.slice(0, 1))).turn(work(name)));
  await Promise.all([...many, ...few]);
  expect(most).toBe(BOUNDS.runningMax);
  // Two of the first were running when the others came; then everybody has one before its next.
  expect(done.slice(0, 2)).toEqual(["a1", "a2"]);
  expect(done.slice(2, 5).toSorted()).toEqual(["a3", "b1", "c1"]);
  expect(done.at(-1)).toBe("a4");
});

test("a caller has its share of the seats, and all have all of them", () => {
  const turns = createUploadTurns(BOUNDS);
  const mine = Array.from({ length: 4 }, () => seat(turns.sit("a")));
  expect(turns.sit("a")).toBeNull();
  seat(turns.sit("b"));
  seat(turns.sit("b"));
  expect(turns.sit("c")).toBeNull();
  mine[0]?.leave();
  expect(turns.sit("c")).not.toBeNull();
  expect(turns.sit("c")).toBeNull();
});

test("a turn that fails is over", async () => {
  const turns = createUploadTurns({ ...BOUNDS, runningMax: 1 });
  const one = seat(turns.sit("a"));
  await expect(one.turn(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await one.turn(async () => "yes")).toBe("yes");
});
