// Reads one call of the ClickHouse HTTP interface: who calls, the statement, its parameters and
// settings, and the rows of an insert, which go to a file as they come.

import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { type Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { BOUNDS } from "../../core/bounds.ts";
import { EngineFault } from "./fault.ts";
import { type Statement, takesRows } from "./statement.ts";

export interface Credentials {
  user: string;
  password: string;
}

export interface Call extends Statement {
  format: string;
}

// Names of the HTTP interface that are neither settings nor parameters.
const RESERVED = new Set([
  "query",
  "query_id",
  "database",
  "default_format",
  "user",
  "password",
  "quota_key",
  "role",
  "stacktrace",
]);
const UNOFFERED = ["session_id", "compress", "decompress"];

/** @throws EngineFault with status 403, like a server, when user or password is wrong */
export function authenticate(request: IncomingMessage, expected: Credentials): void {
  const given = credentials(request);
  const same = equal(given.user, expected.user) && equal(given.password, expected.password);
  if (same) return;
  const who = given.user.slice(0, 64);
  throw new EngineFault(
    "AUTHENTICATION_FAILED",
    `${who}: Authentication failed: password is incorrect, or there is no user with such name.`,
  );
}

function credentials(request: IncomingMessage): Credentials {
  const basic = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (basic !== undefined) {
    const text = Buffer.from(basic, "base64").toString();
    const colon = text.indexOf(":");
    return { user: text.slice(0, Math.max(0, colon)), password: text.slice(colon + 1) };
  }
  const header = (name: string) => String(request.headers[name] ?? "");
  return { user: header("x-clickhouse-user") || "default", password: header("x-clickhouse-key") };
}

// Digests have one length, so that the time of comparing tells nothing.
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * Reads the call and its body; `done` must run when the statement ended, it removes the file.
 * @param scratch folder for bodies of inserts, private to this process
 * @throws EngineFault when the call is larger than the bounds or not understood
 */
export async function readCall(
  request: IncomingMessage,
  scratch: string,
): Promise<{ call: Call; done: () => Promise<void> }> {
  const query = new URL(request.url ?? "/", "http://localhost").searchParams;
  for (const name of UNOFFERED) {
    if (query.has(name)) throw new EngineFault("NOT_IMPLEMENTED", `${name} is not offered.`);
  }
  const given = query.get("query") ?? "";
  if (takesRows(given)) {
    const bodyFile = join(scratch, randomUUID());
    const done = () => rm(bodyFile, { force: true });
    try {
      await readBody(request, BOUNDS.engineRequestBytesMax, createWriteStream(bodyFile, FILE));
    } catch (cause) {
      await done();
      throw cause;
    }
    return { call: makeCall(given, query, [], bodyFile), done };
  }
  const body = await readText(request);
  const parts = multipart(request, body);
  const sql = parts.get("query") ?? [given, body].filter((text) => text !== "").join("\n");
  return { call: makeCall(sql, query, [...parts], null), done: async () => {} };
}

const FILE = { flags: "wx", mode: 0o600 };
const PARAMETER = "param_";

function makeCall(
  sql: string,
  query: URLSearchParams,
  parts: Array<[string, string]>,
  bodyFile: string | null,
): Call {
  if (sql.trim() === "") throw new EngineFault("SYNTAX_ERROR", "The call has no statement.", 400);
  const all = [...query, ...parts];
  const isParameter = ([name]: readonly [string, string]) => name.startsWith(PARAMETER);
  return {
    sql,
    bodyFile,
    database: query.get("database") ?? "",
    format: query.get("default_format") ?? "TabSeparated",
    settings: all.filter((entry) => !isParameter(entry) && !RESERVED.has(entry[0])),
    parameters: all
      .filter(isParameter)
      .map(([name, value]) => [name.slice(PARAMETER.length), value] as const),
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  const collect = new Writable({
    write(chunk: Buffer, _encoding, next) {
      chunks.push(chunk);
      next();
    },
  });
  await readBody(request, BOUNDS.engineStatementBytesMax, collect);
  return Buffer.concat(chunks).toString("utf8");
}

async function readBody(request: IncomingMessage, bytesMax: number, to: Writable): Promise<void> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip") {
    throw new EngineFault("NOT_IMPLEMENTED", `Content-Encoding ${encoding} is not offered.`);
  }
  const steps: [Readable, ...Transform[], Transform] =
    encoding === "gzip" ? [request, createGunzip(), limit(bytesMax)] : [request, limit(bytesMax)];
  try {
    await pipeline([...steps, to]);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (!code.startsWith("Z_")) throw cause;
    throw new EngineFault("CANNOT_DECOMPRESS", `The body is not gzip: ${code}.`, 400);
  }
}

// What is too much is read to its end and thrown away: an answer given earlier would not arrive.
function limit(bytesMax: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length;
      if (bytes <= bytesMax) next(null, chunk);
      else next();
    },
    flush(next) {
      const tooLarge = new EngineFault(
        "TOO_LARGE_STRING_SIZE",
        `More than ${bytesMax} bytes.`,
        413,
      );
      next(bytes <= bytesMax ? null : tooLarge);
    },
  });
}

// The client sends long parameters as parts of a form (RFC 7578), text only, named in our own code.
function multipart(request: IncomingMessage, body: string): Map<string, string> {
  const parts = new Map<string, string>();
  const type = request.headers["content-type"] ?? "";
  const boundary = /^multipart\/form-data;\s*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) return parts;
  for (const part of `\r\n${body}`.split(`\r\n--${boundary}`).slice(1)) {
    const head = part.indexOf("\r\n\r\n");
    const name = /\bname="([^"]*)"/.exec(part.slice(0, Math.max(0, head)))?.[1];
    if (name !== undefined) parts.set(name, part.slice(head + 4));
  }
  return parts;
}
