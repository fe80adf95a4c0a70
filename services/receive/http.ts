// The HTTPS receiver: takes posted reports, makes them durable, answers 201. It does not look into
// a body: most reporters never read the answer, so whatever comes within the bounds is kept
// (invariant 2, RFC 8460 sections 5.4 and 5.5). The listener is http-listener.ts.

import { type Context, Hono } from "hono";
import { BOUNDS } from "../core/bounds.ts";
import { Body, BodyAborted, fillBody } from "../core/limits/body.ts";
import type { RefusalReason } from "../core/outcome.ts";
import type { Emit } from "../observe/events.ts";
import { SpoolRefusal, type SpoolWriter } from "../spool/port.ts";
import { watchBody } from "./body-pace.ts";
import { createEdge, type Edge } from "./edge.ts";
import { PROBLEMS, type Problem } from "./http-problems.ts";
import { type InFlight, processInFlight } from "./in-flight.ts";

/** What the listener knows of the other side of a connection. */
export interface Peer {
  /** IP address of the client. */
  peer?: string;
  /** Passed on by somebody who is no named proxy. */
  passedOn?: boolean;
  /** "TLSv1.3 TLS_AES_256_GCM_SHA384", or "" for a connection in clear. */
  tls?: string;
  /** The request as Node has it: destroyed, its connection is cut. */
  incoming?: { destroy(): unknown };
}

export interface ReportRoutesOptions {
  spool: SpoolWriter;
  messageBytesMax: number;
  /** Proxies and limits; none of both by default. */
  edge?: Edge;
  emit: Emit;
  /** The one of the process by default. */
  inFlight?: InFlight;
}

type ReportContext = Context<{ Bindings: Peer }>;

const PATHS = ["/v1/tlsrpt", "/v1/tlsrpt/", "/v1/tlsrpt/:key", "/v1/tlsrpt/:key/"] as const;

// Plain objects, not Headers: the server writes them as they are.
const SAFE = { "x-content-type-options": "nosniff", "cache-control": "no-store" };
const ACCEPTED = { status: 201, headers: { "content-type": "application/json", ...SAFE } };
/** Nothing of a text may run or be framed, whoever shows it. */
const TEXT = {
  "content-type": "text/plain; charset=utf-8",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  ...SAFE,
};

const ABOUT = `This address takes SMTP TLS reports (TLS-RPT, RFC 8460) from mail senders, by POST.
To have reports sent here, publish its https:// URL in the DNS record _smtp._tls.<your domain>:
  "v=TLSRPTv1; rua=https://..."
To try it: curl --data-binary @report.json.gz -H "Content-Type: application/tlsrpt+gzip" <URL>
`;

/** Routes that take reports: POST /v1/tlsrpt and /v1/tlsrpt/<key>, with or without a last slash. */
export function reportRoutes(options: ReportRoutesOptions): Hono<{ Bindings: Peer }> {
  const receiver = new HttpReceiver(options);
  const post = (c: ReportContext) => receiver.receive(c);
  const app = new Hono<{ Bindings: Peer }>();
  for (const path of PATHS) {
    app.post(path, post);
    app.all(path, (c) => explain(c.req.method));
  }
  app.notFound(() => printProblem(NOT_HERE, ""));
  return app;
}

const NOT_HERE = {
  status: 404,
  title: "Not Found",
  detail: "Reports are posted to /v1/tlsrpt; there is nothing else here.",
} as const satisfies Problem;

function explain(method: string): Response {
  const headers = { ...TEXT, allow: "POST" };
  return new Response(method === "HEAD" ? null : ABOUT, { status: 405, headers });
}

class HttpReceiver {
  readonly #spool: SpoolWriter;
  readonly #emit: Emit;
  readonly #edge: Edge;
  readonly #inFlight: InFlight;
  readonly #messageBytesMax: number;
  readonly #receivedBytesMax: number;

  constructor(options: ReportRoutesOptions) {
    this.#spool = options.spool;
    this.#emit = options.emit;
    this.#edge = options.edge ?? createEdge();
    this.#inFlight = options.inFlight ?? processInFlight;
    this.#messageBytesMax = options.messageBytesMax;
    this.#receivedBytesMax = options.messageBytesMax + BOUNDS.drainBytesMax;
  }

