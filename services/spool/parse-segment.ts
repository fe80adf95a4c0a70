// Reads the bytes of a segment back, whatever happened to them: good records are returned, damaged
// stretches are named by their place, and a last record that was never finished is left out. Pure.

import { readFirstLine, recordSum } from "./format.ts";
import type { SpoolRecord } from "./port.ts";
import { readRecord } from "./read-header.ts";

/** Bytes from `start` to before `end` that are no record. */
export interface Damage {
  start: number;
  end: number;
}

export interface ParsedSegment {
  records: SpoolRecord[];
  damages: Damage[];
  /** Bytes of a last record that was not written to its end, so it was never acknowledged. */
  cutBytes: number;
}

const RECORD_START = "#record ";
const RECORD_LINE = /^#record (\d{1,9}) (\d{1,9}) ([0-9a-f]{8})$/;
const LAST_LINE = /\n#sealed \d{1,9}\n$/;
const FEED = 10;
/** Longest first line and record line: a name, an owner, three numbers. */
const LINE_BYTES_MAX = 2_048;
const LAST_LINE_BYTES_MAX = 20;
/** Bytes checked while looking for the next record, as a multiple of the segment's size. */
const SEARCH_FACTOR_MAX = 64;

/**
 * What is read, and how far: `end` is where the last line begins. The last record of a segment without
 * one may end in the same words, so a record is judged by its checksum first.
 */
interface Reading {
  text: Buffer;
  name: string;
  end: number;
  sealed: boolean;
  /** Bytes that may still be checked in search of a record behind a damage. */
  searchBytes: number;
}

/**
 * Parses a whole segment. Never throws, and its time is bounded by the size of the segment.
 * @param fileName name of the segment's file without ending; the first line may be damaged
 */
export function parseSegment(bytes: Uint8Array, fileName: string): ParsedSegment {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const firstLine = lineAt(text, 0);
  const first = firstLine === null ? null : readFirstLine(firstLine.text);
  // When its end is damaged the first record stands in the same line, and so the owner is unreadable.
  const start = first === null || first.owner === null ? 0 : (firstLine?.end ?? 0);
  const parsed = parseRecords(text, fileName, start);
  if (parsed.records.length > 0 || first === null || first.name === fileName) return parsed;
  return parseRecords(text, first.name, start);
}

function parseRecords(text: Buffer, name: string, start: number): ParsedSegment {
  const tail = text.toString("latin1", Math.max(0, text.length - LAST_LINE_BYTES_MAX));
  const lastLineBytes = (LAST_LINE.exec(tail)?.[0].length ?? 1) - 1;
  const reading: Reading = {
    text,
    name,
    end: text.length - lastLineBytes,
    sealed: lastLineBytes > 0,
    searchBytes: text.length * SEARCH_FACTOR_MAX,
  };
  const parsed: ParsedSegment = { records: [], damages: [], cutBytes: 0 };
  let position = start;
  while (position < reading.end) {
    const found = recordAt(reading, position) ?? skipTo(reading, position, parsed);
    if (found === null) break;
    parsed.records.push(found.record);
    position = found.end;
  }
  return parsed;
}

interface Found {
  record: SpoolRecord;
  start: number;
  end: number;
}

/** Finds the next good record behind a damage and notes what lies between. */
function skipTo(reading: Reading, position: number, parsed: ParsedSegment): Found | null {
  const next = nextRecord(reading, position);
  if (next !== null) parsed.damages.push({ start: position, end: next.start });
  else if (isCut(reading, position)) parsed.cutBytes = reading.text.length - position;
  else parsed.damages.push({ start: position, end: reading.end });
  return next;
}

/** The start of a record may stand inside a damaged one's body: its checksum tells. */
function nextRecord(reading: Reading, position: number): Found | null {
  let candidate = reading.text.indexOf(RECORD_START, position + 1, "latin1");
  while (candidate !== -1 && reading.searchBytes > 0) {
    const found = recordAt(reading, candidate);
    if (found !== null) return found;
    candidate = reading.text.indexOf(RECORD_START, candidate + 1, "latin1");
  }
  return null;
}

function recordAt(reading: Reading, start: number): Found | null {
  const { text } = reading;
  const extent = extentAt(text, start);
  if (extent === null || extent.end > text.length) return null;
  const { headerStart, bodyStart, end } = extent;
  if (text[bodyStart - 1] !== FEED || text[end - 1] !== FEED) return null;
  const header = text.subarray(headerStart, bodyStart - 1);
  const body = text.subarray(bodyStart, end - 1);
  if (recordSum(reading.name, header, body) !== extent.sum) {
    reading.searchBytes -= end - headerStart;
    return null;
  }
  // A copy of its own: a view would take the whole segment along to a worker thread.
  const record = readRecord(header.toString("utf8"), new Uint8Array(body));
  return record === null ? null : { record, start, end };
}

interface Extent {
  headerStart: number;
  bodyStart: number;
  end: number;
  sum: number;
}

function extentAt(text: Buffer, start: number): Extent | null {
  const line = lineAt(text, start);
  const [matched, headerBytes, bodyBytes, sum] = RECORD_LINE.exec(line?.text ?? "") ?? [];
  if (line === null || matched === undefined) return null;
  const bodyStart = line.end + Number(headerBytes) + 1;
  const end = bodyStart + Number(bodyBytes) + 1;
  return { headerStart: line.end, bodyStart, end, sum: Number.parseInt(sum ?? "", 16) };
}

/** True when the bytes from here on are the beginning of one record that was not finished. */
function isCut(reading: Reading, position: number): boolean {
  if (reading.sealed) return false;
  const extent = extentAt(reading.text, position);
  if (extent !== null) return extent.end > reading.text.length;
  const rest = reading.text.toString("latin1", position, position + RECORD_START.length);
  const begun = RECORD_START.startsWith(rest) || position === 0;
  const short = reading.text.length - position < LINE_BYTES_MAX;
  return begun && short && lineAt(reading.text, position) === null;
}

/** The line that starts here, and where the next one does; null when its end is too far or missing. */
function lineAt(text: Buffer, start: number): { text: string; end: number } | null {
  const length = text.subarray(start, start + LINE_BYTES_MAX).indexOf(FEED);
  if (length === -1) return null;
  return { text: text.toString("utf8", start, start + length), end: start + length + 1 };
}
