// Rate limits by key: each key has a bucket that fills at a steady rate and holds a burst. Pure, with the
// clock given, and bounded: full buckets are forgotten, and the key that was quiet for longest goes first.

export interface LimiterOptions {
  ratePerSecond: number;
  /** What a key may take at once after a pause; at least 1. */
  burst: number;
  /** Keys that are remembered. */
  keysMax: number;
  /** Milliseconds of a clock that need not tell the time of day. */
  now: () => number;
}

export interface Limiter {
  /** Takes from the bucket of a key; false, and nothing taken, when it does not hold as much. */
  allow(key: string, cost?: number): boolean;
  /** Takes what is owed already, at most a burst below nothing: whoever comes next waits for it. */
  charge(key: string, cost: number): void;
  /** Seconds until `allow` would say yes, 0 for now; more than the burst holds is never allowed. */
  waitSeconds(key: string, cost?: number): number;
  /** Keys that are remembered now. */
  size(): number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Old buckets that each call looks at: more than one, so that they are gone faster than they come. */
const SWEPT = 2;

/** Makes a limiter that has seen nobody. */
export function createLimiter(options: LimiterOptions): Limiter {
  const { ratePerSecond, keysMax, now } = options;
  const burst = Math.max(1, options.burst);
  /** In the order of their last use. */
  const buckets = new Map<string, Bucket>();

  function level(bucket: Bucket, nowMs: number): number {
    const seconds = Math.max(0, nowMs - bucket.atMs) / 1000;
    return Math.min(burst, bucket.tokens + seconds * ratePerSecond);
  }

  function forgetFull(nowMs: number): void {
    let looked = 0;
    for (const [key, bucket] of buckets) {
      if (looked++ >= SWEPT || level(bucket, nowMs) < burst) return;
      buckets.delete(key);
    }
  }

  function tokensOf(key: string, nowMs: number): number {
    const bucket = buckets.get(key);
    return bucket === undefined ? burst : level(bucket, nowMs);
  }

  function keep(key: string, tokens: number, nowMs: number): void {
    buckets.delete(key);
    forgetFull(nowMs);
    if (buckets.size >= keysMax) {
      for (const oldest of buckets.keys()) {
        buckets.delete(oldest);
        break;
      }
    }
    buckets.set(key, { tokens, atMs: nowMs });
  }

  return {
    allow(key, cost = 1) {
      const nowMs = now();
      const tokens = tokensOf(key, nowMs);
      const allowed = tokens >= cost;
      keep(key, allowed ? tokens - cost : tokens, nowMs);
      return allowed;
    },
    charge(key, cost) {
      const nowMs = now();
      keep(key, Math.max(-burst, tokensOf(key, nowMs) - cost), nowMs);
    },
    waitSeconds(key, cost = 1) {
      const missing = cost - tokensOf(key, now());
      if (missing <= 0) return 0;
      return cost > burst ? Number.POSITIVE_INFINITY : missing / ratePerSecond;
    },
    size: () => buckets.size,
  };
}