  async receive(c: ReportContext): Promise<Response> {
    const peer = c.env?.peer ?? "";
    // Before anything is read of the body: what is refused costs little.
    const waitSeconds = this.#edge.take("post", peer, c.env?.passedOn);
    if (waitSeconds > 0) return this.#refuse("rate-limited", waitSeconds);
    const announced = readLength(c.req.header("content-length"));
    if (announced > this.#messageBytesMax) return this.#refuse("too-large");
    const hold = this.#inFlight.open(this.#edge, peer, this.#messageBytesMax);
    // A small announced body is counted before it is there, so that it can be read in one step.
    const small = announced >= 0 && announced <= BOUNDS.httpSmallBodyBytesMax;
    const body = new Body(hold, this.#messageBytesMax);
    try {
      if (small && !hold.resize(announced)) return this.#refuse("too-busy");
      const bytes = small
        ? await readWhole(c)
        : await readInto(c, body, this.#receivedBytesMax).finally(() =>
            this.#edge.charge("post", peer, body.received),
          );
      if (body.refusal !== null) return this.#refuse(body.refusal);
      return await this.#append(c, bytes);
    } catch (error) {
      if (error instanceof BodyAborted) return this.#refuse("aborted");
      this.#emit("receiver-failed", { channel: "https", error });
      return this.#refuse("spool-failed");
    } finally {
      body.release();
    }
  }

  async #append(c: ReportContext, bytes: Uint8Array): Promise<Response> {
    try {
      const receipt = await this.#spool.append(
        {
          channel: "https",
          peer: c.env?.peer ?? "",
          helo: "",
          tls: c.env?.tls ?? "",
          mailFrom: "",
          rcptTo: [],
          contentType: (c.req.header("content-type") ?? "").slice(0, BOUNDS.textCharsMax),
          fileName: "",
          key: (c.req.param("key") ?? "").slice(0, BOUNDS.textCharsMax),
          reprocess: false,
        },
        bytes,
      );
      this.#emit("message-accepted", { channel: "https", bytes: bytes.length, receipt });
      return new Response(
        `{"receipt":"${receipt}","status":"accepted","bytes":${bytes.length}}\n`,
        ACCEPTED,
      );
    } catch (error) {
      if (error instanceof SpoolRefusal) return this.#refuse(error.reason);
      this.#emit("receiver-failed", { channel: "https", error });
      return this.#refuse("spool-failed");
    }
  }

  #refuse(reason: RefusalReason, waitSeconds?: number): Response {
    this.#spool.refuse("https", reason);
    // One address can be refused very often, and is told of as an address.
    const event = reason === "rate-limited" ? "message-limited" : "message-refused";
    this.#emit(event, { channel: "https", reason });
    const bound = reason === "too-large" ? ` The bound is ${this.#messageBytesMax} bytes.` : "";
    const problem: Problem = PROBLEMS[reason];
    if (waitSeconds === undefined) return printProblem(problem, bound);
    return printProblem({ ...problem, retryAfterSeconds: waitSeconds }, bound);
  }
}

/** The length that is announced, or -1 when none is: the body comes in chunks, or there is none. */
function readLength(header: string | undefined): number {
  return header === undefined ? -1 : Number(header);
}

async function readWhole(c: ReportContext): Promise<Uint8Array> {
  // What is small comes whole within the time that a larger one may be silent for.
  const watched = { received: 0, holding: true };
  const unwatch = watchBody(watched, () => c.env?.incoming?.destroy());
  try {
    const whole = c.req.arrayBuffer().catch((error: unknown) => {
      throw new BodyAborted(error);
    });
    return new Uint8Array(await whole);
  } finally {
    unwatch();
  }
}

async function readInto(c: ReportContext, body: Body, receivedBytesMax: number) {
  const stream = c.req.raw.body;
  if (stream === null) return body.bytes();
  const unwatch = watchBody(body, () => c.env?.incoming?.destroy());
  try {
    await fillBody(body, stream, receivedBytesMax);
  } finally {
    unwatch();
  }
  return body.bytes();
}

/** Prints a problem as RFC 9457 has it. */
function printProblem(problem: Problem, more: string): Response {
  const { status, title, retryAfterSeconds } = problem;
  const detail = problem.detail + more;
  const headers: Record<string, string> = { "content-type": "application/problem+json", ...SAFE };
  if (retryAfterSeconds !== undefined) headers["retry-after"] = String(retryAfterSeconds);
  return new Response(JSON.stringify({ type: "about:blank", title, status, detail }), {
    status,
    headers,
  });
}
