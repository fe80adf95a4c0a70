// HTTP requests by grammar, whole and broken, and a strict reading of them that is independent of Node's: where the
// requests in a stream begin and end (RFC 9112) and which of them must have been answered how.

import type { Chance } from "./chance.ts";
import { mutate } from "./mutate.ts";
import { countUp, type Promised, promised } from "./spooled.ts";

const PATHS = ["/v1/tlsrpt", "/v1/tlsrpt/", "/v1/tlsrpt/some-key", "/v1/tlsrpt/k%C3%A9y/"];
const ODD_PATHS = [
  "/",
  "/healthz",
  "/api/v1/overview",
  "/v1/tlsrpt/a/b",
  "/v1/tlsrpt/..",
  "/v1/tlsrpt/%00",
  "/v1/tlsrpt/%",
  "//v1/tlsrpt",
  "*",
  "http://other.example/v1/tlsrpt",
  "/v1/tlsrpt?x=1",
  "/v1/tlsrpt#x",
  "/\xe9",
  `/v1/tlsrpt/${"k".repeat(2_000)}`,
];
const METHODS = [
  "GET",
  "HEAD",
  "PUT",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "PATCH",
  "PROPFIND",
  "CONNECT",
];
const ODD_METHODS = ["post", "P\u0000ST", "POSTPOST", "M-SEARCH", "PRI", ""];
const HEADERS = [
  "Content-Type: application/tlsrpt+gzip",
  "User-Agent: x",
  "Accept: */*",
  "Expect: 100-continue",
  "X-Forwarded-For: 192.0.2.9",
  "Connection: close",
  "Connection: keep-alive",
  "Cookie: a=b",
];
const ODD_HEADERS = [
  "Expect: 200-maybe",
  "Connection: upgrade\r\nUpgrade: websocket",
  "Host: a.example",
  "Content-Encoding: gzip",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: identity",
  "Transfer-Encoding: \x0bchunked",
  "Transfer-Encoding : chunked",
  "Content-Length: 5",
  "Content-Length: -1",
  "Content-Length: +5",
  "Content-Length: 5, 5",
  "Content-Length: 99999999999999999999",
  "Content-Length: 0x5",
  "Content-Length:",
  " folded: x",
  "no colon",
  "\u0000: x",
  `X-Long: ${"x".repeat(20_000)}`,
  `${"x".repeat(20_000)}: y`,
];
const TOKENS = [
  "\r\n",
  "\n",
  "\r",
  "\r\n\r\n",
  "0\r\n\r\n",
  " ",
  ":",
  "HTTP/1.1",
  "POST ",
  "\u0000",
];

/** All bytes of one connection: one to a few requests. */
export function requests(chance: Chance): Buffer {
  const many = chance.pick([1, 1, 1, 2, 4]);
  const bytes = Buffer.concat(chance.some(many, many, () => request(chance)));
  return chance.once(4) ? mutate(chance, bytes, TOKENS) : bytes;
}

function request(chance: Chance): Buffer {
  const method = chance.once(5) ? chance.pick(chance.once(3) ? ODD_METHODS : METHODS) : "POST";
  const path = chance.once(5) ? chance.pick(ODD_PATHS) : chance.pick(PATHS);
  const version = chance.once(12)
    ? chance.pick(["HTTP/1.0", "HTTP/0.9", "HTTP/2.0", ""])
    : "HTTP/1.1";
  const headers = chance.once(15) ? [] : ["Host: reports.example.com"];
  headers.push(...chance.some(0, 3, () => chance.pick(HEADERS)));
  if (chance.once(6)) headers.push(chance.pick(ODD_HEADERS));
  if (chance.once(60)) headers.push(...Array.from({ length: 3_000 }, (_, i) => `X-${i}: y`));
  const body = chance.once(8)
    ? Buffer.alloc(chance.pick([8_191, 8_192, 8_193, 70_000]), "b")
    : some(chance);
  const { framing, sent } = frame(chance, body);
  headers.splice(chance.below(headers.length + 1), 0, ...framing);
  const head = [`${method} ${path} ${version}`, ...headers, "", ""].join("\r\n");
  return Buffer.concat([Buffer.from(head, "latin1"), sent]);
}

