// What a benchmark says: its figures, the ratio against the floor or peer measured in the same run, and
// whether the bar is met. Ratios are medians of rounds that alternate the two sides.

export interface Verdict {
  name: string;
  figures: string;
  ratio: number;
  bar: string;
  met: boolean;
}

/** The middle value; the mean of the two middle ones for even counts. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Prints one verdict as lines for a person. */
export function printVerdict(verdict: Verdict): void {
  const word = verdict.met ? "met" : "MISSED";
  process.stdout.write(
    `${verdict.name}\n  ${verdict.figures}\n  ratio ${verdict.ratio.toFixed(2)}, bar ${verdict.bar}: ${word}\n`,
  );
}
