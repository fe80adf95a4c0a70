// Files that are handed in on a page: a thread that does not come back costs its file, and nothing else.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packageRoot } from "../../../services/assets.ts";
import { reportFiles } from "../../../services/cli/report-files.ts";
import { readFile } from "../../../services/cli/report-files-thread.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";

const folder = mkdtempSync(join(tmpdir(), "sealwatch-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A thread that hangs, dies or throws by the name of its file, and answers others. */
const THREAD = `
import { parentPort } from "node:worker_threads";
parentPort.on("message", ({ name }) => {
  if (name === "hangs") for (;;);
  if (name === "dies") process.exit(3);
  if (name === "throws") throw new Error("on purpose");
  parentPort.postMessage({ readings: [], unread: [{ place: name, why: "answered" }], more: false });
});`;
const threadFile = join(folder, "thread.mjs");
writeFileSync(threadFile, THREAD);
const { explain, messages } = reportFiles({
  messageBytesMax: 1_000,
  threadFile,
  explainMsMax: 2_000,
});
const NOTHING = new Uint8Array(0);
const whyOf = async (name: string) => (await explain({ name, bytes: NOTHING })).unread[0]?.why;

test("what a thread does to itself is told of its file, and the next file is read", async () => {
  expect(await whyOf("good")).toBe("answered");
  expect(await whyOf("hangs")).toBe("took more than 2 s to read");
  expect(await whyOf("good")).toBe("answered");
  expect(await whyOf("dies")).toBe("could not be read: its thread ended");
  expect(await whyOf("throws")).toBe("could not be read: on purpose");
  const both = await Promise.all(["hangs", "good", "good"].map(whyOf));
  expect(both).toEqual(["took more than 2 s to read", "answered", "answered"]);
});

test("messages are those of an import, and one that is too large says so", async () => {
  const mbox = `From a\n\nx\n\nFrom b\n\n${"y".repeat(2_000)}\n\nFrom c\n\nz\n`;
  const found: string[] = [];
  for await (const one of messages({ name: "m.mbox", bytes: Buffer.from(mbox) })) {
    found.push("why" in one ? one.place : Buffer.from(one.bytes).toString().trim());
  }
  expect(found).toEqual(["x", "m.mbox, message 2", "z"]);
});

test("reports of one file are explained up to a bound, which is told", async () => {
  const path = join(packageRoot(), "test", "fixtures", "reports", "google.json");
  const mail = `From a\nContent-Type: application/tlsrpt+json\n\n${readFileSync(path, "utf8")}\n\n`;
  const bytes = Buffer.from(mail.repeat(BOUNDS.explainReadingsMax + 1));
  const told = {
    name: "m.mbox",
    bytes,
    messageBytesMax: BOUNDS.messageBytesMax,
    nowMs: Date.now(),
  };
  const reading = await readFile(told);
  expect(reading.readings).toHaveLength(BOUNDS.explainReadingsMax);
  expect([reading.more, reading.unread]).toEqual([true, []]);
  const last = reading.readings.at(-1);
  expect(last?.usable && last.failed_sessions).toBe(3);
});
