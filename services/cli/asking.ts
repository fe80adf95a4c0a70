// How commands ask the API of a running server, and what they make of a refusal.

import { printable } from "../core/printable.ts";
import { CommandError, EXIT } from "./exit-codes.ts";

/** Asks for a path of the API and gives the answer. */
export type Ask = (path: string, headers: Record<string, string>) => Promise<Response>;

const WITH_TOKEN =
  "\nPut the token into SEALWATCH_TOKEN, or its file's path into SEALWATCH_TOKEN_FILE.";
const REQUEST_MS_MAX = 60_000;

/** Asks a server. @throws CommandError when it does not answer */
export async function askServer(
  url: string,
  headers: Record<string, string>,
  method: "GET" | "POST" = "GET",
): Promise<Response> {
  try {
    return await fetch(url, { method, headers, signal: AbortSignal.timeout(REQUEST_MS_MAX) });
  } catch (cause) {
    const why = `the server at ${new URL(url).origin} does not answer; is it running?`;
    throw new CommandError(why, { cause, exitCode: EXIT.tryAgain });
  }
}

/** The token of the option `token` as a server wants it (RFC 6750 section 2.1). */
export function tokenHeader(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** An answer in RFC 9457 form as one line; anything else as it came. */
export function refusal(status: number, text: string): CommandError {
  const exitCode = status === 400 ? EXIT.usage : status >= 503 ? EXIT.tryAgain : EXIT.failed;
  try {
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string };
    const way = status === 401 ? WITH_TOKEN : "";
    return new CommandError([title, detail].filter(Boolean).join(": ") + way, { exitCode });
  } catch {
    return new CommandError(`the server answered ${status}: ${printable(text)}`, { exitCode });
  }
}