function some(chance: Chance): Buffer {
  return Buffer.concat([Buffer.from("{}"), chance.bytes(chance.below(60))]);
}

function frame(chance: Chance, body: Buffer): { framing: string[]; sent: Buffer } {
  const length = `Content-Length: ${body.length}`;
  const lied = `Content-Length: ${Math.max(0, body.length + chance.pick([-1, 1, 9]))}`;
  const chunks = () => chunked(chance, body);
  switch (chance.below(12)) {
    case 0:
      return { framing: [lied], sent: body };
    case 1:
      return { framing: [length, "Transfer-Encoding: chunked"], sent: chunks() };
    case 2:
      return { framing: ["Transfer-Encoding: chunked", lied], sent: chunks() };
    case 3:
      return { framing: [length, lied], sent: body };
    case 4:
      return { framing: [], sent: body };
    case 5:
      return { framing: [length], sent: body.subarray(0, chance.below(body.length + 1)) };
    case 6:
    case 7:
    case 8:
      return { framing: ["Transfer-Encoding: chunked"], sent: chunks() };
    default:
      return { framing: [length], sent: body };
  }
}

/** RFC 9112 section 7.1, with a lie at times. */
function chunked(chance: Chance, body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  const lies = chance.once(5);
  for (let at = 0; at < body.length; ) {
    const piece = body.subarray(at, at + 1 + chance.below(chance.pick([3, 50, 100_000])));
    const size = piece.length + (lies && chance.once(3) ? chance.pick([-1, 1, 100]) : 0);
    const hex = lies && chance.once(6) ? chance.pick(["", "x", "-1", "FFFFFFFFFFFFFFFFF"]) : "";
    const extension = chance.once(9) ? ";a=b" : "";
    const line = `${hex || Math.max(0, size).toString(16)}${extension}\r\n`;
    pieces.push(Buffer.from(line), piece, Buffer.from("\r\n"));
    at += piece.length;
    if (pieces.length > 300) break;
  }
  const end = chance.once(9)
    ? chance.pick(["", "0\r\n", "0\r\nX-Trailer: y\r\n\r\n", "00\r\n\r\n"])
    : "0\r\n\r\n";
  return Buffer.concat([...pieces, Buffer.from(end)]);
}

interface Answer {
  status: number;
  body: string;
  closes: boolean;
}

/** Whole answers in what came back; interim ones (1xx) are left out. */
export function answersIn(came: string): Answer[] {
  const answers: Answer[] = [];
  for (let at = 0; ; ) {
    const head = /HTTP\/1\.1 (\d{3})[^\r]*\r\n([\s\S]*?)\r\n\r\n/y;
    head.lastIndex = at;
    const [whole, status, fields = ""] = head.exec(came) ?? [];
    if (whole === undefined) return answers;
    at += whole.length;
    if (status?.startsWith("1")) continue;
    const length = Number(/^content-length: (\d+)$/im.exec(fields)?.[1] ?? 0);
    const body = came.slice(at, at + length);
    if (body.length < length) return answers;
    at += /^transfer-encoding: chunked$/im.test(fields) ? chunkedLength(came, at) : length;
    answers.push({ status: Number(status), body, closes: /^connection: close$/im.test(fields) });
  }
}

function chunkedLength(came: string, at: number): number {
  const end = came.indexOf("0\r\n\r\n", at);
  return (end < 0 ? came.length : end + 5) - at;
}

/** One request as read strictly; what is odd may be read by others in more ways than one. */
type Part = { kind: "whole"; post: boolean; body: Buffer; end: number } | { kind: "odd" };

const HEAD =
  /^(GET|POST|PUT|DELETE|OPTIONS|PATCH) (\/[\w/-]*) HTTP\/1\.1\r\n((?:[\w-]+: [\x20-\x7e]*\r\n)*)\r\n/;
const POSTED = /^\/v1\/tlsrpt(?:\/|\/[\w-]+\/?)?$/;
/** As far as a head is read; Node's own bound is 16 KiB. */
const HEAD_CHARS = 12_000;

