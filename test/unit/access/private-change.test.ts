// Changes of a private file by several at once: nobody undoes what another did, however slow and however
// long ago it was begun.

import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { changePrivate } from "../../../services/access/private-change.ts";
import { PrivateFileError, readPrivate } from "../../../services/access/private-file.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { temporaryFolder, waitUntil } from "../../support/program.ts";

const SOON_MS = 5_000;

let data = "";
let path = "";
let remove = () => {};

beforeEach(() => {
  const made = temporaryFolder();
  data = join(made.folder, "data");
  path = join(data, "access", "list");
  remove = made.remove;
});

afterEach(() => remove());

const textNow = async () => (await readPrivate(path, 10_000))?.toString() ?? "";
const beside = () => readdirSync(dirname(path));
const stakes = () => {
  const lock = `${path}.lock`;
  return readdirSync(lock).map((name) => join(lock, name));
};

/** Adds a letter to what is there. */
const add = (letter: string) =>
  changePrivate(path, data, async (replace) => replace((await textNow()) + letter));

/** A change that has read, and writes when it is told to. */
function slowly(letter: string) {
  let go = () => {};
  let begun = false;
  const wait = new Promise<void>((resolve) => {
    go = resolve;
  });
  const done = changePrivate(path, data, async (replace) => {
    const before = await textNow();
    begun = true;
    await wait;
    await replace(before + letter);
  });
  // Looked at later; until then it is no unhandled rejection.
  done.catch(() => {});
  return { go, done, begun: () => waitUntil("the change", SOON_MS, async () => begun) };
}

/** What a process left that was killed, or is very slow. */
function age(restMs: number) {
  const made = new Date(Date.now() - BOUNDS.privateFileLockAgeMsMax + restMs);
  for (const stake of stakes()) utimesSync(stake, made, made);
}

test("changes that are made at once are all kept", async () => {
  const letters = [..."abcdefghijkl"];
  await Promise.all(letters.map(add));
  expect([...(await textNow())].sort()).toEqual(letters);
  expect(beside()).toEqual(["list"]);
});

test("a lock that was left behind is taken over once it is old, and no sooner", async () => {
  const left = slowly("a");
  await left.begun();
  const restMs = 300;
  age(restMs);
  const sinceMs = performance.now();
  await add("b");
  expect(performance.now() - sinceMs).toBeGreaterThan(restMs / 2);
  expect(await textNow()).toBe("b");
  left.go();
  await expect(left.done).rejects.toThrow(PrivateFileError);
  expect(beside()).toEqual(["list"]);
});

test("of two slow changes the one that lost its lock is refused, and takes nobody else's", async () => {
  await add("a");
  const one = slowly("1");
  await one.begun();
  age(-1);
  const other = slowly("2");
  await other.begun();
  one.go();
  await expect(one.done).rejects.toThrow(/took so long that another process made one: try again/);
  // The lock of the other is still one: a third waits for it.
  const third = add("3");
  await expect(Promise.race([third, pause(200)])).resolves.toBe("nothing yet");
  expect(await textNow()).toBe("a");
  other.go();
  await Promise.all([other.done, third]);
  expect(await textNow()).toBe("a23");
  expect(beside()).toEqual(["list"]);
});

test("a change that fails or changes nothing gives the lock back", async () => {
  await add("a");
  const failing = changePrivate(path, data, async () => {
    throw new Error("no such token");
  });
  await expect(failing).rejects.toThrow("no such token");
  expect(await changePrivate(path, data, async () => "as it was")).toBe("as it was");
  expect(readFileSync(path, "utf8")).toBe("a");
  expect(beside()).toEqual(["list"]);
});

test("a lock that nobody gives back is told with the way out", async () => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.lock`, "");
  const add = changePrivate(path, data, async (replace) => replace("a"), 300);
  await expect(add).rejects.toThrow(/another process changes .*list; remove .*list\.lock if/);
  expect(beside()).toEqual(["list.lock"]);
});

function pause(ms: number): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => resolve("nothing yet"), ms);
  });
}
