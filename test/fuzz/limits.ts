// The bounds that the fuzzing holds the program to, and its own.

export const BOUNDS_OF_FUZZING = {
  /** No case may take longer. */
  caseMs: 1_000,
  /** A slow case is tried so often, and the quickest try counts. */
  slowTries: 3,
  /** With so many processes waiting for each processor the clock says nothing of a case. */
  busyLoad: 2,
  /** Cases between two looks at what they left behind; the first batch is small, to show mistakes soon. */
  batchFirst: 8,
  batch: 256,
  /** A target with so many findings is ended. */
  findings: 10,
  /** Memory after a collection may grow by so much over the last half of a run. */
  growthMib: 16,
  /** At most so long between two looks at the memory. */
  sampleMs: 10_000,
  /** A process that says nothing for so long hangs. */
  silenceMs: 60_000,
} as const;
