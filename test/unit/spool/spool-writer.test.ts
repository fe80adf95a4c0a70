// Group commit, sealing, failing disks, capacity and refusals, on a file system in memory.

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { RECEIPT_PATTERN } from "../../../services/core/receipt.ts";
import { openSpoolReader } from "../../../services/spool/spool-reader.ts";
import {
  type OpenSpoolWriter,
  openSpoolWriter,
  type SpoolWriterOptions,
} from "../../../services/spool/spool-writer.ts";
import { FakeDisk } from "./fake-disk.ts";
import { ARRIVING, FOLDER, messages, type Recorder, readAll, recorder } from "./sample.ts";

let disk: FakeDisk;
let events: Recorder;
let writer: OpenSpoolWriter;

async function open(options: Partial<SpoolWriterOptions> = {}): Promise<void> {
  await writer?.close();
  writer = await openSpoolWriter({ folder: FOLDER, emit: events.emit, disk, ...options });
  disk.calls.length = 0;
}

const append = (body: string) => writer.append(ARRIVING, Buffer.from(body));
const appendMany = (count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => append(`report ${index}`)));
const calls = (name: string) => disk.calls.filter((call) => call === name).length;
const ready = () => disk.paths().filter((path) => path.includes("/ready/"));
const openFiles = () => disk.paths().filter((path) => path.includes("/open/"));

async function read() {
  const fateOf = () => "gone" as const;
  return readAll(await openSpoolReader({ folder: FOLDER, emit: events.emit, disk, fateOf }));
}

beforeEach(async () => {
  disk = new FakeDisk();
  events = recorder();
  await open();
});

afterEach(async () => {
  vi.useRealTimers();
  await writer.close();
});

describe("group commit", () => {
  test("concurrent appends share one write and one fsync", async () => {
    const receipts = await appendMany(100);
    expect(calls("write")).toBe(1);
    expect(calls("datasync")).toBe(1);
    expect(new Set(receipts).size).toBe(100);
    for (const receipt of receipts) expect(receipt).toMatch(RECEIPT_PATTERN);
  });

  test("a group has no more records than the bound", async () => {
    await appendMany(BOUNDS.commitRecordsMax + 1);
    expect(calls("datasync")).toBe(2);
  });

  test("nothing is acknowledged before the file and its folder entry are durable", async () => {
    const order: string[] = [];
    disk.before = (call) => order.push(call);
    await append("report").then(() => order.push("acknowledged"));
    expect(order).toEqual([
      "create",
      "inode",
      "syncFolder",
      "write",
      "datasync",
      "stat",
      "acknowledged",
    ]);
  });

  test("records are read back in the order of their appends, byte for byte", async () => {
    const receipts = await appendMany(20);
    receipts.push(await append("last #record 1 1 00000000\nÄ\u0000"));
    const found = messages(await read());
    expect(found.map(([receipt]) => receipt)).toEqual(receipts);
    expect(found[19]?.[1]).toBe("report 19");
    expect(found[20]?.[1]).toBe("last #record 1 1 00000000\nÄ\u0000");
  });

  test("keeps the arrival, and a receipt and a time that were given", async () => {
    const receipt = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    const arriving = { ...ARRIVING, receipt, receivedAtMs: 1_700_000_000_000, reprocess: true };
    expect(await writer.append(arriving, new Uint8Array(0))).toBe(receipt);
    expect(await read()).toEqual([
      { kind: "message", raw: { arrival: arriving, bytes: new Uint8Array(0) } },
    ]);
  });
});

