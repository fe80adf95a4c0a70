// Where a command writes: standard output for what was asked for, standard error for the rest, and what
// kind of terminal stands behind them.

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
  /** True when it shows more than ASCII, as the locale says. */
  unicode: boolean;
}

/** What --color takes. */
export const COLOR_CHOICES = ["auto", "always", "never"] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];

/** The terminal with colours as --color asks for: that goes before NO_COLOR and pipes. */
export function withColor(terminal: Terminal, choice: ColorChoice): Terminal {
  return choice === "auto" ? terminal : { ...terminal, color: choice === "always" };
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
    unicode: hasUnicode(env),
  };
}

/** The locale as POSIX has it: the first of three variables that says anything (XBD section 8.2). */
export function hasUnicode(env: NodeJS.ProcessEnv): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return process.platform === "win32" || /utf-?8/i.test(locale);
}

function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
}
