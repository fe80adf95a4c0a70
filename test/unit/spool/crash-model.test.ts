// Invariant 1 against a file system that dies or fails at its n-th call, for every n of a whole run.

import { describe, expect, test } from "vitest";
import { silent } from "../../../services/observe/events.ts";
import { openSpoolReader } from "../../../services/spool/spool-reader.ts";
import { openSpoolWriter } from "../../../services/spool/spool-writer.ts";
import { type Crash, FakeDisk, type Fault } from "./fake-disk.ts";
import { ARRIVING, FOLDER, messages, OUTCOME, readAll } from "./sample.ts";

/** What the outside world knows after a run. */
interface Known {
  acknowledged: Map<string, string>;
  refused: Set<string>;
  stored: Map<string, string>;
}

/** Three waves of messages, each sealed; the second is drained. Ends early when the disk dies. */
async function run(disk: FakeDisk): Promise<Known> {
  const known: Known = { acknowledged: new Map(), refused: new Set(), stored: new Map() };
  const writer = await openSpoolWriter({ folder: FOLDER, emit: silent, disk });
  for (let wave = 0; wave < 3; wave++) {
    await Promise.all(
      [0, 1, 2, 3].map(async (index) => {
        const body = `report ${wave}.${index}\n#record 1 1 00000000\n`;
        try {
          known.acknowledged.set(await writer.append(ARRIVING, Buffer.from(body)), body);
        } catch {
          known.refused.add(body);
        }
      }),
    );
    if (wave !== 1) await writer.seal();
    if (wave === 1) await drain(disk, known).catch(() => {});
  }
  await writer.close();
  return known;
}

async function drain(disk: FakeDisk, known: Known): Promise<void> {
  const reader = await openReader(disk, false);
  for (const segment of await reader.list()) {
    for (const [receipt, body] of messages(await reader.read(segment))) {
      known.stored.set(receipt, body);
    }
    await reader.done(segment, OUTCOME);
  }
}

function openReader(disk: FakeDisk, ownersGone: boolean) {
  const fateOf = () => (ownersGone ? ("gone" as const) : ("alive" as const));
  return openSpoolReader({ folder: FOLDER, emit: silent, disk, fateOf });
}

/** Nothing acknowledged is missing, and no message has two receipts. */
async function check(known: Known, disk: FakeDisk): Promise<Map<string, string>> {
  const found = new Map(known.stored);
  for (const [receipt, body] of messages(await readAll(await openReader(disk, true)))) {
    expect(found.get(receipt) ?? body).toBe(body);
    found.set(receipt, body);
  }
  for (const [receipt, body] of known.acknowledged) expect(found.get(receipt)).toBe(body);
  expect(new Set(found.values()).size).toBe(found.size);
  return found;
}

async function countCalls(): Promise<number> {
  const disk = new FakeDisk();
  await run(disk);
  return disk.calls.length;
}

describe("the file system dies at the n-th call, for every n", () => {
  const kinds: Fault["kind"][] = ["dies-before", "dies-half", "dies-after"];
  const crashes: Crash[] = ["process", "power", "torn"];
  test.each(kinds.flatMap((kind) => crashes.map((crash) => [kind, crash] as const)))(
    "%s, %s",
    async (kind, crash) => {
      const calls = await countCalls();
      expect(calls).toBeGreaterThan(30);
      let died = 0;
      for (let call = 1; call <= calls; call++) {
        const disk = new FakeDisk();
        disk.fault = { call, kind };
        await check(await run(disk), disk.afterCrash(crash));
        died += disk.dead ? 1 : 0;
      }
      expect(died).toBeGreaterThan(calls - 5);
    },
  );
});

describe("the n-th call fails once, for every n", () => {
  test.each(["ENOSPC", "EIO"])("%s: nothing lost, nothing refused is kept", async (code) => {
    const calls = await countCalls();
    for (let call = 1; call <= calls; call++) {
      const disk = new FakeDisk();
      disk.fault = { call, kind: "fails", code };
      const known = await run(disk);
      const found = await check(known, disk.afterCrash("process"));
      for (const body of known.refused) expect([...found.values()]).not.toContain(body);
      expect(known.acknowledged.size + known.refused.size).toBe(12);
      expect(known.acknowledged.size).toBeGreaterThanOrEqual(8);
    }
  });
});
