// Listing, takeover, damage and removal of segments, on a file system in memory.

import { beforeEach, describe, expect, test } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { RECEIPT_PATTERN } from "../../../services/core/receipt.ts";
import { createOutcomeReader } from "../../../services/spool/outcomes.ts";
import type { OwnerFate } from "../../../services/spool/owner.ts";
import type { DamagedRecord, SpoolRecord } from "../../../services/spool/port.ts";
import { openSpoolReader } from "../../../services/spool/spool-reader.ts";
import { openSpoolWriter } from "../../../services/spool/spool-writer.ts";
import { FakeDisk } from "./fake-disk.ts";
import { ARRIVING, FOLDER, messages, OUTCOME, type Recorder, readAll, recorder } from "./sample.ts";

let disk: FakeDisk;
let events: Recorder;
let fate: OwnerFate;
let nowMs: number;

beforeEach(() => {
  disk = new FakeDisk();
  events = recorder();
  fate = "alive";
  nowMs = Date.now();
});

const openReader = () => {
  const { emit } = events;
  return openSpoolReader({ folder: FOLDER, emit, disk, fateOf: () => fate, clock: () => nowMs });
};

const openWriter = (notify = false) =>
  openSpoolWriter({ folder: FOLDER, emit: events.emit, disk, notify });

/** One sealed segment with these bodies. */
async function write(bodies: readonly string[], notify = false): Promise<string[]> {
  const writer = await openWriter(notify);
  const receipts = await Promise.all(
    bodies.map((body) => writer.append(ARRIVING, Buffer.from(body))),
  );
  await writer.close();
  return receipts;
}

function isDamaged(record: SpoolRecord | undefined): record is DamagedRecord {
  return record?.kind === "damaged";
}

const inFolder = (folder: string) =>
  disk.paths().filter((path) => path.startsWith(`/data/spool/${folder}/`));

describe("list", () => {
  test("oldest first, with size, and nothing that is not a segment", async () => {
    for (const day of ["20260103", "20260101", "20260102"]) {
      disk.put(`/data/spool/ready/${day}T000000000Z-00000000-1-000001.seg`, Buffer.alloc(10));
    }
    disk.put("/data/spool/ready/notes.txt", Buffer.alloc(10));
    disk.put("/data/spool/ready/..seg", Buffer.alloc(10));
    const reader = await openReader();
    expect(reader.oldestMs()).toBeNull();
    const names = (await reader.list()).map((segment) => segment.name.slice(0, 8));
    expect(names).toEqual(["20260101", "20260102", "20260103"]);
    expect(reader.oldestMs()).toBe(Date.UTC(2026, 0, 1));
    expect(reader.bytes()).toBe(30);
  });

  test("looks a sealed segment's size up once", async () => {
    await write(["one"]);
    const reader = await openReader();
    await reader.list();
    disk.calls.length = 0;
    await reader.list();
    expect(disk.calls.filter((call) => call === "stat")).toHaveLength(0);
  });
});

