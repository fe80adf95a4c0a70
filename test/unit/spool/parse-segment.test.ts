// The text of a segment: what is printed is read back, and no damage costs more than it hits.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isNotifySegment,
  printFirstLine,
  printLastLine,
  printRecord,
  printSegmentName,
  readFirstLine,
  segmentTimeMs,
} from "../../../services/spool/format.ts";
import { parseSegment } from "../../../services/spool/parse-segment.ts";
import { ARRIVING } from "./sample.ts";

const TIME_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const NAME = printSegmentName({
  timeMs: TIME_MS,
  token: "0badcafe",
  pid: 71,
  sequence: 2,
  notify: false,
});
const OWNER = { host: "mail.example", boot: "b", pidSpace: "pid:[1]", pid: 71, start: "812" };

const receiptOf = (index: number) => `01ARZ3NDEKTSV4RRFFQ69${String(index).padStart(5, "0")}`;

function record(index: number, body: Uint8Array): Buffer {
  const header = { ...ARRIVING, receipt: receiptOf(index), receivedAtMs: TIME_MS };
  return Buffer.concat(printRecord(NAME, { kind: "message", ...header }, body));
}

function segment(bodies: readonly Uint8Array[], sealed = true): Buffer {
  const last = sealed ? [printLastLine(bodies.length)] : [];
  return Buffer.concat([
    printFirstLine(NAME, OWNER),
    ...bodies.map((b, i) => record(i, b)),
    ...last,
  ]);
}

function receipts(bytes: Uint8Array, name = NAME): string[] {
  return parseSegment(bytes, name).records.map((found) =>
    found.kind === "message" ? found.raw.arrival.receipt : found.receipt,
  );
}

const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom("", "\n", "#record 5 5 00000000\n", "#sealed 3\n", "\n#record ").map(Buffer.from),
);

describe("names", () => {
  test("tell the time and whether somebody waits", () => {
    expect(NAME).toBe("20260102T030405678Z-0badcafe-71-000002");
    expect(segmentTimeMs(NAME)).toBe(TIME_MS);
    expect(isNotifySegment(NAME)).toBe(false);
    expect(isNotifySegment(`${NAME}-n`)).toBe(true);
  });

  test("are read back from the first line with the owner", () => {
    const line = printFirstLine(NAME, OWNER).toString().trimEnd();
    expect(readFirstLine(line)).toEqual({ name: NAME, owner: OWNER });
    expect(readFirstLine(line.slice(0, -1))).toEqual({ name: NAME, owner: null });
    expect(readFirstLine(`sealwatch spool 2 ${NAME} {}`)).toBeNull();
    expect(readFirstLine("sealwatch spool 1 ../../etc/passwd {}")).toBeNull();
  });
});

describe("parse(print(x)) = x", () => {
  test("for any bodies", () => {
    fc.assert(
      fc.property(fc.array(body, { maxLength: 8 }), fc.boolean(), (bodies, sealed) => {
        const parsed = parseSegment(segment(bodies, sealed), NAME);
        expect(parsed).toMatchObject({ damages: [], cutBytes: 0 });
        const found = parsed.records.map((r) => (r.kind === "message" ? [...r.raw.bytes] : null));
        expect(found).toEqual(bodies.map((bytes) => [...bytes]));
      }),
    );
  });

  test.each([
    new Uint8Array(0),
    new Uint8Array(new ArrayBuffer(0)),
    Buffer.alloc(0),
    Buffer.concat([]),
    Buffer.from("abc").subarray(1, 1),
    new Uint8Array(8).subarray(8),
  ])("an empty body of any making", (empty) => {
    const given = Buffer.from(segment([empty, Buffer.from("two"), empty]));
    expect(receipts(given)).toEqual([0, 1, 2].map(receiptOf));
    expect(given).toEqual(segment([Buffer.alloc(0), Buffer.from("two"), new Uint8Array(0)]));
  });

  test("refusals", () => {
    const refusals = [{ channel: "smtp" as const, reason: "too-large" as const, count: 2 }];
    const header = { kind: "refusals" as const, receipt: receiptOf(1), receivedAtMs: 5, refusals };
    const bytes = Buffer.concat(printRecord(NAME, header, new Uint8Array(0)));
    expect(parseSegment(bytes, NAME).records).toEqual([header]);
  });

  test("a body is a copy that does not hold the segment", () => {
    const [found] = parseSegment(segment([Buffer.from("abc")]), NAME).records;
    expect(found?.kind === "message" && found.raw.bytes.buffer.byteLength).toBe(3);
  });
});

