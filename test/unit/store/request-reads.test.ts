// How pages ask the store: few questions at a time, equal ones once, and none for who has left.

import { expect, test } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import type { Store } from "../../../services/store/port.ts";
import { requestReads } from "../../../services/store/request-reads.ts";

interface Asked {
  sql: string;
  signal: AbortSignal | undefined;
  answer(): void;
}

/** A store that answers when a test says so. */
function held(oneState = true) {
  const asked: Asked[] = [];
  const unused = () => Promise.reject(new Error("not asked for here"));
  const select = (sql: string, _?: unknown, bounds?: { signal?: AbortSignal }) =>
    new Promise<never[]>((resolve, reject) => {
      const signal = bounds?.signal;
      signal?.addEventListener("abort", () => reject(new Error("ended")));
      asked.push({ sql, signal, answer: () => resolve([]) });
    });
  const store: Store = {
    ...{ oneState, select, insert: unused, command: unused, ping: unused, close: unused },
  };
  return { asked, readsOf: requestReads(store) };
}

/** Answers all that is asked, one after the other, and tells how many were on their way at most. */
async function answerAll(asked: readonly Asked[], until: Promise<unknown>): Promise<number> {
  let done = false;
  const end = () => {
    done = true;
  };
  until.then(end, end);
  let answered = 0;
  let most = 0;
  while (!done) {
    most = Math.max(most, asked.length - answered);
    asked[answered]?.answer();
    if (answered < asked.length) answered++;
    await new Promise(setImmediate);
  }
  return most;
}

const numbers = Array.from({ length: 10 }, (_, i) => `SELECT ${i}`);

test("few questions of a page run at a time, in their order", async () => {
  const { asked, readsOf } = held();
  const store = readsOf(new AbortController().signal);
  const all = Promise.all(numbers.map((sql) => store.select(sql)));
  expect(await answerAll(asked, all)).toBe(BOUNDS.requestReadsMax);
  expect(asked.map(({ sql }) => sql)).toEqual(numbers);
});

test("few questions of all pages run at a time", async () => {
  const { asked, readsOf } = held();
  const pages = Array.from({ length: 10 }, (_, page) => {
    const store = readsOf(new AbortController().signal, `reader ${page}`);
    return numbers.map((sql) => store.select(sql, { page }));
  });
  expect(await answerAll(asked, Promise.all(pages.flat()))).toBe(BOUNDS.readsMax);
  expect(asked).toHaveLength(100);
});

test("who asks much leaves places to others, and those who wait take turns", async () => {
  const { asked, readsOf } = held();
  const ask = (sql: string, who: string) => readsOf(new AbortController().signal, who).select(sql);
  const flood = Array.from({ length: 60 }, (_, i) => ask(`flood ${i}`, "one"));
  await new Promise(setImmediate);
  expect(asked).toHaveLength(BOUNDS.callerReadsMax);
  const others = ["two", "three"].flatMap((who) =>
    Array.from({ length: 5 }, (_, i) => ask(`${who} ${i}`, who)),
  );
  const told = () => asked.slice(BOUNDS.callerReadsMax).map(({ sql }) => sql);
  await new Promise(setImmediate);
  expect(told()).toEqual(["two 0", "two 1", "two 2", "two 3"]);
  expect(asked).toHaveLength(BOUNDS.readsMax);
  for (let i = 0; i < 4; i++) asked[i]?.answer();
  await new Promise(setImmediate);
  expect(told().slice(4)).toEqual(["flood 8", "two 4", "three 0", "flood 9"]);
  await answerAll(asked, Promise.all([...flood, ...others]));
  expect(asked).toHaveLength(70);
});

test("equal questions of the same moment are one, and others are not", async () => {
  const { asked, readsOf } = held();
  const ask = (tenants: string[]) =>
    readsOf(new AbortController().signal).select("SELECT 1", { tenants });
  const all = Promise.all([ask(["red"]), ask(["red"]), ask(["blue"])]);
  await answerAll(asked, all);
  expect(asked).toHaveLength(2);
  const later = ask(["red"]);
  await answerAll(asked, later);
  expect(asked, "nothing is kept").toHaveLength(3);
});

test("over shards, where one answer takes several statements, each page asks for itself", async () => {
  const { asked, readsOf } = held(false);
  const ask = () => readsOf(new AbortController().signal).select("SELECT 1");
  await answerAll(asked, Promise.all([ask(), ask()]));
  expect(asked).toHaveLength(2);
});

test("who leaves asks no more, and ends what nobody else waits for", async () => {
  const { asked, readsOf } = held();
  const [one, other] = [new AbortController(), new AbortController()];
  const store = readsOf(one.signal);
  const first = numbers.map((sql) => store.select(sql));
  const second = readsOf(other.signal).select("SELECT 0");
  await new Promise(setImmediate);
  one.abort();
  const ended = await Promise.allSettled(first);
  expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(["rejected"]));
  expect(asked).toHaveLength(BOUNDS.requestReadsMax);
  expect(asked.filter(({ signal }) => !signal?.aborted).map(({ sql }) => sql)).toEqual([
    "SELECT 0",
  ]);
  asked[0]?.answer();
  expect(await second).toEqual([]);
  const again = readsOf(other.signal).select("SELECT 1");
  await answerAll(asked, again);
});

test("a request asks each question once, also when it is answered already, and the next one asks anew", async () => {
  const { asked, readsOf } = held();
  const store = readsOf(new AbortController().signal);
  for (let time = 0; time < 2; time++) {
    const rows = store.select("SELECT 1");
    asked.at(-1)?.answer();
    await rows;
  }
  expect(asked).toHaveLength(1);
  const other = readsOf(new AbortController().signal).select("SELECT 1");
  asked.at(-1)?.answer();
  await other;
  expect(asked).toHaveLength(2);
});
