// The real file system behind the spool, and what is said of folders that cannot be used.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodeDisk, remaining } from "../../../services/spool/disk.ts";
import { DataFolderUnusable, prepareFolders } from "../../../services/spool/folders.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwatch-disk-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe("the real disk", () => {
  test("writes chunks at a position, truncates and reads back", async () => {
    const path = join(folder, "file");
    const handle = await nodeDisk.create(path);
    await nodeDisk.write(handle, [Buffer.from("one"), Buffer.from("two")], 0);
    await nodeDisk.write(handle, [Buffer.from("X"), Buffer.from("Y")], 2);
    await nodeDisk.write(handle, [], 0);
    await nodeDisk.datasync(handle);
    expect(Buffer.from(await nodeDisk.read(path)).toString()).toBe("onXYwo");
    await nodeDisk.truncate(handle, 3);
    expect(Buffer.from(await nodeDisk.read(path, 100)).toString()).toBe("onX");
    expect(Buffer.from(await nodeDisk.read(path, 2)).toString()).toBe("on");
    const state = await nodeDisk.stat(path);
    expect(state).toMatchObject({ bytes: 3, inode: await nodeDisk.inode(handle) });
    await nodeDisk.close(handle);
    await expect(nodeDisk.create(path)).rejects.toMatchObject({ code: "EEXIST" });
    await nodeDisk.unlink(path);
    expect(await nodeDisk.stat(path)).toBeNull();
  });

  test("writes more chunks than one system call takes", async () => {
    const path = join(folder, "file");
    const handle = await nodeDisk.create(path);
    const chunks = Array.from({ length: 3_000 }, (_, index) => Buffer.from(`${index},`));
    await nodeDisk.write(handle, chunks, 0);
    await nodeDisk.close(handle);
    expect(Buffer.from(await nodeDisk.read(path)).equals(Buffer.concat(chunks))).toBe(true);
  });

  test("a short write goes on where it stopped", () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 6 });
    fc.assert(
      fc.property(chunks, fc.nat(40), (given, count) => {
        const rest = Buffer.concat(remaining(given, count));
        expect(rest.equals(Buffer.concat(given).subarray(count))).toBe(true);
      }),
    );
  });

  test("tells how much may still be written", async () => {
    expect(await nodeDisk.freeBytes(folder)).toBeGreaterThan(0);
  });
});

describe("the folders of the spool", () => {
  test("are made with their parents, and may be there already", async () => {
    const data = join(folder, "a", "b");
    const folders = await prepareFolders(nodeDisk, data);
    expect((await nodeDisk.list(folders.spool)).sort()).toEqual([
      "damaged",
      "done",
      "open",
      "ready",
    ]);
    await prepareFolders(nodeDisk, data);
  });

  test("a file in their way is named with the way out", async () => {
    await writeFile(join(folder, "spool"), "");
    const refused = prepareFolders(nodeDisk, folder);
    await expect(refused).rejects.toBeInstanceOf(DataFolderUnusable);
    await expect(refused).rejects.toThrow(/spool \(EEXIST\): a file stands where a folder/);
  });

  test.each([
    ["EACCES", /let user id \d+ read, write and enter it, or set SEALWATCH_DATA_DIR/],
    ["EROFS", /mounted read-only/],
    ["ENOSPC", /free some space/],
    ["EIO", /or set SEALWATCH_DATA_DIR to another folder/],
  ])("%s is explained", async (code, advice) => {
    const failing = {
      ...nodeDisk,
      checkFolder: () => Promise.reject(Object.assign(new Error(code), { code })),
    };
    await expect(prepareFolders(failing, folder)).rejects.toThrow(advice);
  });
});
