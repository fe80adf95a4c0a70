// What a running program says that it holds, read through its API as a user would.

import type { Program } from "./program.ts";

export interface Tally {
  received: number;
  stored: number;
  duplicate: number;
  conflict: number;
  quarantined: number;
}

const ALL_DAYS = "from=2016-01-01";

/** The counts of invariant 3 from the panel `ingest`. */
export async function ingestTally(program: Program): Promise<Tally> {
  const { data } = await program.get<{ data: { outcome: string; items: number }[] }>(
    "/api/v1/ingest?from=2016-01-01&limit=1000",
  );
  const of = (outcome: string) =>
    data.filter((row) => row.outcome === outcome).reduce((sum, row) => sum + row.items, 0);
  const counts = {
    stored: of("stored"),
    duplicate: of("duplicate"),
    conflict: of("conflict"),
    quarantined: of("quarantined"),
  };
  return { received: Object.values(counts).reduce((a, b) => a + b, 0), ...counts };
}

/** Every report-id that counts, with how often it is there. */
export async function storedReportIds(program: Program): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: {
      data: { report_id: string; status: string }[];
      meta: { next_cursor: string | null };
    } = await program.get(`/api/v1/reports?${ALL_DAYS}&limit=10000${more}`);
    for (const { report_id: id, status } of page.data) {
      if (status === "stored") found.set(id, (found.get(id) ?? 0) + 1);
    }
    cursor = page.meta.next_cursor;
  } while (cursor !== null);
  return found;
}

/** The one row of the panel `overview` over all days. */
export async function overview(
  program: Program,
): Promise<{ reports: number; total_sessions: number; failed_sessions: number }> {
  const { data } = await program.get<{
    data: { reports: number; total_sessions: number; failed_sessions: number }[];
  }>(`/api/v1/overview?${ALL_DAYS}`);
  const [row] = data;
  if (row === undefined) throw new Error("the overview has no row");
  return row;
}

/** True when nothing waits in the spool, whether the program is ready or not. */
export async function isDrained(program: Program): Promise<boolean> {
  const answer = await fetch(`${program.http}/readyz`);
  const { checks } = (await answer.json()) as { checks: { spool: { detail: string } } };
  return checks.spool.detail.startsWith("0 bytes");
}