describe("takeover", () => {
  test("of a process that is gone, at once", async () => {
    const writer = await openWriter();
    const receipt = await writer.append(ARRIVING, Buffer.from("one"));
    const reader = await openReader();
    expect(await reader.list()).toEqual([]);
    fate = "gone";
    expect(messages(await readAll(reader))).toEqual([[receipt, "one"]]);
    expect(events.of("segment-taken-over")).toMatchObject([{ pid: process.pid }]);
    await writer.close();
  });

  test("of one that cannot be seen, after its silence", async () => {
    const writer = await openWriter();
    await writer.append(ARRIVING, Buffer.from("one"));
    fate = "unknown";
    const reader = await openReader();
    expect(await reader.list()).toEqual([]);
    nowMs += BOUNDS.ownerSilenceMsMax + 1_000;
    expect(await reader.list()).toHaveLength(1);
    await writer.close();
  });

  test("a segment without a record never appears", async () => {
    const path = "/data/spool/open/20260101T000000000Z-00000000-1-000001.seg";
    disk.put(path, Buffer.alloc(0));
    nowMs += BOUNDS.ownerSilenceMsMax + 1_000;
    expect(await (await openReader()).list()).toEqual([]);
    expect(disk.paths()).toEqual([]);
  });

  test("one that cannot be taken over does not hold up the others", async () => {
    await write(["one"]);
    const writer = await openWriter();
    await writer.append(ARRIVING, Buffer.from("two"));
    fate = "gone";
    disk.failing.set("rename", "EIO");
    expect(await (await openReader()).list()).toHaveLength(1);
    expect(events.of("segment-seal-failed")).toHaveLength(1);
    disk.failing.clear();
    await writer.close();
  });

  test("that is wrong again and again loses nothing and gives no second receipt", async () => {
    fate = "gone";
    const writer = await openWriter();
    const reader = await openReader();
    const found = new Map<string, string>();
    const acknowledged = new Map<string, string>();
    const drain = async () => {
      for (const segment of await reader.list()) {
        for (const [receipt, body] of messages(await reader.read(segment)))
          found.set(receipt, body);
        await reader.done(segment, OUTCOME);
      }
    };
    for (let round = 0; round < 100; round++) {
      const body = `report ${round}`;
      const append = writer.append(ARRIVING, Buffer.from(body));
      await drain();
      acknowledged.set(await append, body);
    }
    await writer.close();
    await drain();
    expect(found).toEqual(acknowledged);
    expect(events.of("segment-lost").length).toBeGreaterThan(0);
  });
});

