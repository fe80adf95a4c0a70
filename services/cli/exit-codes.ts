// Exit codes of the program, after sysexits.h where it has one, and the error that carries one.

import { PrivateFileError } from "../access/private-file.ts";
import { AsnDatabaseError } from "../enrich/asn-database.ts";
import { ListenError } from "../receive/running.ts";
import { DataFolderUnusable } from "../spool/folders.ts";
import { DataFolderInUse } from "../spool/lock.ts";
import { SpoolRefusal } from "../spool/port.ts";
import { StoreError } from "../store/port.ts";

/** What the surroundings did to us: their messages say all, a stack would only hide them. */
const OPERATING_ERRORS = [
  ListenError,
  DataFolderUnusable,
  DataFolderInUse,
  SpoolRefusal,
  PrivateFileError,
  AsnDatabaseError,
] as const;

export const EXIT = {
  ok: 0,
  /** What was asked for did not come about. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** EX_TEMPFAIL: store or server is away; the same command may succeed later. */
  tryAgain: 75,
  /** EX_CONFIG: the configuration is wrong. */
  configuration: 78,
  /** Ended by SIGINT before everything was done: 128 and the number of the signal, as shells have it. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The last lines of every help text. */
export const EXIT_CODES_HELP = `Exit codes:
  0   done
  1   failed
  2   the command line is wrong
  75  store or server is away; try again later
  78  the configuration is wrong; see 'sealwatch config check'
  130 interrupted`;

/** Ends a command with a message for people and an exit code; no stack is shown. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;
  constructor(message: string, options: ErrorOptions & { exitCode: ExitCode }) {
    super(message, options);
    this.exitCode = options.exitCode;
  }
}

/** What a command that threw says on stderr, and how the program ends. */
export function explainFailure(error: unknown): { exitCode: ExitCode; text: string } {
  if (error instanceof CommandError) return { exitCode: error.exitCode, text: error.message };
  if (error instanceof StoreError) {
    const exitCode = error.retryable ? EXIT.tryAgain : EXIT.failed;
    return { exitCode, text: `the store: ${error.message}` };
  }
  if (OPERATING_ERRORS.some((kind) => error instanceof kind) && error instanceof Error) {
    return { exitCode: EXIT.failed, text: error.message };
  }
  if (error instanceof Error) return { exitCode: EXIT.failed, text: explainError(error) };
  return { exitCode: EXIT.failed, text: `failed: ${String(error)}` };
}

/** An error of the operating system says enough; any other is ours and needs its stack. */
function explainError(error: Error): string {
  return "code" in error && "syscall" in error ? error.message : (error.stack ?? error.message);
}
