// Streams of progress over time: what is said while nothing changes, when somebody comes back, and at the end
// of the process. The waits are shortened; the store answers at once, or is away.

import { expect, test, vi } from "vitest";
import { createAccess, type Way } from "../../../services/access/access.ts";
import { everybodyWay, MACHINE } from "../../../services/access/ways.ts";
import { createApi } from "../../../services/api/app.ts";
import { createProgressBoard } from "../../../services/api/progress.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { printReceipt } from "../../../services/core/receipt.ts";
import { silent } from "../../../services/observe/events.ts";
import { StoreError } from "../../../services/store/port.ts";

vi.mock(import("../../../services/core/bounds.ts"), async (original) => {
  const { BOUNDS: bounds } = await original();
  const short = { progressPollMs: 5, progressHeartbeatMs: 40, progressMsMax: 1_000 };
  return { BOUNDS: Object.assign({}, bounds, short) };
});

const NOW_MS = Date.parse("2026-03-20T10:00:00Z");
const RECEIPTS = [0, 1].map((n) => printReceipt(NOW_MS, new Uint8Array(16).fill(n)));
const ENDED = { ended_at: "2026-03-20T10:00:01.000Z", duplicate: "0", conflict: "0" };
const ROWS = RECEIPTS.map((receipt) => ({ ...ENDED, receipt, stored: "1", quarantined: "0" }));
const HEARTBEAT = ": still here\n\n";

function serve(rows: () => Record<string, unknown>[], way: Way = everybodyWay(MACHINE)) {
  const unused = () => Promise.reject(new Error("nothing is written here"));
  const select = async <Row>() => rows() as Row[];
  const progress = createProgressBoard();
  const app = createApi({
    store: { select, insert: unused, command: unused, ping: async () => {}, close: async () => {} },
    spool: null,
    ready: async () => ({ ready: true, checks: {} }),
    metrics: async () => ({ contentType: "text/plain", text: "" }),
    emit: silent,
    access: createAccess([way]),
    loginPath: null,
    reportUrl: null,
    reportAddress: null,
    version: "1.2.3",
    progress,
  });
  const task = { kind: "import", receipts: RECEIPTS, sinceMs: 0, refused: [] } as const;
  const path = `/events/progress/${progress.begin(MACHINE, task).id}`;
  const follow = async (headers: Record<string, string> = {}, method = "GET") =>
    app.request(path, { headers, method });
  return { progress, follow };
}

const idOf = (text: string) => /^id: (.*)$/m.exec(text)?.[1] ?? "";
const countOf = (text: string, word: string) => text.split(word).length - 1;

test("while nothing changes it says once what is, and then only that it lives", async () => {
  const text = await (await serve(() => ROWS.slice(0, 1)).follow()).text();
  expect(countOf(text, "event: progress")).toBe(1);
  expect(text).toContain('"ended":1');
  // It ends by itself after BOUNDS.progressMsMax, and the browser asks again.
  expect(countOf(text, HEARTBEAT)).toBeGreaterThanOrEqual(2);
  expect(countOf(text, HEARTBEAT)).toBeLessThanOrEqual(
    BOUNDS.progressMsMax / BOUNDS.progressHeartbeatMs,
  );
  expect(text).not.toContain("event: done");
});

test("who comes back is told what is new, and the end in any case", async () => {
  let ended = 1;
  const { follow } = serve(() => ROWS.slice(0, ended));
  const id = idOf(await (await follow()).text());
  expect(id).not.toBe("");
  const again = await (await follow({ "Last-Event-ID": id })).text();
  expect(countOf(again, "event: ")).toBe(0);
  ended = 2;
  const done = await (await follow({ "Last-Event-ID": id })).text();
  expect(countOf(done, "event: done")).toBe(1);
  expect(countOf(done, "event: ")).toBe(1);
  expect(await (await follow({ "Last-Event-ID": idOf(done) })).text()).toBe(done);
});

test("a store that is away is waited for", async () => {
  let asked = 0;
  const { follow } = serve(() => {
    asked += 1;
    if (asked < 5) throw new StoreError("is away", { retryable: true });
    return ROWS;
  });
  expect(countOf(await (await follow()).text(), "event: done")).toBe(1);
  expect(asked).toBe(5);
});

test("the end of the process ends all streams at once, and their places are free", async () => {
  const { progress, follow } = serve(() => []);
  const streams = await Promise.all(
    Array.from({ length: BOUNDS.progressWatchersMaxEach }, () => follow()),
  );
  const more = await follow();
  expect([more.status, more.headers.get("Retry-After")]).toEqual([429, "2"]);
  const beganMs = performance.now();
  const texts = streams.map((stream) => stream.text());
  progress.close();
  await Promise.all(texts);
  expect(performance.now() - beganMs).toBeLessThan(BOUNDS.progressMsMax / 2);
});

test("who goes away gives the place up", async () => {
  const { follow } = serve(() => []);
  for (let i = 0; i < 3 * BOUNDS.progressWatchersMaxEach; i++) {
    const answer = await follow();
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
  }
});

test("HEAD says what a stream would be, and holds no place", async () => {
  const { follow } = serve(() => ROWS);
  for (let i = 0; i < 3 * BOUNDS.progressWatchersMaxEach; i++) {
    const answer = await follow({}, "HEAD");
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "text/event-stream"]);
  }
  expect(countOf(await (await follow()).text(), "event: done")).toBe(1);
});

test("whose right ends while they watch is told no more", async () => {
  let known = true;
  const way: Way = { identify: async () => (known ? MACHINE : "refused") };
  const { follow } = serve(() => ROWS.slice(0, 1), way);
  const beganMs = performance.now();
  const answer = await follow();
  const text = answer.text();
  known = false;
  expect(await text).not.toContain("event: done");
  expect(performance.now() - beganMs).toBeLessThan(BOUNDS.progressMsMax / 2);
});
