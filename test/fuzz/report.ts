// Target: the text of a report through the whole pure pipeline, from bytes to rows.

import { gzipSync } from "node:zlib";
import type { Raw } from "../../services/core/raw.ts";
import type { IngestContext } from "../../services/ingest/context.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import type { Item } from "../../services/ingest/item.ts";
import type { Chance } from "./chance.ts";
import { arrivalOf, contextOf } from "./contexts.ts";
import { checkItems } from "./items.ts";
import { mutate } from "./mutate.ts";
import { KNOWN_REPORTS, ODD_TEXTS, reportText } from "./report-shapes.ts";
import { hold, target } from "./target.ts";

interface ReportCase {
  raw: Raw;
  context: IngestContext;
  /** The same report with one character of its first name escaped, or null when it is no JSON. */
  escaped: Raw | null;
  /** The same with policies and failure details in another order, or null when there are none. */
  turned: Raw | null;
}

const TOKENS = [
  ...ODD_TEXTS,
  "\\ud800",
  "\\u0000",
  "1e999",
  "-1",
  "null",
  "{}",
  "[]",
  "[[[[",
  '"policies":',
  '"summary":{"total-successful-session-count":1}',
  '"date-range":null,',
  "\xef\xbb\xbf",
  "\xff\xfe",
  "\xc3",
  "\xed\xa0\x80",
];

function bytesOf(chance: Chance): Buffer {
  if (chance.once(5)) return mutate(chance, chance.pick(KNOWN_REPORTS), TOKENS);
  const text = Buffer.from(reportText(chance));
  if (chance.once(25)) return Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), text]);
  if (chance.once(40)) return Buffer.from(`\ufeff${text.toString()}`, "utf16le");
  return chance.once(4) ? mutate(chance, text, TOKENS) : text;
}

function make(chance: Chance): ReportCase {
  const bytes = bytesOf(chance);
  const arrival = arrivalOf(chance);
  const context = contextOf(chance);
  const wrapped = chance.once(16) ? gzipSync(bytes) : bytes;
  const other = (text: string | null) => text && { arrival, bytes: Buffer.from(text) };
  const value = chance.once(3) ? objectOf(bytes) : null;
  return {
    raw: { arrival, bytes: wrapped },
    context,
    escaped: value === null || wrapped !== bytes ? null : other(escapedOnce(bytes)) || null,
    turned: value === null ? null : other(turn(value)) || null,
  };
}

function objectOf(bytes: Buffer): Record<string, unknown> | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** The same value in other words: the reader's way for plain text is not taken. */
function escapedOnce(bytes: Buffer): string | null {
  const text = bytes.toString("utf8");
  return text.includes('"organization-name":')
    ? text.replace('"organization-name":', '"organization-\\u006eame":')
    : null;
}

function turn(value: Record<string, unknown>): string | null {
  const { policies } = value;
  if (!Array.isArray(policies)) return null;
  const turned = policies.toReversed().map((policy: unknown) => {
    if (typeof policy !== "object" || policy === null || Array.isArray(policy)) return policy;
    const details: unknown = Reflect.get(policy, "failure-details");
    if (!Array.isArray(details)) return policy;
    return { ...policy, "failure-details": details.toReversed() };
  });
  return JSON.stringify({ ...value, policies: turned });
}

async function check({ raw, context, escaped, turned }: ReportCase): Promise<void> {
  const items = await ingest(raw, context);
  checkItems(items, raw, context);
  const again = await ingest(raw, context);
  const text = JSON.stringify(items);
  hold(JSON.stringify(again) === text, "the same bytes give the same items");
  if (escaped !== null) {
    const other = await ingest(escaped, context);
    const [one, two] = [comparable(items), comparable(other)];
    hold(one === two, "an escape changes nothing", () => difference(one, two));
  }
  const [first] = items;
  if (turned !== null && first?.kind === "report") {
    const plain = { arrival: raw.arrival, bytes: Buffer.from(turnedBack(turned.bytes)) };
    const [one, two] = [await ingest(plain, context), await ingest(turned, context)];
    checkItems(two, turned, context);
    const [a, b] = [keysOf(one), keysOf(two)];
    hold(a === b, "the order of policies and details does not matter", () => difference(a, b));
  }
}

/** The turned text, turned again: what both readings have in common is how they were printed. */
function turnedBack(bytes: Uint8Array): string {
  const value = objectOf(Buffer.from(bytes));
  return (value === null ? null : turn(value)) ?? "";
}

/** Items without the bytes that they were made of, and without places in them. */
function comparable(items: readonly Item[]): string {
  return JSON.stringify(
    items.map((item) => (item.kind === "report" ? withoutRaw(item) : item.reason)),
  );
}

function withoutRaw(item: Extract<Item, { kind: "report" }>) {
  return { ...item, reportCells: item.reportCells.replace(/,"[^"]*",\d+$/, "") };
}

function keysOf(items: readonly Item[]): string {
  return JSON.stringify(
    items.map((item) => {
      if (item.kind !== "report") return item.reason;
      const { reportKey, contentHash, rowsHash, summaryLines, detailLines } = item;
      return { reportKey, contentHash, rowsHash, summaryLines, detailLines };
    }),
  );
}

function difference(a: string, b: string): string {
  let at = 0;
  while (a[at] === b[at] && at < a.length) at += 1;
  const from = Math.max(0, at - 80);
  return `${a.slice(from, at + 120)} | ${b.slice(from, at + 120)}`;
}

export const reportTarget = target<ReportCase>({
  name: "report",
  about: "report texts through decoding, parsing, attribution and rows",
  lanes: 1,
  make,
  print: ({ raw }) => raw.bytes,
  open: async () => ({ check }),
});
