// Targets: gzip and zip files, sound and bent, through decoding; bombs cost bounded memory.

import { deflateRawSync, gzipSync } from "node:zlib";
import { BOUNDS } from "../../services/core/bounds.ts";
import type { Raw } from "../../services/core/raw.ts";
import { decode } from "../../services/decode/decode.ts";
import { OPEN_CONTEXT } from "../../services/ingest/context.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import { reportJson } from "../support/reports.ts";
import { zipOf } from "../support/zips.ts";
import type { Chance } from "./chance.ts";
import { arrivalOf } from "./contexts.ts";
import { checkItems } from "./items.ts";
import { mutate } from "./mutate.ts";
import { type AnyTarget, hold, target } from "./target.ts";

interface Packed {
  raw: Raw;
  /** Reports that must come out of it; null when its bytes are bent. */
  reports: number | null;
}

const MIB = 2 ** 20;
/** Of zeros, so that it unfolds to a thousand times its size; made once. */
const BOMBS = [16, 65, 100].map((mib) => gzipSync(Buffer.alloc(mib * MIB, 0x20)));
const BOMB_IN_ZIP = deflateRawSync(Buffer.alloc(70 * MIB, 0x20));

const GZIP_TOKENS = [
  "\x1f\x8b\x08\x00",
  "\x1f\x8b\x08\x1f",
  "\x00\x00\xff\xff",
  "\xff\xff\xff\xff",
];
const ZIP_TOKENS = [
  "PK\x03\x04",
  "PK\x01\x02",
  "PK\x05\x06",
  "PK\x06\x06",
  "PK\x06\x07",
  "\xff\xff\xff\xff",
  "\xff\xff",
  "\x00\x00\x00\x00",
  "\x01\x00\x08\x00",
  "../../etc/x",
];

function json(chance: Chance): string {
  return reportJson({ number: chance.below(1_000_000), failures: chance.pick([0, 1, 5, 200]) });
}

/** One member, with the optional fields of RFC 1952 section 2.3 at times. */
function member(chance: Chance, text: string): Buffer {
  const zipped = gzipSync(text, { level: chance.pick([0, 1, 9]) });
  if (!chance.once(4)) return zipped;
  const flags = chance.below(16) << 1;
  const fields = [
    flags & 4 ? Buffer.of(3, 0, 1, 2, 3) : Buffer.alloc(0),
    Buffer.from(flags & 8 ? "name\u0000" : ""),
    Buffer.from(flags & 16 ? "comment\u0000" : ""),
    flags & 2 ? chance.bytes(2) : Buffer.alloc(0),
  ];
  const head = Buffer.from(zipped.subarray(0, 10));
  head[3] = flags;
  return Buffer.concat([head, ...fields, zipped.subarray(10)]);
}

function gzipBytes(chance: Chance): Packed["reports"] | Buffer {
  const text = json(chance);
  const cut = chance.below(text.length);
  switch (chance.below(6)) {
    case 0:
      return Buffer.concat([gzipSync(text.slice(0, cut)), gzipSync(text.slice(cut))]);
    case 1:
      return Buffer.concat([gzipSync(text), chance.bytes(chance.below(20))]);
    case 2:
      return Buffer.concat(chance.some(2, 40, () => gzipSync("")).concat(gzipSync(text)));
    case 3:
      return gzipSync(gzipSync(text));
    case 4:
      return chance.once(300) ? chance.pick(BOMBS) : gzipSync(" ".repeat(40_000) + text);
    default:
      return member(chance, text);
  }
}

function makeGzip(chance: Chance): Packed {
  const arrival = arrivalOf(chance);
  if (chance.once(3)) {
    const bytes = gzipSync(json(chance), { level: chance.pick([0, 1, 9]) });
    return { raw: { arrival, bytes }, reports: 1 };
  }
  const made = gzipBytes(chance);
  const bytes = Buffer.isBuffer(made) ? made : Buffer.alloc(0);
  const bent = chance.once(2) && bytes.length < MIB ? mutate(chance, bytes, GZIP_TOKENS) : bytes;
  return { raw: { arrival, bytes: bent }, reports: null };
}

function makeZip(chance: Chance): Packed {
  const arrival = arrivalOf(chance, "import");
  const names = [
    "a.json",
    "tlsrpt/b.json",
    "../c.json",
    "d\u0000.json",
    "CON",
    "\u00e9.json",
    "dir/",
    "",
  ];
  const count = chance.once(20) ? chance.pick([16, 17, 300]) : 1 + chance.below(3);
  const contents: Record<string, string | Buffer> = {};
  for (let i = 0; i < count; i++) {
    const text = json(chance);
    const content = chance.once(6)
      ? gzipSync(text)
      : chance.once(12)
        ? zipOf({ "x.json": text })
        : text;
    contents[`${i}${chance.pick(names)}`] = content;
  }
  const lie = {
    announcedBytes: chance.pick([0, 1, 5_000, 70 * MIB, 2 ** 32 - 1]),
    deflated: BOMB_IN_ZIP,
  };
  if (chance.once(300)) return { raw: { arrival, bytes: zipOf(contents, lie) }, reports: null };
  const bytes = zipOf(contents);
  const plain = Object.values(contents).every((one) => typeof one === "string");
  const files = Object.keys(contents).every((name) => !name.endsWith("/"));
  if (chance.once(4)) {
    const known = plain && files && count <= BOUNDS.zipEntriesMax;
    return { raw: { arrival, bytes }, reports: known ? count : null };
  }
  return { raw: { arrival, bytes: mutate(chance, bytes, ZIP_TOKENS) }, reports: null };
}

async function check({ raw, reports }: Packed): Promise<void> {
  const decoded = await decode(raw);
  const bytes = decoded.found.reduce((sum, found) => sum + found.bytes.length, 0);
  const bound = BOUNDS.decodedBytesMax + raw.bytes.length * decoded.found.length;
  hold(bytes <= bound, "what comes out is bounded", () => bytes);
  const items = await ingest(raw, OPEN_CONTEXT);
  checkItems(items, raw, OPEN_CONTEXT);
  if (reports === null) return;
  const found = items.filter((item) => item.kind === "report").length;
  hold(found === reports, "all reports come out", () => ({ found, reports, items }));
}

function packed(name: string, about: string, make: (chance: Chance) => Packed): AnyTarget {
  return target<Packed>({
    name,
    about,
    lanes: 1,
    make,
    print: ({ raw }) => raw.bytes,
    open: async () => ({ check }),
  });
}

export const gzipTarget = packed("gzip", "gzip files: members, rubbish, faults, bombs", makeGzip);
export const zipTarget = packed("zip", "zip files: entries, lies, zip64, faults, bombs", makeZip);
