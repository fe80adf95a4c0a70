// The text of a segment: a first line, one `#record` line with header and body per record, and a last
// line once it is sealed. Pure; reading it back, damage included, is parse-segment.ts.
//
//   sealwatch spool 1 <name> {"host":"mail","boot":"...","pidSpace":"...","pid":71,"start":"812"}
//   #record <header bytes> <body bytes> <crc32>
//   {"kind":"message","receipt":"...",...}
//   <body>
//   #sealed <records>

import { crc32 } from "node:zlib";
import type { Arrival } from "../core/raw.ts";
import { type Owner, readOwner } from "./owner.ts";
import type { RefusalCount } from "./port.ts";

const MAGIC = "sealwatch spool 1";
const LINE_FEED = Buffer.from("\n");
const NOTIFY_SUFFIX = "-n";
const SEQUENCE_DIGITS = 6;

/** A segment's name: UTC time, token of its writer, process id, number, and -n for "notify". */
export const SEGMENT_NAME = /^\d{8}T\d{9}Z-[0-9a-f]{8}-\d+-\d{6,}(?:-n)?$/;

/** What a segment's name is made of. */
export interface SegmentNaming {
  timeMs: number;
  /** Eight random hexadecimal digits of one writer: no two writers share a name. */
  token: string;
  pid: number;
  sequence: number;
  notify: boolean;
}

/** Prints a segment's name; names sort by time. */
export function printSegmentName(naming: SegmentNaming): string {
  const time = new Date(naming.timeMs).toISOString().replace(/[-:.]/g, "");
  const sequence = String(naming.sequence).padStart(SEQUENCE_DIGITS, "0");
  const suffix = naming.notify ? NOTIFY_SUFFIX : "";
  return `${time}-${naming.token}-${naming.pid}-${sequence}${suffix}`;
}

/** True when somebody waits for the outcome of the segment of that name. */
export function isNotifySegment(name: string): boolean {
  return name.endsWith(NOTIFY_SUFFIX);
}

/** Epoch milliseconds at which the segment of that name was begun. */
export function segmentTimeMs(name: string): number {
  const [, date, hour, minute, second, ms] = /^(\d{8})T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(name) ?? [];
  const day = `${date?.slice(0, 4)}-${date?.slice(4, 6)}-${date?.slice(6)}`;
  return Date.parse(`${day}T${hour}:${minute}:${second}.${ms}Z`);
}

/** Prints the first line, line feed included. */
export function printFirstLine(name: string, owner: Owner): Buffer {
  return Buffer.from(`${MAGIC} ${name} ${JSON.stringify(owner)}\n`);
}

/** Reads a first line; null when it is damaged or not all there. The owner is null when unreadable. */
export function readFirstLine(line: string): { name: string; owner: Owner | null } | null {
  if (!line.startsWith(`${MAGIC} `)) return null;
  const rest = line.slice(MAGIC.length + 1);
  const name = rest.slice(0, rest.indexOf(" "));
  if (!SEGMENT_NAME.test(name)) return null;
  return { name, owner: readOwner(readJson(rest.slice(name.length + 1))) };
}

/** Prints the last line of a segment that its writer has finished. */
export function printLastLine(records: number): Buffer {
  return Buffer.from(`#sealed ${records}\n`);
}

/** What stands in the header line of a record. */
export type RecordHeader =
  | ({ kind: "message" } & Arrival)
  | { kind: "refusals"; receipt: string; receivedAtMs: number; refusals: RefusalCount[] };

/**
 * Prints one record as chunks to be written one after the other; the body is not copied.
 * @param segmentName seeds the checksum, so that no body can hold text that passes for a record
 */
export function printRecord(segmentName: string, header: RecordHeader, body: Uint8Array): Buffer[] {
  const text = Buffer.from(JSON.stringify(header));
  const sum = recordSum(segmentName, text, body);
  const line = `#record ${text.length} ${body.length} ${sum.toString(16).padStart(8, "0")}\n`;
  const bodyBytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return [Buffer.concat([Buffer.from(line, "latin1"), text, LINE_FEED]), bodyBytes, LINE_FEED];
}

/** CRC-32 of header and body, begun with that of the segment's name, which no sender knows. */
export function recordSum(segmentName: string, header: Uint8Array, body: Uint8Array): number {
  const sum = crc32(header, crc32(segmentName));
  // zlib begins anew when it is given no address, which some empty arrays have and others do not.
  return body.length === 0 ? sum : crc32(body, sum);
}

/** JSON text as a value; undefined when it is none. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
