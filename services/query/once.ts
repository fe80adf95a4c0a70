// Each row once (invariant 4). A row whose key was never written before says so (`rewritten` 0), and is
// taken as it is. Merging all by FINAL costs more the less the parts are merged, so only the few reports that
// were written more than once, such as copies on two channels, are merged: a small read finds them, and of
// the rows of a key the newest stands. Where one statement sees one state of a table the small read is part
// of the statement, which first supposes that there are none and is refused where it is wrong; over shards it
// comes before and after.

import { createHash } from "node:crypto";
import { BOUNDS } from "../core/bounds.ts";
import { type QueryParameter, type Store, StoreError } from "../store/port.ts";
import type { Table } from "./panel.ts";

/**
 * Tables whose rows say whether their key may have had one before, with this key: the sorting keys of
 * schemas/clickhouse, of whose rows the one with the highest version stands.
 */
export const MARKED_KEYS = {
  reports: "tenant, day, report_key, rows_hash, receipt, item",
  policy_summaries: "tenant, domain, day, report_key, rows_hash, policy_index",
  failure_details:
    "tenant, domain, day, result_type, mx, report_key, rows_hash, policy_index, detail_index",
} as const satisfies Partial<Record<Table, string>>;

/**
 * Conditions on what all rows of a key share, `domains` by rows_hash; others may hold for an old row and not
 * for the new one. One that is not recognised makes the small read larger, and nothing wrong.
 */
const BOUND = "\\{\\w+:[\\w()]+\\}";
const ON_KEY = new RegExp(
  `^(?:(?:tenant|domain|day|report_key) (?:IN|>=|<=) ${BOUND}|hasAny\\(domains, ${BOUND}\\))$`,
);

/** Reads of tables by reports that were written again: small hashes of their keys (`key_prefix`). */
type Again = ReadonlyMap<string, readonly number[] | "many">;

type Bind = (name: string, type: string, value: QueryParameter) => string;

/** A read that is to be made once it is known what was written again in it. */
export interface Reads {
  /** Reads that were asked for and are not known yet. */
  readonly wanted: ReadonlySet<string>;
  /** "FROM ... WHERE ..." with the rows that the conditions leave in, each once. */
  from(table: Table, scoped: string, conditions: readonly string[], bind: Bind): string;
}

/** FUNCTION_THROW_IF_VALUE_IS_NON_ZERO: something was written again, and the statement supposed that not. */
const SUPPOSED_WRONGLY = "395";

/**
 * @param known what was found for the reads that were wanted; a read that is not in it is wanted. "here" when
 * the statement itself looks, "none" when it supposes that there is nothing, and looks whether that is so. It
 * looks by a set, as the merging read does: a scalar subquery would see a state of its own.
 */
function readsOnce(known: Again | "here" | "none"): Reads {
  const wanted = new Set<string>();
  return {
    wanted,
    from(table, scoped, conditions, bind) {
      const where = [scoped, ...conditions.map((one) => `(${one})`)].join(" AND ");
      if (!isMarked(table)) return `FROM ${table} FINAL WHERE ${where}`;
      const onKey = [scoped, ...conditions.filter((one) => ON_KEY.test(one))].join(" AND ");
      const read = `FROM ${table} WHERE ${onKey}`;
      const first = `FROM ${table} WHERE ${where} AND rewritten = 0`;
      // FINAL would give the same, and reads all in order to find these few. Of equal versions the row that
      // was written again is the later one, and each answer has the same.
      const apart = (again: string) => `FROM (
        SELECT * ${first} AND key_prefix NOT IN ${again}
        UNION ALL
        SELECT * FROM (
          SELECT * FROM ${table} WHERE ${onKey} AND key_prefix IN ${again}
          ORDER BY version DESC, rewritten DESC, is_deleted DESC LIMIT 1 BY ${MARKED_KEYS[table]}
        ) WHERE is_deleted = 0 AND ${where}
      )`;
      if (known === "none") {
        const times = `SELECT count() AS times ${read} AND rewritten = 1`;
        return `${first} AND rewritten NOT IN (SELECT toUInt8(1) FROM (${times}) WHERE throwIf(times > 0))`;
      }
      if (known === "here") return apart(`(SELECT key_prefix ${read} AND rewritten = 1)`);
      const again = known.get(read);
      if (again === undefined) wanted.add(read);
      if (again === "many") return `FROM ${table} FINAL WHERE ${where}`;
      if (again === undefined || again.length === 0) return first;
      const place = [...known.keys()].indexOf(read);
      return apart(bind(`again_${place}`, "Array(UInt32)", [...again]));
    },
  };
}

