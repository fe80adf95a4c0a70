// Requests that end before any route sees them: those that Node's parser refuses, and those without the one
// Host that RFC 9112 section 3.2 asks for. They get a problem (RFC 9457) like all others.

import type { IncomingMessage } from "node:http";

interface Unreadable {
  status: 400 | 408 | 413 | 431;
  title: string;
  detail: string;
}

const BAD_REQUEST: Unreadable = {
  status: 400,
  title: "Bad Request",
  detail: "This is not HTTP as RFC 9112 has it.",
};

/** By Node's error codes. */
const UNREADABLE: Record<string, Unreadable> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    title: "Request Header Fields Too Large",
    detail: "The headers of the request are longer than this server reads.",
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    title: "Content Too Large",
    detail: "The extensions of the chunks are longer than this server reads.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    title: "Request Timeout",
    detail: "The request did not come in time.",
  },
};

const NO_HOST: Unreadable = {
  status: 400,
  title: "Bad Request",
  detail: "A request of HTTP/1.1 has one Host header (RFC 9112 section 3.2).",
};

const PHRASES = {
  400: "Bad Request",
  408: "Request Timeout",
  413: "Content Too Large",
  431: "Request Header Fields Too Large",
};

export interface Fault {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What is wrong with the Host of a request; null when it may be answered. */
export function requestFault({ httpVersion, headers, rawHeaders }: IncomingMessage): Fault | null {
  if (headers.host === undefined) return httpVersion === "1.0" ? null : faultOf(NO_HOST);
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  if (hosts > 1 || !URL.canParse(`http://${headers.host}/`)) return faultOf(NO_HOST);
  return null;
}

/** The whole answer to what Node could not read. @param code of Node's error */
export function printUnreadable(code: string | undefined): string {
  const unreadable = UNREADABLE[code ?? ""] ?? BAD_REQUEST;
  const { status, headers, body } = faultOf(unreadable);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${PHRASES[unreadable.status]}\r\n${lines.join("")}\r\n${body}`;
}

/** The answer to a request whose target or Host is no URL. */
export function badRequest(): Response {
  const { status, headers, body } = faultOf(BAD_REQUEST);
  return new Response(body, { status, headers });
}

function faultOf({ status, title, detail }: Unreadable): Fault {
  const body = JSON.stringify({ type: "about:blank", title, status, detail });
  const headers = {
    "content-type": "application/problem+json",
    "content-length": String(Buffer.byteLength(body)),
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    connection: "close",
  };
  return { status, headers, body };
}
