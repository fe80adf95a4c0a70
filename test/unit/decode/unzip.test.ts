// zip files: bounds, damage, names. The archives are made here, byte by byte.

import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { unzip } from "../../../services/decode/unzip.ts";
import { zipOf } from "../../support/zips.ts";

const BYTES_MAX = 1_000_000;

describe("unzip", () => {
  it("gives entries, with the last segment of their names", async () => {
    const result = await unzip(zipOf({ "a.json": "{}", "../../etc/b": "x", "folder/": "" }), 10);
    expect(result).toEqual({
      failure: null,
      unread: 0,
      entries: [
        { name: "a.json", bytes: Buffer.from("{}") },
        { name: "b", bytes: Buffer.from("x") },
      ],
    });
  });

  it("reads no more entries than the bound, and says how many are left", async () => {
    const names = Array.from({ length: BOUNDS.zipEntriesMax + 3 }, (_, i) => [`${i}`, "x"]);
    const result = await unzip(zipOf(Object.fromEntries(names)), BYTES_MAX);
    expect(result).toMatchObject({ failure: null, unread: 3 });
    expect(result.entries.length).toBe(BOUNDS.zipEntriesMax);
  });

  const bad = (name: string, reason: string, bytes: Buffer) =>
    it(`names ${name}`, async () =>
      expect(await unzip(bytes, BYTES_MAX)).toMatchObject({ failure: { reason } }));

  const whole = zipOf({ "a.json": "x".repeat(1_000) });
  bad("an archive cut in the middle", "compressed-truncated", whole.subarray(0, 40));
  bad(
    "an entry larger than the bound",
    "decoded-too-large",
    zipOf({ a: "x".repeat(BYTES_MAX + 1) }),
  );
  bad("entries together larger than the bound", "decoded-too-large", twoLarge());
  bad("a size that is not the announced one", "compressed-corrupt", lying());
  bad("a wrong checksum", "compressed-corrupt", patched(whole, crc32("x".repeat(1_000))));

  it("keeps the entries before and after one that is damaged or too large", async () => {
    const names = async (archive: Buffer) => {
      const { entries, failure } = await unzip(archive, BYTES_MAX);
      return [...entries.map(({ name }) => name), failure?.reason];
    };
    const large = zipOf({ a: "{}", b: "x".repeat(BYTES_MAX + 1), c: "{}" });
    expect(await names(large)).toEqual(["a", "c", "decoded-too-large"]);
    const damaged = patched(zipOf({ a: "{}", b: "damaged", c: "{}" }), crc32("damaged"));
    expect(await names(damaged)).toEqual(["a", "c", "compressed-corrupt"]);
  });

  it("never throws on damaged archives", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, value) => {
        const damaged = Buffer.from(whole);
        damaged[at] = value;
        await unzip(damaged, BYTES_MAX);
        await unzip(damaged.subarray(0, at), BYTES_MAX);
      }),
    );
  });
});

function twoLarge(): Buffer {
  const half = "x".repeat(BYTES_MAX / 2 + 1);
  return zipOf({ a: half, b: half });
}

/** An entry that announces ten bytes and unfolds to a million. */
function lying(): Buffer {
  const content = "x".repeat(BYTES_MAX);
  return zipOf({ a: content }, { announcedBytes: 10, deflated: deflateRawSync(content) });
}

/** The same archive with another checksum wherever the right one stands. */
function patched(archive: Buffer, checksum: number): Buffer {
  const right = Buffer.alloc(4);
  right.writeUInt32LE(checksum);
  const bytes = Buffer.from(archive);
  for (let at = bytes.indexOf(right); at >= 0; at = bytes.indexOf(right, at + 1)) {
    bytes.writeUInt32LE(0, at);
  }
  return bytes;
}
