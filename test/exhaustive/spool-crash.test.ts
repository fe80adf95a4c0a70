// Kills a process that writes to the spool, at any moment, and looks for everything that it had
// acknowledged. What a power cut does is in test/unit/spool/crash-model.test.ts.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silent } from "../../services/observe/events.ts";
import { type OpenSpoolReader, openSpoolReader } from "../../services/spool/spool-reader.ts";

const KILLS = 20;
const CHILD = fileURLToPath(new URL("./spool-child.ts", import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwatch-spool-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Lets a child write until it has acknowledged so many, kills it, and gives what it said. */
async function writeAndKill(round: number, count: number): Promise<Map<string, string>> {
  const args = ["--import", "tsx", CHILD, folder, String(round)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("latin1").on("data", (text: string) => {
    said += text;
    if (said.split("\n").length > count) child.kill("SIGKILL");
  });
  await once(child, "close");
  const lines = said.slice(0, said.lastIndexOf("\n")).split("\n");
  return new Map(lines.map((line): [string, string] => [line.slice(0, 26), line.slice(27)]));
}

/** Drains the spool into a map of receipt and body number. */
async function drain(reader: OpenSpoolReader, stored: Map<string, string>): Promise<void> {
  for (const segment of await reader.list()) {
    for (const record of await reader.read(segment)) {
      if (record.kind !== "message") continue;
      const text = Buffer.from(record.raw.bytes).toString();
      const body = text.slice(0, text.indexOf("\n"));
      expect(text).toBe(Buffer.alloc(2_048, `${body}\n`).toString());
      stored.set(record.raw.arrival.receipt, body);
    }
    const counts = { received: 0, stored: 0, duplicate: 0, conflict: 0, quarantined: 0 };
    await reader.done(segment, { ...counts, reasons: {}, examples: [] });
  }
}

test(`kill -9 ${KILLS} times: everything acknowledged is there, once`, async () => {
  const reader = await openSpoolReader({ folder, emit: silent });
  const stored = new Map<string, string>();
  for (let round = 0; round < KILLS; round++) {
    const acknowledged = await writeAndKill(round, 1 + round * 97);
    expect(acknowledged.size).toBeGreaterThan(round * 97);
    await drain(reader, stored);
    for (const [receipt, body] of acknowledged) expect(stored.get(receipt)).toBe(body);
  }
  expect(new Set(stored.values()).size).toBe(stored.size);
});