function partAt(sent: Buffer, at: number): Part {
  const text = sent.toString("latin1", at, at + HEAD_CHARS);
  const [head, method = "", path = "", block = ""] = HEAD.exec(text) ?? [];
  if (head === undefined || path.startsWith("//")) return { kind: "odd" };
  const fields = block.split("\r\n").map((line) => line.split(": ", 2));
  const of = (name: string) =>
    fields.flatMap(([key = "", value = ""]) => (key.toLowerCase() === name ? [value] : []));
  const [lengths, codings] = [of("content-length"), of("transfer-encoding")];
  const host = /^[\w.-]+$/.test(of("host").join(","));
  const plain = host && of("upgrade").length === 0 && of("expect").length === 0;
  if (!plain || lengths.length + codings.length > 1) return { kind: "odd" };
  const report = POSTED.test(path);
  if (!report && path.startsWith("/v1/tlsrpt")) return { kind: "odd" };
  const post = report && method === "POST";
  const start = at + head.length;
  if (codings.length === 1) {
    return codings[0] === "chunked" ? chunkedPart(sent, start, post) : { kind: "odd" };
  }
  const [announced = "0"] = lengths;
  const end = start + Number(announced);
  if (!/^\d{1,9}$/.test(announced) || end > sent.length) return { kind: "odd" };
  return { kind: "whole", post, body: sent.subarray(start, end), end };
}

function chunkedPart(sent: Buffer, start: number, post: boolean): Part {
  const pieces: Buffer[] = [];
  for (let at = start; ; ) {
    const text = sent.toString("latin1", at, at + 20);
    const [line, size = ""] = /^([0-9a-f]{1,6})\r\n/.exec(text) ?? [];
    if (line === undefined) return { kind: "odd" };
    const bytes = Number.parseInt(size, 16);
    const from = at + line.length;
    at = from + bytes + 2;
    if (sent.toString("latin1", at - 2, at) !== "\r\n") return { kind: "odd" };
    if (bytes === 0) return { kind: "whole", post, body: Buffer.concat(pieces), end: at };
    pieces.push(sent.subarray(from, from + bytes));
  }
}

type Whole = Extract<Part, { kind: "whole" }>;

/** The requests of a stream; `strict` when it has nothing else. */
export function partsOf(sent: Buffer): { whole: Whole[]; strict: boolean } {
  const whole: Whole[] = [];
  for (let at = 0; at < sent.length; ) {
    const part = partAt(sent, at);
    if (part.kind === "odd") return { whole, strict: false };
    whole.push(part);
    at = part.end;
  }
  return { whole, strict: true };
}

export interface Reading {
  promised: Promised;
  /** True when nothing more is to come. */
  complete: boolean;
  /** What must not be; "" when all is well. */
  fault: string;
}

/** Reads what was sent and what came back side by side. @param messageBytesMax bound on a body */
export function readExchange(
  sent: Buffer,
  parts: ReturnType<typeof partsOf>,
  came: string,
  messageBytesMax: number,
): Reading {
  const answers = answersIn(came);
  const all = promised();
  const { whole, strict } = parts;
  const closes = answers.some((answer) => answer.closes);
  const complete = closes || answers.length >= whole.length;
  if (!strict) {
    for (const [, receipt = ""] of came.matchAll(RECEIPT)) all.kept.set(receipt, null);
    // Node reads more than the strict reading does. What it takes is of what was sent.
    const most = sent.toString("latin1").split("POST").length - 1 - all.kept.size;
    all.within.push({ sent, most: Math.max(0, most) });
    all.unsure = true;
    return { promised: all, complete, fault: most < 0 ? "more was taken than sent" : "" };
  }
  for (const [i, { post, body }] of whole.entries()) {
    const answer = answers[i];
    if (answer === undefined) {
      all.unsure = true;
      if (post) all.perhaps.push(body);
      continue;
    }
    const [, receipt = ""] = [...answer.body.matchAll(RECEIPT)][0] ?? [];
    if (receipt !== "") all.kept.set(receipt, body);
    if (answer.status === 413) countUp(all.refused, "too-large");
    const taken = post && body.length <= messageBytesMax;
    if (taken !== (answer.status === 201) || taken !== (receipt !== "")) {
      return { promised: all, complete, fault: `${answer.status} for ${body.length} bytes` };
    }
  }
  const fault = answers.length > whole.length ? "more answers than requests" : "";
  return { promised: all, complete, fault };
}

const RECEIPT = /"receipt":"([0-9A-Z]{26})"/g;
