// Durations as people write them: 30d, 1h30m. Milliseconds inside. Months and years are no durations
// here: they have no fixed length.

const MS_PER_UNIT = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 7 * 86_400_000],
]);

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
