// `sealwatch health`: asks a running instance whether it is ready, for people and for the health
// checks of containers, which know 0 and 1 only.

import type { Config } from "../config/config.ts";
import { localUrl } from "../config/listen.ts";
import { BOUNDS } from "../core/bounds.ts";
import { printable } from "../core/printable.ts";
import { tokenHeader } from "./asking.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { printTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

export interface HealthOptions {
  json: boolean;
}

type Checks = Record<string, { ok: boolean; detail: string }>;

/** Asks /readyz at http.listen; 0 when it is ready, 1 when it is not or gives no answer in time. */
export async function runHealth(
  config: Pick<Config, "http" | "token">,
  options: HealthOptions,
  terminal: Terminal,
  timeoutMs: number = BOUNDS.healthMsMax,
): Promise<ExitCode> {
  const url = `${localUrl(config.http.listen)}/readyz`;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = tokenHeader(config.token);
    const answer = await fetch(url, { headers, signal, redirect: "error" });
    const text = await boundedText(answer);
    if (options.json) terminal.out(`${printable(text.trim())}\n`);
    else terminal.out(readable(answer, text, terminal));
    terminal.err(explainMissing(answer, text, config.token));
    return answer.ok ? EXIT.ok : EXIT.failed;
  } catch (error) {
    terminal.err(`sealwatch: no answer from ${url}: ${printable(reasonOf(error, timeoutMs))}\n`);
    return EXIT.failed;
  }
}

/** Why there are no details, as the server hints at by its header; "" where there are some. */
function explainMissing(answer: Response, text: string, token: string | null): string {
  const hint = answer.headers.get("WWW-Authenticate");
  const checks = Object.values(checksOf(text) ?? {});
  if (hint === null || checks.some(({ detail }) => detail !== "")) return "";
  if (hint.includes("invalid_token")) {
    return "sealwatch: the token in SEALWATCH_TOKEN is not known there, has expired or was revoked\n";
  }
  const what = token === null ? "a token, in SEALWATCH_TOKEN," : "another token";
  return `sealwatch: details need ${what} that sees all tenants\n`;
}

async function boundedText(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > BOUNDS.healthBodyBytesMax) throw new Error("the answer is too large");
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

function readable(answer: Response, text: string, terminal: Terminal): string {
  const checks = checksOf(text);
  const verdict = answer.ok ? "ready" : `not ready (HTTP ${answer.status})`;
  if (checks === null) return `${verdict}\n`;
  const rows = Object.entries(checks).map(([check, { ok, detail }]) => ({
    check,
    state: ok ? "ok" : "failed",
    detail,
  }));
  const columns = [{ name: "check" }, { name: "state" }, { name: "detail" }];
  const { columns: width, color } = terminal;
  return `${verdict}\n${printTable(columns, rows, { width, color })}`;
}

function checksOf(text: string): Checks | null {
  try {
    const body: unknown = JSON.parse(text);
    const checks = Object(Object(body).checks);
    const entries = Object.entries(checks).map(([name, check]) => {
      const { ok, detail } = Object(check);
      return [name, { ok: ok === true, detail: String(detail ?? "") }] as const;
    });
    return entries.length === 0 ? null : Object.fromEntries(entries);
  } catch {
    return null;
  }
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `nothing within ${timeoutMs} ms`;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return "code" in cause ? String(cause.code) : cause.message;
}