describe("damage", () => {
  test("any changed byte costs one record at most, and is told of", () => {
    const bodies = [Buffer.from("one"), Buffer.from("two\n#record 3 4 0\n"), Buffer.from("three")];
    const good = segment(bodies);
    for (let place = 0; place < good.length; place++) {
      const bytes = Buffer.from(good);
      bytes[place] = (bytes[place] ?? 0) ^ 0x11;
      const parsed = parseSegment(bytes, NAME);
      expect(parsed.records.length).toBeGreaterThanOrEqual(2);
      if (parsed.records.length < 3) expect(parsed.damages).toHaveLength(1);
    }
  });

  test("any stretch of bytes overwritten: what was not touched is found", () => {
    fc.assert(
      fc.property(
        fc.array(body, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        (bodies, at, junk) => {
          const bytes = segment(bodies);
          const start = at % bytes.length;
          bytes.set(junk.subarray(0, bytes.length - start), start);
          const untouched: string[] = [];
          let offset = printFirstLine(NAME, OWNER).length;
          bodies.forEach((b, index) => {
            const end = offset + record(index, b).length;
            if (end <= start || offset >= start + junk.length) untouched.push(receiptOf(index));
            offset = end;
          });
          expect(receipts(bytes)).toEqual(expect.arrayContaining(untouched));
        },
      ),
    );
  });

  test("a segment cut at any place: whole records are read, the rest was never acknowledged", () => {
    const good = segment([Buffer.from("one"), Buffer.from("two"), Buffer.from("three")], false);
    const ends = [printFirstLine(NAME, OWNER).length];
    for (const [i, b] of ["one", "two", "three"].entries()) {
      ends.push((ends[i] ?? 0) + record(i, Buffer.from(b)).length);
    }
    for (let length = 0; length < good.length; length++) {
      const parsed = parseSegment(good.subarray(0, length), NAME);
      const whole = ends.filter((end) => end <= length);
      expect(parsed.records).toHaveLength(Math.max(0, whole.length - 1));
      expect(parsed.damages).toEqual([]);
      expect(parsed.cutBytes).toBe(length - (whole.at(-1) ?? 0));
    }
  });

  test("in a sealed segment a record that claims too many bytes is damage, not a cut", () => {
    const bytes = Buffer.from(
      segment([Buffer.from("one")])
        .toString()
        .replace(" 3 ", " 9 "),
    );
    const parsed = parseSegment(bytes, NAME);
    expect(parsed.cutBytes).toBe(0);
    expect(parsed.damages).toHaveLength(1);
  });

  test("a body cannot pass for a record, even behind a damage", () => {
    const evil = printRecord("", headerOf(7), Buffer.from("evil"));
    const hostile = Buffer.concat([Buffer.from("\n"), ...evil, Buffer.from("#sealed 1\n")]);
    const bytes = segment([hostile, Buffer.from("two")]);
    bytes[printFirstLine(NAME, OWNER).length + 30] = 0;
    expect(receipts(bytes)).toEqual([receiptOf(1)]);
  });

  test("a renamed file is read by the name in its first line, and the other way round", () => {
    const good = segment([Buffer.from("one")]);
    expect(receipts(good, "copy of a segment")).toEqual([receiptOf(0)]);
    good[3] = 0;
    expect(receipts(good)).toEqual([receiptOf(0)]);
  });

  test("a header that this version does not know is damage", () => {
    const bytes = Buffer.concat([
      ...printRecord(NAME, { ...headerOf(1), receipt: "../x" }, Buffer.from("one")),
      record(2, Buffer.from("two")),
    ]);
    expect(receipts(bytes)).toEqual([receiptOf(2)]);
  });

  test("never throws, in bounded time, on anything", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        parseSegment(bytes, NAME);
      }),
    );
    const line = "#record 10 1000000 00000000\n";
    const hostile = Buffer.from(`#record 1 1 x\n${line.repeat(80_000)}`);
    const startMs = performance.now();
    expect(parseSegment(hostile, NAME).records).toEqual([]);
    expect(performance.now() - startMs).toBeLessThan(5_000);
  });
});

function headerOf(index: number) {
  return { kind: "message" as const, ...ARRIVING, receipt: receiptOf(index), receivedAtMs: 1 };
}

test("the last record of an unsealed segment may end in the words of a last line", () => {
  const bodies = [Buffer.from("one"), Buffer.from("two\n#sealed 7")];
  expect(receipts(segment(bodies, false))).toEqual([receiptOf(0), receiptOf(1)]);
  expect(parseSegment(segment(bodies, false), NAME).damages).toEqual([]);
});

test("the end of the first line may be damaged, and the first record is found behind it", () => {
  const first = printFirstLine(NAME, OWNER);
  for (const end of [" ", "", "\u0000"]) {
    const damaged = Buffer.concat([first.subarray(0, -1), Buffer.from(end)]);
    const bytes = Buffer.concat([
      damaged,
      record(0, Buffer.from("a")),
      record(1, Buffer.from("b")),
    ]);
    const parsed = parseSegment(bytes, NAME);
    expect(parsed.records, JSON.stringify(end)).toHaveLength(2);
    expect(parsed.damages).toEqual([{ start: 0, end: damaged.length }]);
  }
});
