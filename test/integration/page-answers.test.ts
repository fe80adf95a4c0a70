// How pages are answered as a whole: 404 where there is no such thing, the frame before the store is asked,
// and statements that end with the one who asked.

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestReads } from "../../services/store/request-reads.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { type PostmasterServer, startPostmasterServer } from "../support/postmaster-server.ts";

const UUID = "01234567-89ab-4def-8123-456789abcdef";

describe("pages", () => {
  let server: PostmasterServer;
  beforeAll(async () => {
    server = await startPostmasterServer(0);
  });
  afterAll(() => server.stop());

  test.each([
    ["/domains/nobody.example", 404],
    ["/problems/0123456789abcdef0123456789abcdef", 404],
    ["/problems/nonsense", 404],
    [`/reports/${UUID}`, 404],
    ["/quarantine/nothing", 404],
    [`/domains/${"d".repeat(300)}`, 404],
    ["/?last=30d", 200],
  ])("%s: %i", async (path, status) => {
    const answer = await fetch(`${server.url}${path}`, { headers: { Accept: "text/html" } });
    const text = await answer.text();
    expect(answer.status).toBe(status);
    expect(text).toContain('<nav aria-label="Pages">');
    expect(text).toMatch(/<\/html>\s*$/);
    if (path.startsWith("/domains/nobody")) expect(text).not.toContain('id="timeline"');
  });

  test.each(["/domains/example.com", "/problems", "/api/v1/problems"])(
    "%s: who goes away leaves no statement behind, and no fault is told of",
    async (path) => {
      const before = server.failures.length;
      for (let i = 0; i < 10; i++) {
        const gone = new AbortController();
        const answer = fetch(`${server.url}${path}?last=${300 + i}d`, { signal: gone.signal });
        const read = answer.then((one) => one.text());
        await sleep(5 + 15 * i);
        gone.abort();
        await read.catch(() => {});
      }
      const running = async () => {
        const sql =
          "SELECT count() AS n FROM system.processes WHERE query LIKE '%failure_details%'";
        const [row] = await server.stored.store.select<{ n: string }>(sql);
        // The question itself is one of them.
        return Number(row?.n) - 1;
      };
      await expect.poll(running).toBe(0);
      expect(server.failures.slice(before)).toEqual([]);
    },
  );
});

test("a statement ends when the one who asked has gone", async () => {
  const stored: TestStore = await startTestStore();
  try {
    const gone = new AbortController();
    const mark = "long statement of a page";
    const sql = `SELECT '${mark}', sum(sleepEachRow(0.1)) FROM numbers(100) SETTINGS max_block_size = 1`;
    const asked = requestReads(stored.store)(gone.signal).select(sql);
    const running = async () => {
      const like = `SELECT count() AS n FROM system.processes WHERE query LIKE {like:String}
        AND query NOT LIKE '%system.processes%'`;
      const [row] = await stored.store.select<{ n: string }>(like, { like: `%${mark}%` });
      return Number(row?.n);
    };
    await expect.poll(running, { timeout: 5_000 }).toBe(1);
    gone.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(running, { timeout: 4_000 }).toBe(0);
  } finally {
    await stored.stop();
  }
});
