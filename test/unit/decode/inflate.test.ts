// gzip: what is whole, what is cut, what is damaged, what is too large.

import { once } from "node:events";
import { createGzip, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { inflate } from "../../../services/decode/inflate.ts";

const TEXT = '{"organization-name":"Sender One"}';
const PLAIN = gzipSync(TEXT);
const LARGE = Buffer.alloc(3 * BOUNDS.inflateSyncBytesMax, "ab");

async function good(bytes: Uint8Array, text: string, trailingBytes = 0): Promise<void> {
  const result = await inflate(bytes, BOUNDS.reportBytesMax);
  expect(result).toMatchObject({ ok: true, trailingBytes });
  expect(result.ok && result.bytes.toString()).toBe(text);
}

async function bad(bytes: Uint8Array, reason: unknown, bytesMax: number = BOUNDS.reportBytesMax) {
  expect(await inflate(bytes, bytesMax)).toMatchObject({ ok: false, reason });
}

/** A member with every optional header field of RFC 1952 section 2.3. */
function withAllFields(): Buffer {
  const head = Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3]);
  const fields = Buffer.from("\u0002\u0000xyname\0comment\0\u0001\u0002", "latin1");
  return Buffer.concat([head, fields, PLAIN.subarray(10)]);
}

describe("inflate", () => {
  it("takes one member", () => good(PLAIN, TEXT));
  it("joins members", () => good(Buffer.concat([PLAIN, PLAIN]), TEXT + TEXT));
  it("takes padding of zeros", () => good(Buffer.concat([PLAIN, Buffer.alloc(512)]), TEXT));
  it("takes an empty text", () => good(gzipSync(""), ""));
  it("takes a large text", () => good(gzipSync(LARGE), LARGE.toString()));
  it("tells of bytes after a member", () =>
    good(Buffer.concat([PLAIN, Buffer.from("\r\n")]), TEXT, 2));
  it("tells of bytes after the second member", () =>
    good(Buffer.concat([PLAIN, PLAIN, Buffer.from("x")]), TEXT + TEXT, 1));
  it("reads all header fields, also where zlib gave up", () =>
    good(Buffer.concat([withAllFields(), Buffer.from("x")]), TEXT, 1));

  it("names every cut", async () => {
    for (let length = 2; length < PLAIN.length; length++) {
      await bad(PLAIN.subarray(0, length), "compressed-truncated");
    }
  });
  it("names the cut of a large text", () =>
    bad(gzipSync(LARGE).subarray(0, 200), "compressed-truncated"));
  it("names a wrong checksum", () => {
    const bytes = Buffer.from(PLAIN);
    bytes.writeUInt32LE(1, bytes.length - 8);
    return bad(bytes, "compressed-corrupt");
  });
  it("names a wrong length", () => {
    const bytes = Buffer.from(PLAIN);
    bytes.writeUInt32LE(1, bytes.length - 4);
    return bad(bytes, "compressed-corrupt");
  });
  it("names another method", () => {
    const bytes = Buffer.from(PLAIN);
    bytes[2] = 7;
    return bad(bytes, "compressed-corrupt");
  });
  it("names damage", () =>
    bad(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 255, 255, 9]), CUT));
  it("names damage in a later member", () => {
    const second = Buffer.from(PLAIN);
    second[12] = (second[12] ?? 0) ^ 0xff;
    return bad(Buffer.concat([PLAIN, second]), CUT);
  });
  it("holds the bound exactly", async () => {
    await bad(PLAIN, "decoded-too-large", TEXT.length - 1);
    expect(await inflate(PLAIN, TEXT.length)).toMatchObject({ ok: true });
    await bad(PLAIN, "decoded-too-large", 0);
  });
  it("holds the bound over members with something after them", () =>
    bad(Buffer.concat([PLAIN, PLAIN, Buffer.from("x")]), "decoded-too-large", TEXT.length + 1));

  it("refuses ten gigabytes in ten megabytes, quickly and in bounded memory", async () => {
    const bomb = await tenGigabytes();
    expect(bomb.length).toBeLessThan(12 * 1024 * 1024);
    const before = process.memoryUsage.rss();
    const startedAt = performance.now();
    await bad(bomb, "decoded-too-large");
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(4 * BOUNDS.reportBytesMax);
  }, 30_000);

  it("never throws, and gives back what was compressed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(400), async (bytes, at) => {
        const zipped = gzipSync(bytes);
        expect((await inflate(zipped, 1_000)).ok).toBe(true);
        const damaged = Buffer.from(zipped);
        damaged[at % damaged.length] = (damaged[at % damaged.length] ?? 0) ^ 0x55;
        await inflate(damaged, 1_000);
        await inflate(Buffer.concat([zipped, bytes]), 1_000);
      }),
    );
  });
});

const CUT = expect.stringMatching(/^compressed-(?:truncated|corrupt)$/);

/** Ten members of one gigabyte of zeros each. */
async function tenGigabytes(): Promise<Buffer> {
  const gzip = createGzip({ level: 9 });
  const pieces: Buffer[] = [];
  gzip.on("data", (piece) => pieces.push(piece));
  const zeros = Buffer.alloc(16 * 1024 * 1024);
  for (let i = 0; i < 64; i++) if (!gzip.write(zeros)) await once(gzip, "drain");
  gzip.end();
  await once(gzip, "end");
  const member = Buffer.concat(pieces);
  return Buffer.concat(Array.from({ length: 10 }, () => member));
}