interface Statement {
  sql: string;
  bound: Record<string, QueryParameter>;
}

function isMarked(table: Table): table is keyof typeof MARKED_KEYS {
  return Object.hasOwn(MARKED_KEYS, table);
}

/** Makes a statement for what is known; its reads say what they want to know. */
type Make = (reads: Reads) => Statement;

/**
 * Runs statements that see each row once. Over shards, what is written again between the small reads and
 * the statements may be gone for these: the old row merged away, the new one not asked for. So the small
 * reads are made once more, and all again when they find more; after some rounds everything is merged.
 */
export async function runOnce<Answer>(
  store: Store,
  makes: readonly Make[],
  run: (statement: Statement, place: number) => Promise<Answer>,
): Promise<Answer[]> {
  if (store.oneState) {
    return Promise.all(makes.map((make, i) => runSupposing(make, (made) => run(made, i))));
  }
  const wants = makes.map(wantsOf);
  const runAll = (of: (want: Want) => Again) =>
    Promise.all(makes.map((make, i) => run(make(readsOnce(of(wants[i] ?? []))), i)));
  const small = new Map(wants.flat().map((want) => [want.key, want]));
  if (small.size === 0) return runAll(() => new Map());
  const look = () => readAgain(store, small);
  let again = await look();
  for (let round = 0; round < BOUNDS.rewrittenRoundsMax; round++) {
    const known = again;
    const answers = await runAll(
      (want) => new Map(want.map(({ read, key }) => [read, known.get(key) ?? "many"])),
    );
    again = await look();
    if (!grew(known, again)) return answers;
  }
  return runAll((want) => new Map(want.map(({ read }) => [read, "many"])));
}

/** Hashes of small reads that are known to find something; what is forgotten costs one refusal. */
const finding = new Set<string>();

/**
 * Supposes that nothing was written again, which is cheap and mostly so for a small domain, and merges when
 * the store says that something was.
 */
async function runSupposing<Answer>(
  make: Make,
  run: (statement: Statement) => Promise<Answer>,
): Promise<Answer> {
  const wanted = wantsOf(make).map(({ key }) => key);
  const hash = createHash("sha256").update(wanted.join("\n")).digest("base64");
  if (wanted.length > 0 && !finding.has(hash)) {
    try {
      return await run(make(readsOnce("none")));
    } catch (error) {
      if (!(error instanceof StoreError && error.code === SUPPOSED_WRONGLY)) throw error;
      if (finding.size >= BOUNDS.rewrittenReadsKnownMax) finding.clear();
      finding.add(hash);
    }
  }
  return run(make(readsOnce("here")));
}

/** A small read that a statement wants; statements that want the same one share it. */
interface SmallRead {
  read: string;
  bound: Record<string, QueryParameter>;
  key: string;
}
type Want = readonly SmallRead[];

function wantsOf(make: Make): Want {
  const reads = readsOnce(new Map());
  const { bound } = make(reads);
  return [...reads.wanted].map((read) => {
    const names = [...read.matchAll(/\{(\w+):/g)].map(([, name = ""]) => name);
    const own = Object.fromEntries(names.map((name) => [name, bound[name] ?? ""]));
    return { read, bound: own, key: `${read} ${JSON.stringify(own)}` };
  });
}

/** Whether a read has more than it had; all of it merged has everything. */
function grew(before: Again, now: Again): boolean {
  for (const [read, keys] of now) {
    const known = before.get(read);
    if (known === "many") continue;
    if (keys === "many" || keys.some((key) => !known?.includes(key))) return true;
  }
  return false;
}

/** Finds what was written again. @throws StoreError */
async function readAgain(store: Store, small: ReadonlyMap<string, SmallRead>): Promise<Again> {
  const bounds = { timeMsMax: BOUNDS.queryMsMax, rowsMax: 1 };
  const found = [...small].map(async ([key, { read, bound }]) => {
    const sql = `SELECT arraySort(groupUniqArray(${BOUNDS.rewrittenKeysMax + 1})(key_prefix)) AS again
      ${read} AND rewritten = 1`;
    const [row] = await store.select<{ again: number[] }>(sql, bound, bounds);
    const again = row?.again ?? [];
    return [key, again.length > BOUNDS.rewrittenKeysMax ? "many" : again] as const;
  });
  return new Map(await Promise.all(found));
}