describe("sealing", () => {
  test("by age", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    await append("report");
    expect(ready()).toHaveLength(0);
    vi.advanceTimersByTime(BOUNDS.segmentAgeMsMax);
    await vi.waitFor(() => expect(ready()).toHaveLength(1));
    expect(openFiles()).toHaveLength(0);
  });

  test("by records", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    await appendMany(BOUNDS.segmentRecordsMax);
    await vi.waitFor(() => expect(ready()).toHaveLength(1));
  });

  test("later when many segments wait", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    for (let index = 0; index <= BOUNDS.segmentBacklogMax; index++) {
      const sequence = String(index).padStart(6, "0");
      disk.put(
        `/data/spool/ready/20260101T000000000Z-00000000-1-${sequence}.seg`,
        Buffer.from("x"),
      );
    }
    await open();
    await append("report");
    const before = ready().length;
    vi.advanceTimersByTime(BOUNDS.segmentAgeMsMax);
    await append("report");
    expect(ready()).toHaveLength(before);
    vi.advanceTimersByTime(BOUNDS.segmentAgeMsMaxBacklog);
    await vi.waitFor(() => expect(ready()).toHaveLength(before + 1));
  });

  test("on demand, with what was appended just before; an empty one never appears", async () => {
    await writer.seal();
    expect(disk.paths()).toEqual([]);
    const appended = append("report");
    await writer.seal();
    await appended;
    await writer.seal();
    expect(ready()).toHaveLength(1);
  });

  test("an import learns the names of its segments", async () => {
    await open({ notify: true });
    await append("one");
    await writer.seal();
    await append("two");
    await writer.close();
    expect(ready()).toEqual(writer.segments().map((name) => `/data/spool/ready/${name}.seg`));
    expect(writer.segments()[0]).toMatch(/-n$/);
  });

  test("is tried again when the rename fails", async () => {
    await append("report");
    disk.failing.set("rename", "EIO");
    await writer.seal();
    expect(events.of("segment-seal-failed")).toHaveLength(1);
    disk.failing.clear();
    await writer.seal();
    expect(ready()).toHaveLength(1);
  });

  test("after close everything is refused", async () => {
    await writer.close();
    await expect(append("late")).rejects.toMatchObject({ reason: "stopping" });
  });
});

describe("a disk that does not take writes", () => {
  test.each([
    ["write", "ENOSPC", "disk-full"],
    ["write", "EDQUOT", "disk-full"],
    ["write", "EIO", "spool-failed"],
    ["create", "EROFS", "spool-failed"],
    ["syncFolder", "EIO", "spool-failed"],
    ["datasync", "EIO", "spool-failed"],
    ["datasync", "ENOSPC", "disk-full"],
    ["stat", "EIO", "spool-failed"],
  ])("%s with %s: the group is refused as %s, then taken again", async (call, code, reason) => {
    const kept = await append("before");
    if (call !== "write") await writer.seal();
    disk.failing.set(call, code);
    await expect(append("refused")).rejects.toMatchObject({ reason, cause: { code } });
    expect(writer.state().refusing).toBe(reason);
    expect(events.of("spool-refusing")).toHaveLength(1);
    disk.failing.clear();
    const after = await append("after");
    expect(writer.state().refusing).toBeNull();
    expect(events.of("spool-recovered")).toHaveLength(1);
    expect(messages(await read())).toEqual([
      [kept, "before"],
      [after, "after"],
    ]);
  });

  test("a file whose fsync failed is never synced again", async () => {
    await append("before");
    disk.failing.set("datasync", "EIO");
    await expect(append("refused")).rejects.toMatchObject({ reason: "spool-failed" });
    expect(ready()).toHaveLength(1);
    expect(openFiles()).toHaveLength(0);
  });

  test("recovers without a message to try it on", async () => {
    vi.useFakeTimers({ toFake: ["setInterval"] });
    await open();
    disk.failing.set("write", "EIO");
    await expect(append("refused")).rejects.toMatchObject({ reason: "spool-failed" });
    vi.advanceTimersByTime(BOUNDS.spoolScanMs);
    await vi.waitFor(() => expect(calls("write")).toBeGreaterThan(1));
    expect(writer.state().refusing).toBe("spool-failed");
    disk.failing.clear();
    await vi.waitFor(() => {
      vi.advanceTimersByTime(BOUNDS.spoolScanMs);
      expect(writer.state().refusing).toBeNull();
    });
    await writer.close();
    expect(disk.paths()).toEqual([]);
  });
});

