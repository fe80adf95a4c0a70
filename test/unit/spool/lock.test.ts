// The lock of a data folder and the question whether its holder lives, with real files and processes.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { DataFolderUnusable } from "../../../services/spool/folders.ts";
import { acquireLock, DataFolderInUse, readLock } from "../../../services/spool/lock.ts";
import { type Owner, ownerFate, readOwner, thisOwner } from "../../../services/spool/owner.ts";
import { recorder } from "./sample.ts";

const SERVE = { role: "serve", api: "http://127.0.0.1:8080" };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwatch-lock-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** A lock file as a process of that kind would have left it. */
async function leave(owner: Owner, ageMs = 0): Promise<string> {
  const path = join(folder, "sealwatch.lock");
  await writeFile(path, JSON.stringify({ owner, startedMs: 0, ...SERVE }));
  const time = new Date(Date.now() - ageMs);
  await utimes(path, time, time);
  return path;
}

describe("the lock of a data folder", () => {
  test("is held by one, told to others, and free again after release", async () => {
    const lock = await acquireLock(folder, SERVE);
    expect(await readLock(folder)).toMatchObject({ ...SERVE, owner: { pid: process.pid } });
    const refused = acquireLock(folder, SERVE);
    await expect(refused).rejects.toBeInstanceOf(DataFolderInUse);
    await expect(refused).rejects.toThrow(
      new RegExp(`${folder} is in use by process ${process.pid} on .* since 20.*: stop it first`),
    );
    await lock.release();
    expect(await readLock(folder)).toBeNull();
    await (await acquireLock(folder, SERVE)).release();
  });

  test("is had by exactly one of many that ask at once, stale or not", async () => {
    await leave({ ...thisOwner(), start: "1" });
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => acquireLock(folder, SERVE)),
    );
    const held = results.filter((result) => result.status === "fulfilled");
    expect(held).toHaveLength(1);
    await held[0]?.value.release();
  });

  test.each([
    ["a process id that was given to another process", { start: "1" }],
    ["a process that is gone", { pid: 4_194_304 }],
  ])("left behind by %s is taken at once", async (_, change) => {
    await leave({ ...thisOwner(), ...change });
    expect(await readLock(folder)).toBeNull();
    await (await acquireLock(folder, SERVE)).release();
  });

  test("of another machine is taken after its silence", async () => {
    await leave({ ...thisOwner(), boot: "another" }, BOUNDS.ownerSilenceMsMax + 1_000);
    await (await acquireLock(folder, SERVE)).release();
  });

  test("of another machine that shows life is respected", async () => {
    const { emit, of } = recorder();
    const path = await leave({ ...thisOwner(), boot: "another" }, 3_000);
    expect(await readLock(folder)).not.toBeNull();
    const beat = setInterval(() => void utimes(path, new Date(), new Date()), 50);
    await expect(acquireLock(folder, SERVE, { emit })).rejects.toBeInstanceOf(DataFolderInUse);
    clearInterval(beat);
    expect(of("lock-waiting")).toHaveLength(1);
  });

  test("of a container with another name space of processes is not judged by process id", () => {
    const other = { ...thisOwner(), pidSpace: "pid:[1]", start: "1" };
    expect(ownerFate(other)).toBe("unknown");
  });

  test("that somebody else has taken meanwhile is not removed by release", async () => {
    const lock = await acquireLock(folder, SERVE);
    await leave(thisOwner());
    await lock.release();
    expect(await readLock(folder)).not.toBeNull();
  });

  test.each([
    ["another process has taken", () => leave({ ...thisOwner(), start: "1" })],
    ["somebody has removed", () => unlink(join(folder, "sealwatch.lock"))],
  ])("that %s is told of once, and shows life no more", async (_, interfere) => {
    const { emit, of } = recorder();
    let lost = 0;
    const onLost = () => void lost++;
    const lock = await acquireLock(folder, SERVE, { emit, onLost, heartbeatMs: 5 });
    await interfere();
    await vi.waitFor(() => expect(lost).toBe(1));
    const path = await leave(thisOwner(), 5_000);
    const { mtimeMs } = await stat(path);
    const other = await acquireLock(join(folder, "other"), SERVE, { heartbeatMs: 5 });
    const otherPath = join(folder, "other", "sealwatch.lock");
    const startedMs = (await stat(otherPath)).mtimeMs;
    // As many beats of another lock show that there was time for one of this.
    await vi.waitFor(async () =>
      expect((await stat(otherPath)).mtimeMs).toBeGreaterThan(startedMs + 20),
    );
    expect((await stat(path)).mtimeMs).toBe(mtimeMs);
    expect(of("lock-lost")).toHaveLength(1);
    expect(lost).toBe(1);
    await other.release();
    await lock.release();
  });

  test("cannot be had where the data folder is a file", async () => {
    const path = join(folder, "file");
    await writeFile(path, "");
    const refused = acquireLock(path, SERVE);
    await expect(refused).rejects.toBeInstanceOf(DataFolderUnusable);
    await expect(refused).rejects.toThrow(/cannot use the folder .*file \(EEXIST\): a file stands/);
  });
});

describe("owners", () => {
  let child: ChildProcess;

  beforeEach(() => {
    child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  });

  afterEach(() => {
    child.kill("SIGKILL");
  });

  test("this process is alive, and read back as written", () => {
    const self = thisOwner();
    expect(ownerFate(self)).toBe("alive");
    expect(readOwner(JSON.parse(JSON.stringify(self)))).toEqual(self);
  });

  test.each([null, 7, {}, { ...thisOwner(), pid: "7" }, { ...thisOwner(), pid: -1 }])(
    "%j is none",
    (value) => expect(readOwner(value)).toBeNull(),
  );

  test("a process is alive until it ends", async () => {
    const { pid = 0 } = child;
    const owner = { ...thisOwner(), pid, start: "" };
    expect(ownerFate(owner)).toBe("alive");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(ownerFate(owner)).toBe("gone");
  });
});
