// Bodies of uploads on their way in: how much of them is held in memory, in all and of one caller, and how
// slowly they may come.

import type { Context } from "hono";
import { BOUNDS } from "../core/bounds.ts";
import { Body, fillBody, type Hold } from "../core/limits/body.ts";
import { PACE_LOOK_MS, paceOf } from "../core/limits/body-pace.ts";
import { createShares } from "../core/limits/shares.ts";

export interface UploadBodies {
  /** Opens a hold of nothing for an upload of a caller. */
  open(caller: string): Hold;
}

/** Holds nothing yet. */
export function createUploadBodies(): UploadBodies {
  const shares = createShares();
  return {
    open: (caller) => {
      const mine = [
        { key: `caller ${caller}`, max: BOUNDS.uploadsHeldBytesMaxEach },
        { key: "all", max: BOUNDS.uploadsHeldBytesMax },
      ];
      let held = 0;
      return {
        resize: (bytes) => {
          const more = bytes - held;
          if (more > 0 && !shares.take(mine, more)) return false;
          if (more < 0) shares.give(mine, -more);
          held = bytes;
          return true;
        },
      };
    },
  };
}

/**
 * Reads the body of a request, cut when it comes too slowly. What is too large is read on and dropped, up to
 * a bound: a browser reads no answer before it has sent everything.
 * @throws BodyAborted
 */
export async function readUploadBody(c: Context, hold: Hold): Promise<Body> {
  const announced = Number(c.req.header("Content-Length") ?? 0);
  const max = BOUNDS.uploadBytesMax;
  const body = new Body(hold, announced > max ? 0 : max);
  await fill(c, body, max + BOUNDS.drainBytesMax);
  return body;
}

/** Reads and drops the body of a request that is refused whatever it holds. @throws BodyAborted */
export function dropUploadBody(c: Context): Promise<void> {
  const body = new Body({ resize: () => false }, 0);
  return fill(c, body, BOUNDS.uploadBytesMax + BOUNDS.drainBytesMax);
}

async function fill(c: Context, body: Body, receivedBytesMax: number): Promise<void> {
  const stream = c.req.raw.body;
  if (stream === null) return;
  const tooSlow = paceOf(body);
  const timer = setInterval(() => tooSlow() && c.env?.incoming?.destroy(), PACE_LOOK_MS);
  timer.unref();
  try {
    await fillBody(body, stream, receivedBytesMax);
  } catch (error) {
    body.release();
    throw error;
  } finally {
    clearInterval(timer);
  }
}
