// Sizes and durations as people write them: 25MiB, 512 MB, 30d, 1h30m. Counts of bytes and
// milliseconds inside. Months and years are no durations here: they have no fixed length.

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

const MS_PER_UNIT = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 7 * 86_400_000],
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

/**
 * Milliseconds of a duration: one number and unit or several from large to small, of w, d, h, m, s,
 * ms. Null when it is none. A number alone is none: its unit would be a guess.
 */
export function parseDuration(text: string): number | null {
  const compact = text.trim().toLowerCase();
  if (!/^(?:[0-9]{1,12}(?:ms|[wdhms]))+$/.test(compact)) return null;
  let totalMs = 0;
  let lastMs = Number.POSITIVE_INFINITY;
  for (const [, digits, unit] of compact.matchAll(/([0-9]+)(ms|[wdhms])/g)) {
    const perUnitMs = MS_PER_UNIT.get(unit ?? "") ?? 0;
    if (perUnitMs >= lastMs) return null;
    lastMs = perUnitMs;
    totalMs += Number(digits) * perUnitMs;
  }
  return Number.isSafeInteger(totalMs) ? totalMs : null;
}

/** A duration in the units that keep it whole, large to small: 5400000 is 1h30m. */
export function printDuration(ms: number): string {
  let restMs = Math.round(ms);
  let text = "";
  for (const unit of ["d", "h", "m", "s", "ms"]) {
    const perUnitMs = MS_PER_UNIT.get(unit) ?? 1;
    const count = Math.floor(restMs / perUnitMs);
    restMs -= count * perUnitMs;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === "" ? "0s" : text;
}