describe("damage", () => {
  const flip = () => {
    const bytes = disk.bytesOf(inFolder("ready")[0] ?? "");
    const place = bytes.indexOf("two");
    bytes[place] = 0;
  };

  test("is set aside with a note, and all other records are read", async () => {
    const receipts = await write(["one", "two", "three"]);
    flip();
    const reader = await openReader();
    const found = messages(await readAll(reader));
    expect(found).toEqual([
      [receipts[0], "one"],
      [receipts[2], "three"],
    ]);
    const [stretch = "", note = ""] = inFolder("damaged");
    expect(disk.bytesOf(stretch).toString()).toMatch(/^#record .*\n.*\n\0wo\n$/);
    expect(disk.bytesOf(note).toString()).toContain("are no valid record");
    await readAll(reader);
    expect(inFolder("damaged")).toHaveLength(2);
    expect(events.of("segment-damaged")).toHaveLength(1);
  });

  test("is a record of its own, the same each time and unlike any other", async () => {
    await write(["one", "two", "three"]);
    flip();
    const damaged = async () => (await readAll(await openReader())).filter(isDamaged);
    const [first] = await damaged();
    expect(first).toMatchObject({ receipt: expect.stringMatching(RECEIPT_PATTERN) });
    expect(Buffer.from(first?.bytes ?? []).toString()).toMatch(/^#record .*\n.*\n\0wo\n$/);
    expect(first?.end).toBe((first?.start ?? 0) + (first?.bytes.length ?? 0));
    expect(await damaged()).toEqual([first]);
    const place = disk.bytesOf(inFolder("ready")[0] ?? "");
    place[place.indexOf("\0wo") + 1] = 0;
    const [other] = await damaged();
    expect(other?.receipt).not.toBe(first?.receipt);
  });

  test("of more bytes than a message may have is cut in the record, not in damaged/", async () => {
    const bytes = Buffer.alloc(BOUNDS.messageBytesMax + 10, "x");
    disk.put("/data/spool/ready/20260103T000000000Z-00000000-1-000001.seg", bytes);
    const [record] = await readAll(await openReader());
    expect(record).toMatchObject({ kind: "damaged", start: 0, end: bytes.length });
    expect(isDamaged(record) && record.bytes.length).toBe(BOUNDS.messageBytesMax);
    const [stretch = ""] = inFolder("damaged");
    expect(disk.bytesOf(stretch)).toHaveLength(bytes.length);
  });

  test("that cannot be set aside keeps the whole segment", async () => {
    await write(["one", "two"]);
    flip();
    const reader = await openReader();
    const [segment] = await reader.list();
    if (segment === undefined) throw new Error("no segment");
    disk.failing.set("create", "ENOSPC");
    const kinds = (await reader.read(segment)).map((record) => record.kind);
    expect(kinds).toEqual(["damaged", "message"]);
    await reader.done(segment, OUTCOME);
    expect(inFolder("damaged")).toEqual([`/data/spool/damaged/${segment.name}.seg`]);
    expect(inFolder("ready")).toEqual([]);
  });

  test("a record that was not finished is told of and left out", async () => {
    const writer = await openWriter();
    await writer.append(ARRIVING, Buffer.from("one"));
    const [path = ""] = inFolder("open");
    disk.put(path, Buffer.concat([disk.bytesOf(path), Buffer.from("#record 300 4000")]));
    fate = "gone";
    expect(await readAll(await openReader())).toHaveLength(1);
    expect(events.of("segment-cut")).toMatchObject([{ bytes: 16 }]);
    expect(inFolder("damaged")).toEqual([]);
    await writer.close();
  });
});

describe("done", () => {
  test("removes the segment and leaves the outcome for whoever waits, once", async () => {
    await write(["one"], true);
    await write(["two"]);
    const reader = await openReader();
    const outcomes = createOutcomeReader(FOLDER, disk);
    const segments = await reader.list();
    const first = segments.find((segment) => segment.notify);
    const second = segments.find((segment) => !segment.notify);
    if (first === undefined || second === undefined) throw new Error("one of each expected");
    expect(await outcomes.take(first.name)).toBeNull();
    await reader.done(first, OUTCOME);
    await reader.done(second, OUTCOME);
    expect(reader.bytes()).toBe(0);
    expect(inFolder("ready")).toEqual([]);
    expect(await outcomes.take(second.name)).toBeNull();
    expect(await outcomes.take(first.name)).toEqual(OUTCOME);
    expect(await outcomes.take(first.name)).toBeNull();
  });

  test.each([["ENOSPC"], ["EDQUOT"]])(
    "on a full disk (%s) removes the segment, and leaves the outcome when there is room",
    async (code) => {
      await write(["one"], true);
      const reader = await openReader();
      const outcomes = createOutcomeReader(FOLDER, disk);
      const [segment] = await reader.list();
      if (segment === undefined) throw new Error("no segment");
      disk.failing.set("write", code);
      await reader.done(segment, OUTCOME);
      expect(inFolder("ready")).toEqual([]);
      expect(await outcomes.take(segment.name)).toBeNull();
      disk.failing.delete("write");
      expect(await reader.list()).toEqual([]);
      expect(await outcomes.take(segment.name)).toEqual(OUTCOME);
    },
  );

  test("on a full disk whose room the segment was leaves the outcome at once", async () => {
    await write(["one"], true);
    const reader = await openReader();
    const [segment] = await reader.list();
    if (segment === undefined) throw new Error("no segment");
    disk.before = (call) => {
      if (inFolder("ready").length > 0) disk.failing.set("write", "ENOSPC");
      else if (call === "write") disk.failing.delete("write");
    };
    await reader.done(segment, OUTCOME);
    expect(await createOutcomeReader(FOLDER, disk).take(segment.name)).toEqual(OUTCOME);
  });

  test("twice is no error", async () => {
    await write(["one"]);
    const reader = await openReader();
    const [segment] = await reader.list();
    if (segment === undefined) throw new Error("no segment");
    await reader.done(segment, OUTCOME);
    await reader.done(segment, OUTCOME);
    expect(inFolder("done")).toEqual([]);
  });

  test("outcomes that nobody fetches are removed after a day", async () => {
    disk.put("/data/spool/done/old.json", Buffer.from("{}"), nowMs - BOUNDS.outcomeAgeMsMax - 1);
    disk.put("/data/spool/done/new.json", Buffer.from("{}"), nowMs);
    await (await openReader()).list();
    expect(inFolder("done")).toEqual(["/data/spool/done/new.json"]);
  });

  test("a name that is none of a segment is not looked for", async () => {
    disk.put("/data/spool/secret.json", Buffer.from("{}"));
    expect(await createOutcomeReader(FOLDER, disk).take("../secret")).toBeNull();
    expect(disk.paths()).toHaveLength(1);
  });
});
