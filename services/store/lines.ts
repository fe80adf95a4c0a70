// Cuts the text of an insert at line ends, so that no request is larger than the store takes.

const LINE_FEED = 10;

/**
 * Parts of at most `bytesMax` bytes, each of whole lines; a line that is longer is a part alone.
 * Same text, same parts: deduplication tokens are made of them.
 */
export function splitLines(lines: string, bytesMax: number): Buffer[] {
  const bytes = Buffer.from(lines, "utf8");
  const parts: Buffer[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = partEnd(bytes, start, bytesMax);
    parts.push(bytes.subarray(start, end));
    start = end;
  }
  return parts;
}

function partEnd(bytes: Buffer, start: number, bytesMax: number): number {
  if (bytes.length - start <= bytesMax) return bytes.length;
  const last = bytes.lastIndexOf(LINE_FEED, start + bytesMax - 1);
  if (last >= start) return last + 1;
  const next = bytes.indexOf(LINE_FEED, start + bytesMax);
  return next === -1 ? bytes.length : next + 1;
}
