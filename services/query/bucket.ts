// The bucket of time that a row belongs to, as SQL.

import { BOUNDS } from "../core/bounds.ts";
import { readRange } from "./filters.ts";
import type { PanelQuery } from "./panel.ts";
import { buckets, STEPS } from "./range.ts";
import { UTC } from "./time-zone.ts";

/**
 * SQL of the start of a row's bucket, as DateTime in UTC, by its `start_at`, or in UTC by its `day`,
 * which costs less. For other zones the starts are worked out here and bound, so that the store's
 * tables of time zones do not matter. With `compare` there are buckets of the period before too.
 */
export function bucketOf(query: PanelQuery): string {
  const { step, timezone } = query.parameters;
  if (timezone === UTC) return STEPS[step].bucket;
  // Two periods, each with one bucket more than it has room for at its end.
  const countMax = 2 * (BOUNDS.trendBucketsMax + 1);
  const starts = buckets(readRange(query), step, timezone, countMax);
  const seconds = starts.map((ms) => Math.max(ms / 1000, 0));
  const bound = query.bind("bucket_starts", "Array(Int64)", seconds);
  return `toDateTime(roundDown(toInt64(toUnixTimestamp(start_at)), ${bound}), 'UTC')`;
}
