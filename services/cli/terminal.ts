// Where a command writes: standard output for what was asked for, standard error for the rest, what
// kind of terminal stands behind them, and how outside text is made fit for it (invariant 6).

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** True when a person looks at standard output. */
  outIsTerminal: boolean;
  errIsTerminal: boolean;
  /** Columns of the terminal; without one there is no bound. */
  columns: number;
  /** True when standard output may have colours (https://no-color.org). */
  color: boolean;
}

/** Without a terminal nothing is cut: the next program wants it whole. */
const COLUMNS_UNBOUNDED = Number.POSITIVE_INFINITY;

/**
 * The terminal of this process. A reader that goes away (`sealwatch query ... | head`) ends the
 * program quietly, as it does other programs.
 */
export function systemTerminal(env: NodeJS.ProcessEnv = process.env): Terminal {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    if (stream.listenerCount("error") === 0) stream.on("error", endOnBrokenPipe);
  }
  const outIsTerminal = stdout.isTTY === true;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    outIsTerminal,
    errIsTerminal: stderr.isTTY === true,
    columns: outIsTerminal && stdout.columns > 0 ? stdout.columns : COLUMNS_UNBOUNDED,
    color: outIsTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb",
  };
}

function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
}

/**
 * Controls, escape sequences' beginnings, line and paragraph separators, direction marks and
 * overrides, invisible characters, tags, private use, lone surrogates: what a terminal may obey or
 * hide instead of showing. The joiner of emoji (U+200D) is kept.
 */
const UNSAFE = new RegExp(
  "[\\p{Cc}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}" +
    "\\u00ad\\u061c\\u180e\\u200b\\u200c\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff" +
    "\\ufff9-\\ufffb\\u{e0000}-\\u{e0fff}]",
  "gu",
);

/** The text with everything that a terminal could obey written as \xNN or \u{N}. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}
