// Whether mail to each of several domains is protected and by what: the verdict of the page of a domain, for
// a table of them.

import { OPEN_STATES } from "../../../core/problems/state.ts";
import { domainVerdict, type Verdict } from "../../../query/domain-verdict.ts";
import type { Panel, Row } from "../../../query/panel.ts";
import { domains } from "../../../query/panels/domains.ts";
import { policies } from "../../../query/panels/policies.ts";
import { problems } from "../../../query/panels/problems.ts";
import { readiness } from "../../../query/panels/readiness.ts";
import { rangeInWords } from "../../../query/range-words.ts";
import { showCount, showRate } from "../format.ts";
import type { View } from "../view.ts";
import { WHOLE } from "./domain-answers.ts";
import { completeDay, isPast } from "./domain-verdict.ts";

/** A domain can have many policies and problems. */
const ROWS = "5000";

export interface Protection {
  /** null where not all could be read that it rests on. */
  verdict: Verdict | null;
  /** The verdict in words. */
  title: string;
  /** What senders saw last, such as "MTA-STS enforce, DANE"; "" for nothing. */
  by: string;
}

/** The tenant and domain of a row, as one text. */
export const domainKey = (row: Row) => JSON.stringify([row["tenant"], row["domain"]]);

/**
 * The verdicts by `domainKey`: of the whole domains, whatever the page is filtered by, as their own pages
 * have them.
 * @throws ParameterError, StoreError
 */
export async function protectionOf(
  view: View,
  names: readonly string[],
): Promise<ReadonlyMap<string, Protection>> {
  if (names.length === 0) return new Map();
  const read = (panel: Panel, more = {}) =>
    view.run(panel, { ...WHOLE, domain: names, limit: [ROWS], ...more });
  const [found, ready, seen, open] = await Promise.all([
    read(domains),
    read(readiness),
    read(policies),
    read(problems, { state: OPEN_STATES }),
  ]);
  // A domain whose policy lies behind the cut would look as if it had none.
  const whole = [ready, seen, open].every(({ meta }) => meta.next_cursor === null);
  const range = rangeInWords(found.meta, view.nowMs);
  const day = completeDay(found.meta);
  const entries = found.rows.map((row): [string, Protection] => {
    const key = domainKey(row);
    const own = ({ rows }: { rows: readonly Row[] }) =>
      rows.filter((one) => domainKey(one) === key);
    const { verdict, title } = domainVerdict({
      domain: row,
      readiness: own(ready)[0],
      policies: own(seen),
      problems: own(open),
      completeDay: day,
      isPast: isPast(found.meta),
      shown: {
        range,
        rate: showRate(row["success_rate"]),
        protectedRate: showRate(row["protected_rate"]),
        sessions: showCount(row["total_sessions"]),
      },
    });
    const sure = whole || verdict === "withheld";
    return [key, { verdict: sure ? verdict : null, title, by: policiesInWords(row) }];
  });
  return new Map(entries);
}

function policiesInWords(row: Row): string {
  const types = [row["policy_types"] ?? []].flat();
  const sts = types.includes("sts") ? [`MTA-STS ${row["sts_mode"] || "(mode not told)"}`] : [];
  return [...sts, ...(types.includes("tlsa") ? ["DANE"] : [])].join(", ");
}
