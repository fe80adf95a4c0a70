// Sizes as people write them: 25MiB, 512 MB. Counts of bytes inside.

const KIB = 1024;

const BYTES_PER_UNIT = new Map([
  ["b", 1],
  ["kb", 1_000],
  ["mb", 1_000_000],
  ["gb", 1_000_000_000],
  ["tb", 1_000_000_000_000],
  ["kib", KIB],
  ["mib", KIB ** 2],
  ["gib", KIB ** 3],
  ["tib", KIB ** 4],
]);

/**
 * Bytes of a size: digits with an optional fraction and a unit of B, KB, MB, GB, TB (powers of
 * 1000) or KiB, MiB, GiB, TiB (powers of 1024), in any case; digits alone are bytes. Null when it
 * is none, or more than a number can hold exactly.
 */
export function parseSize(text: string): number | null {
  const match = /^([0-9]{1,16}(?:\.[0-9]{1,6})?) ?([a-z]{0,3})$/i.exec(text.trim());
  if (match === null) return null;
  const perUnit = BYTES_PER_UNIT.get(match[2]?.toLowerCase() || "b");
  if (perUnit === undefined) return null;
  const bytes = Math.round(Number(match[1]) * perUnit);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** A size in the largest unit that keeps it whole: 26214400 is 25MiB, 1000 is 1000. */
export function printSize(bytes: number): string {
  for (const unit of ["TiB", "GiB", "MiB", "KiB"]) {
    const perUnit = BYTES_PER_UNIT.get(unit.toLowerCase()) ?? 1;
    if (bytes >= perUnit && bytes % perUnit === 0) return `${bytes / perUnit}${unit}`;
  }
  return String(bytes);
}
