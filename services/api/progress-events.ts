// GET /events/progress/{id}: how far an import or a reprocessing is, as server-sent events (HTML living
// standard, section 9.2), until it has ended, for whoever started it.

import { setTimeout as sleep } from "node:timers/promises";
import type { Context, Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { BOUNDS } from "../core/bounds.ts";
import { type Outcomes, outcomesOf } from "../query/outcomes.ts";
import type { Scope } from "../query/run.ts";
import { StoreError } from "../store/port.ts";
import { callerOf, isStill, scopeOf, shareKeyOf } from "./access.ts";
import type { ApiOptions } from "./options.ts";
import { problem } from "./problem.ts";
import type { ProgressBoard, Task } from "./progress.ts";
import { progressWords } from "./progress-words.ts";

const GONE = "Nothing that you started has this id; what was taken goes on all the same.";
const BUSY = "Too many watch something already. What was taken goes on; look again in a moment.";

const STREAM = { "Content-Type": "text/event-stream" };
/** A proxy that gathers an answer before it passes it on would keep all of it to the end. */
const UNBUFFERED = { "X-Accel-Buffering": "no", "Cache-Control": "no-store" };

/** Adds the route. */
export function progressRoutes(app: Hono, options: ApiOptions, board: ProgressBoard): void {
  app.get("/events/progress/:id", (c) => {
    const task = board.find(callerOf(c), c.req.param("id"));
    if (task === null) return problem(c, "not-found", GONE);
    // A stream without a body would hold a place that nobody gives back.
    if (c.req.method === "HEAD") return c.body(null, 200, { ...STREAM, ...UNBUFFERED });
    const leave = board.watch(shareKeyOf(c));
    if (leave === null) {
      c.header("Retry-After", String(BOUNDS.uploadRetrySeconds));
      return problem(c, "rate-limited", BUSY);
    }
    return follow(c, { options, task, board, scope: scopeOf(c) }, leave);
  });
}

interface Following {
  options: ApiOptions;
  task: Task;
  board: ProgressBoard;
  scope: Scope;
}

function follow(c: Context, following: Following, leave: () => void): Response {
  const seen = c.req.header("Last-Event-ID") ?? "";
  const response = streamSSE(c, async (stream) => {
    stream.onAbort(leave);
    // What it says stays in the log; the browser asks again when the stream just ends.
    const failed = (error: unknown) =>
      following.options.emit("api-failed", { path: c.req.path, problem: "internal", error });
    const mayStill = () => isStill(c, following.options);
    await tellAll(stream, following, seen, mayStill).catch(failed).finally(leave);
  });
  for (const [name, value] of Object.entries(UNBUFFERED)) response.headers.set(name, value);
  return response;
}

/**
 * Each event says all that is known, so that one which is missed does not matter; its id is what it
 * says, so that a browser that connects again is told only what is new.
 */
async function tellAll(
  stream: SSEStreamingApi,
  { options, task, board, scope }: Following,
  seen: string,
  mayStill: () => Promise<boolean>,
): Promise<void> {
  const beganMs = performance.now();
  let told = seen;
  let toldMs = beganMs;
  const over = () =>
    stream.aborted || board.closed.aborted || performance.now() - beganMs > BOUNDS.progressMsMax;
  while (!over() && (await mayStill())) {
    const outcomes = await readOutcomes(options, task, scope);
    if (outcomes !== null) {
      const done = outcomes.ended >= task.receipts.length;
      const id = Object.values(outcomes).join(".");
      if (id !== told || done) {
        const total = task.receipts.length;
        const data = JSON.stringify({ ...outcomes, total, words: progressWords(outcomes, total) });
        await stream.writeSSE({ event: done ? "done" : "progress", id, data });
        [told, toldMs] = [id, performance.now()];
      }
      if (done) return;
    }
    if (performance.now() - toldMs > BOUNDS.progressHeartbeatMs) {
      await stream.write(": still here\n\n");
      toldMs = performance.now();
    }
    await sleep(BOUNDS.progressPollMs, null, { signal: board.closed }).catch(() => {});
  }
}

/** Null while the store is away, which is waited for. */
async function readOutcomes(
  { store }: ApiOptions,
  { receipts, sinceMs }: Task,
  scope: Scope,
): Promise<Outcomes | null> {
  try {
    return await outcomesOf(store, scope, receipts, sinceMs);
  } catch (error) {
    if (error instanceof StoreError && error.retryable) return null;
    throw error;
  }
}
