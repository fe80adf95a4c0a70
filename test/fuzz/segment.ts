// Target: spool segments with damage. Records that no change touched are all found, none is invented.

import { printFirstLine, printLastLine, printRecord } from "../../services/spool/format.ts";
import { type ParsedSegment, parseSegment } from "../../services/spool/parse-segment.ts";
import type { Chance } from "./chance.ts";
import { arrivalOf } from "./contexts.ts";
import { hold, target } from "./target.ts";

interface SegmentCase {
  name: string;
  bytes: Buffer;
  /** Records that no change touched, by receipt, in order. */
  intact: { receipt: string; body: Buffer }[];
  /** All that were written, by receipt. */
  written: ReadonlyMap<string, Buffer>;
}

interface Stretch {
  bytes: Buffer;
  receipt: string;
  body: Buffer;
}

const NAME = "20261122T070000000Z-0a1b2c3d-71-000001";
const OWNER = { host: "mail.example", boot: "b", pidSpace: "p", pid: 71, start: "812" };
const TOKENS = [
  "#record 10 10 00000000\n",
  "#record 999999999 999999999 ffffffff\n",
  "#record ",
  "\n#sealed 3\n",
  "\n",
  "sealwatch spool 1 ",
  '{"kind":"message"}',
  "\u0000",
];

function receiptOf(number: number): string {
  return `01K9ZZZZZZZZZZZZZZZZZZZ${String(number).padStart(3, "0")}`;
}

function record(chance: Chance, number: number): Stretch {
  const receipt = receiptOf(number);
  const body = chance.once(4)
    ? Buffer.from(chance.some(0, 6, () => chance.pick(TOKENS)).join(""), "latin1")
    : chance.bytes(chance.below(80));
  const arrival = { ...arrivalOf(chance), receipt };
  const header = { kind: "message" as const, ...arrival };
  return { bytes: Buffer.concat(printRecord(NAME, header, body)), receipt, body };
}

/** One record, or what the text of another segment says, which a sender could have mailed. */
function foreign(chance: Chance): Buffer {
  const header = { kind: "message" as const, ...arrivalOf(chance), receipt: receiptOf(999) };
  return Buffer.concat(printRecord(`${NAME.slice(0, -1)}2`, header, Buffer.from("foreign")));
}

function damage(chance: Chance, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = chance.below(copy.length);
  const token = Buffer.from(chance.pick(TOKENS), "latin1");
  switch (chance.below(6)) {
    case 0:
      copy[at] = (copy[at] ?? 0) ^ (1 << chance.below(8));
      return copy;
    case 1:
      copy.fill(0, at, Math.min(copy.length, at + chance.below(512)));
      return copy;
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1 + chance.below(20))]);
    case 3:
      return Buffer.concat([copy.subarray(0, at), token, copy.subarray(at)]);
    case 4:
      return Buffer.concat([copy.subarray(0, at), foreign(chance), copy.subarray(at)]);
    default:
      return copy.subarray(0, at);
  }
}

function make(chance: Chance): SegmentCase {
  const stretches = Array.from({ length: chance.below(8) }, (_, i) => record(chance, i));
  const written = new Map(stretches.map(({ receipt, body }) => [receipt, body]));
  const intact: SegmentCase["intact"] = [];
  const pieces: Buffer[] = [];
  const first = printFirstLine(NAME, OWNER);
  pieces.push(chance.once(10) ? damage(chance, first) : first);
  for (const { bytes, receipt, body } of stretches) {
    const bent = chance.once(4);
    const between = chance.once(20) ? Buffer.from(chance.pick(TOKENS), "latin1") : Buffer.alloc(0);
    pieces.push(between, bent ? damage(chance, bytes) : bytes);
    if (!bent) intact.push({ receipt, body });
  }
  if (chance.once(2)) pieces.push(printLastLine(stretches.length));
  if (chance.once(6)) pieces.push(chance.bytes(chance.below(40)));
  return { name: NAME, bytes: Buffer.concat(pieces), intact, written };
}

function check({ name, bytes, intact, written }: SegmentCase): void {
  const parsed = parseSegment(bytes, name);
  const found = new Map<string, Uint8Array>();
  for (const one of parsed.records) {
    hold(one.kind === "message", "no counts are invented");
    if (one.kind !== "message") continue;
    const { receipt } = one.raw.arrival;
    const body = written.get(receipt);
    hold(body !== undefined, "no record is invented", () => receipt);
    hold(body?.equals(one.raw.bytes) === true, "a record has its bytes", () => receipt);
    hold(!found.has(receipt), "a record is found once", () => receipt);
    found.set(receipt, one.raw.bytes);
  }
  for (const { receipt } of intact) {
    hold(found.has(receipt), "an intact record is found", () => ({
      receipt,
      parsed: shape(parsed),
    }));
  }
  checkDamages(parsed, bytes.length);
}

function checkDamages(parsed: ParsedSegment, length: number): void {
  let last = 0;
  for (const { start, end } of parsed.damages) {
    const apart = start >= last && start < end && end <= length;
    hold(apart, "damages are stretches in order", () => parsed.damages);
    last = end;
  }
  hold(parsed.cutBytes >= 0 && parsed.cutBytes <= length - last, "a cut is the end", () =>
    shape(parsed),
  );
}

function shape({ records, damages, cutBytes }: ParsedSegment) {
  return { records: records.length, damages, cutBytes };
}

export const segmentTarget = target<SegmentCase>({
  name: "segment",
  about: "spool segments with damage",
  lanes: 1,
  make,
  print: ({ bytes }) => bytes,
  open: async () => ({ check }),
});