describe("capacity", () => {
  test("refuses when the spool is full, takes again when it was drained", async () => {
    vi.useFakeTimers({ toFake: ["setInterval"] });
    await open({ bytesMax: 2_000 });
    await append("x".repeat(1_000));
    await expect(append("x".repeat(1_000))).rejects.toMatchObject({ reason: "spool-full" });
    await writer.seal();
    expect(writer.state().bytes).toBeGreaterThan(1_000);
    for (const path of ready()) await disk.unlink(path);
    await vi.waitFor(() => {
      vi.advanceTimersByTime(BOUNDS.spoolScanMs);
      expect(writer.state().bytes).toBe(0);
    });
    await append("x".repeat(1_000));
  });

  test("counts the segments that were there before", async () => {
    disk.put("/data/spool/ready/20260101T000000000Z-00000000-1-000001.seg", Buffer.alloc(900));
    await open({ bytesMax: 1_000 });
    expect(writer.state().bytes).toBe(900);
    await expect(append("x".repeat(200))).rejects.toMatchObject({ reason: "spool-full" });
  });

  test("leaves free space on the disk", async () => {
    disk.free = 10_000;
    await open({ diskFreeBytesMin: 9_000 });
    await append("small");
    await expect(append("x".repeat(2_000))).rejects.toMatchObject({ reason: "disk-full" });
    disk.free = 5_000;
    await open({ diskFreeBytesMin: 9_000 });
    expect(writer.state().refusing).toBe("disk-full");
    expect(events.of("spool-refusing")).toMatchObject([{ reason: "disk-full" }]);
  });

  test("bounds the bytes in flight, but takes one message of any size", async () => {
    const large = new Uint8Array(BOUNDS.inFlightBytesMax - 10);
    disk.failing.set("write", "EIO");
    const first = writer.append(ARRIVING, large).catch(() => disk.failing.clear());
    await expect(append("x".repeat(11))).rejects.toMatchObject({ reason: "too-busy" });
    await first;
    await append("x".repeat(11));
  });
});

describe("refusals", () => {
  test("are counted and written on close", async () => {
    writer.refuse("smtp", "too-large");
    writer.refuse("smtp", "too-large", 2);
    writer.refuse("https", "aborted");
    await writer.close();
    expect(await read()).toMatchObject([
      {
        kind: "refusals",
        refusals: [
          { channel: "smtp", reason: "too-large", count: 3 },
          { channel: "https", reason: "aborted", count: 1 },
        ],
      },
    ]);
  });

  test("are written every few seconds, and kept while the disk fails", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "performance"] });
    await open();
    disk.failing.set("write", "ENOSPC");
    writer.refuse("smtp", "disk-full");
    const pass = () => vi.advanceTimersByTime(BOUNDS.refusalFlushMs);
    await vi.waitFor(() => {
      pass();
      expect(calls("write")).toBeGreaterThan(0);
    });
    disk.failing.clear();
    await vi.waitFor(() => {
      pass();
      const written = openFiles().map((path) => disk.bytesOf(path).toString());
      expect(written.join("")).toContain('"reason":"disk-full","count":1');
    });
  });
});

describe("a segment that is taken over while in use", () => {
  const takeAway = () => {
    for (const path of openFiles()) disk.move(path, path.replace("/open/", "/ready/"));
  };

  test.each(["write", "datasync", "stat"])(
    "before %s: the group is written again",
    async (call) => {
      const before = await append("before");
      disk.before = (name) => {
        if (name !== call) return;
        disk.before = () => {};
        takeAway();
      };
      const after = await append("after");
      await writer.close();
      expect(new Map(messages(await read()))).toEqual(
        new Map([
          [before, "before"],
          [after, "after"],
        ]),
      );
      expect(events.of("segment-lost")).toHaveLength(1);
    },
  );

  test("every time: refused after some attempts", async () => {
    disk.before = (name) => name === "datasync" && takeAway();
    await expect(append("report")).rejects.toMatchObject({ reason: "spool-failed" });
    expect(calls("create")).toBe(BOUNDS.commitAttemptsMax);
  });
});
