// A progress bar on the terminal's standard error, and silence where there is no terminal.

import { BOUNDS } from "../core/bounds.ts";
import { printDuration } from "../core/duration.ts";
import { printable } from "../core/printable.ts";
import { grouped } from "./table.ts";
import { truncate } from "./text-width.ts";

export interface Progress {
  /** So many more are done. */
  advance(count: number): void;
  /** What is going on once all are done, in place of the rate. */
  note(text: string): void;
  /** Removes the bar, so that what follows stands on a clean line. */
  finish(): void;
}

export interface ProgressOptions {
  label: string;
  total: number;
  /** Where the bar is drawn; the process's own standard error without one. */
  screen?: ProgressScreen;
  nowMs?: () => number;
}

export interface ProgressScreen {
  isTerminal: boolean;
  columns: number;
  write(text: string): void;
}

const BAR_COLUMNS = 24;
const COLUMNS_FALLBACK = 80;
/** To the first column, and clear to the end of the line. */
const CLEAR = "\r\u001b[K";

/** Starts a bar. It is drawn at most every BOUNDS.progressMsMin, so that it costs nothing. */
export function createProgress(options: ProgressOptions): Progress {
  const { label, total, screen = systemScreen(), nowMs = Date.now } = options;
  if (!screen.isTerminal) return { advance: () => {}, note: () => {}, finish: () => {} };
  const startedMs = nowMs();
  let done = 0;
  let note = "";
  let drawnMs = Number.NEGATIVE_INFINITY;
  const draw = () => {
    const timeMs = nowMs();
    if (timeMs - drawnMs < BOUNDS.progressMsMin) return;
    drawnMs = timeMs;
    const text = barLine({ label, total, done, note, elapsedMs: timeMs - startedMs });
    screen.write(`${CLEAR}${truncate(text, screen.columns - 1)}`);
  };
  return {
    advance: (count) => {
      done += count;
      draw();
    },
    note: (text) => {
      note = printable(text);
      draw();
    },
    finish: () => screen.write(CLEAR),
  };
}

interface Standing {
  label: string;
  total: number;
  done: number;
  note: string;
  elapsedMs: number;
}

/** One line: label, bar, share, counts, then the note, or rate and time left. */
export function barLine({ label, total, done, note, elapsedMs }: Standing): string {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const filled = Math.floor(share * BAR_COLUMNS);
  const bar = "█".repeat(filled) + "░".repeat(BAR_COLUMNS - filled);
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const head = `${label} ${bar} ${percent}  ${grouped(done)}/${grouped(total)}`;
  if (note !== "") return `${head}  ${note}`;
  if (done === 0 || elapsedMs < 1_000) return head;
  const perSecond = done / (elapsedMs / 1_000);
  const rate = perSecond >= 10 ? grouped(Math.round(perSecond)) : perSecond.toFixed(1);
  const leftSeconds = Math.ceil(Math.max(0, total - done) / perSecond);
  return `${head}  ${rate}/s  ${printDuration(leftSeconds * 1_000)} left`;
}

function systemScreen(): ProgressScreen {
  const { stderr } = process;
  return {
    isTerminal: stderr.isTTY === true && process.env["TERM"] !== "dumb",
    columns: stderr.columns > 0 ? stderr.columns : COLUMNS_FALLBACK,
    write: (text) => void stderr.write(text),
  };
}
