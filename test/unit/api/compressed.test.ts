// Bodies that are compressed while they are made.

import { gunzipSync } from "node:zlib";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { compressed } from "../../../services/api/compressed.ts";

function serve(pieces: () => AsyncIterable<string>) {
  const app = new Hono();
  app.get("/", (c) => compressed(c, pieces()));
  return (accept?: string) =>
    app.request("/", accept === undefined ? {} : { headers: { "Accept-Encoding": accept } });
}

async function* two() {
  yield "first, ";
  yield "second: ä";
}

test.each([
  ["gzip", "gzip"],
  ["br, GZIP;q=0.5", "gzip"],
  ["*", "gzip"],
  ["gzip;q=0", null],
  ["*;q=0", null],
  ["br", null],
  [undefined, null],
])("Accept-Encoding: %s is answered with %s", async (accept, encoding) => {
  const answer = await serve(two)(accept);
  expect(answer.headers.get("Content-Encoding")).toBe(encoding);
  expect(answer.headers.get("Vary")).toBe("Accept-Encoding");
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect((encoding ? gunzipSync(bytes) : bytes).toString()).toBe("first, second: ä");
});

test("a piece is sent before the next is made", async () => {
  let release = () => {};
  const waits = new Promise<void>((resolve) => {
    release = resolve;
  });
  async function* slow() {
    yield "seen at once";
    await waits;
    yield ", and the rest";
  }
  const { body } = await serve(slow)("gzip");
  const seen: Uint8Array[] = [];
  const text = () =>
    gunzipSync(Buffer.concat(seen), { finishFlush: 2 /* Z_SYNC_FLUSH */ }).toString();
  const reader = body?.getReader();
  while (seen.length === 0 || !text().includes("at once")) {
    const { value } = (await reader?.read()) ?? {};
    if (value) seen.push(value);
  }
  expect(text()).toBe("seen at once");
  release();
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { done: true };
    if (done) break;
    if (value) seen.push(value);
  }
  expect(text()).toBe("seen at once, and the rest");
});

test("when a reader goes away, nothing more is made", async () => {
  let ended = false;
  async function* endless() {
    try {
      for (let i = 0; ; i++) yield `${i} `.repeat(1_000);
    } finally {
      ended = true;
    }
  }
  const { body } = await serve(endless)("gzip");
  const reader = body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await expect.poll(() => ended).toBe(true);
});
