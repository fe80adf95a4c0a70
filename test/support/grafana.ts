// Expands a statement as Grafana and its ClickHouse data source do before they send it: first what may be left
// out, then template variables, then the macros of the range. It knows what our dashboards use and refuses all
// else.

/** Values by variable; one that is not named, or has no value, is at "All". */
export type Choices = Readonly<Record<string, readonly string[]>>;

export interface GrafanaRange {
  fromMs: number;
  /** The last millisecond that is in it. */
  toMs: number;
}

const MAYBE = "$__conditionalAll(";
const VARIABLE = /\$(\w+)|\$\{(\w+)(?::(\w+))?\}/g;

/**
 * The statement as the store gets it.
 * @param nowMs what the store's clock is said to show
 * @throws Error for a macro or a variable that is not known
 */
export function expand(
  sql: string,
  choices: Choices,
  { fromMs, toMs }: GrafanaRange,
  nowMs: number,
): string {
  // Grafana goes on from seconds; the clock of the store is not ours to set.
  const macros: Record<string, string> = {
    __fromTime: `toDateTime(${Math.floor(fromMs / 1000)})`,
    __toTime: `toDateTime(${Math.floor(toMs / 1000)})`,
  };
  const written = leaveOut(sql, choices).replace(VARIABLE, (_, bare, braced, format) => {
    const name: string = bare ?? braced;
    if (bare !== undefined && Object.hasOwn(macros, name)) return macros[name] ?? "";
    const values = choices[name];
    if (values === undefined || format !== "percentencode") {
      throw new Error(`${name} is not known as ${format}`);
    }
    return percentEncode(`{${values.join(",")}}`);
  });
  if (/\$|\[\[\w+(?::\w+)?\]\]/.test(written.replaceAll("+$'", ""))) {
    throw new Error("something in it is still to be expanded");
  }
  return written.replaceAll("now()", `toDateTime(${Math.floor(nowMs / 1000)})`);
}

/** What depends on a variable that is at "All" becomes true. */
function leaveOut(sql: string, choices: Choices): string {
  const start = sql.lastIndexOf(MAYBE);
  if (start < 0) return sql;
  const { parts, end } = argumentsAt(sql, start + MAYBE.length);
  const [condition, variable] = parts;
  const name = /^\s*\$(\w+)\s*$/.exec(variable ?? "")?.[1];
  if (condition === undefined || name === undefined || parts.length !== 2) {
    throw new Error(`a condition on one variable, not ${parts.join(" and ")}`);
  }
  const phrase = choices[name]?.length ? condition : "1=1";
  return leaveOut(sql.slice(0, start) + phrase + sql.slice(end), choices);
}

/** Parted by commas that stand in no further bracket; the plugin does not look at quotes. */
function argumentsAt(sql: string, start: number): { parts: string[]; end: number } {
  const parts: string[] = [];
  let [depth, from] = [1, start];
  for (let at = start; at < sql.length; at++) {
    const sign = sql[at];
    if (sign === "(") depth += 1;
    if (sign === ")") depth -= 1;
    if (depth === 0 || (sign === "," && depth === 1)) {
      parts.push(sql.slice(from, at));
      from = at + 1;
    }
    if (depth === 0) return { parts, end: at + 1 };
  }
  throw new Error("a bracket is left open");
}

/** Grafana's format `percentencode` of several values is that of {a,b}. */
function percentEncode(text: string): string {
  const code = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, code);
}
