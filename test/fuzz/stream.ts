// A client that sends bytes in pieces over a real socket, with pauses, and reads whatever comes back. What an
// answer means, and whether more are to come, is for its caller.

import { connect } from "node:net";
import type { Chance } from "./chance.ts";
import { Broken } from "./target.ts";

export interface Sending {
  pieces: Buffer[];
  /** Waits before some of the pieces, by their place. */
  pauses: ReadonlyMap<number, number>;
  /** Sends only after this much has come, for protocols in which the server speaks first. */
  greeted: boolean;
  /** What is done after the last piece: wait for all answers, close our side, or cut the connection. */
  end: "answers" | "close" | "reset";
}

/** Cuts bytes into pieces as a network may. */
export function sendingOf(chance: Chance, bytes: Buffer, early: boolean): Sending {
  const pieces: Buffer[] = [];
  const size = chance.pick([1, 3, 17, 200, 100_000, 100_000, 100_000]);
  const least = Math.ceil(bytes.length / 40);
  for (let at = 0; at < bytes.length; ) {
    const end = at + Math.max(least, 1 + chance.below(size));
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  const pauses = new Map<number, number>();
  if (chance.once(6)) {
    for (let i = 0; i < 3; i++) pauses.set(chance.below(pieces.length + 1), 1 + chance.below(20));
  }
  const end = early ? chance.pick(["answers", "close", "reset"] as const) : "answers";
  return { pieces, pauses, greeted: true, end };
}

/** An answer that does not come; a busy machine takes seconds for one that does. */
const ANSWER_MS = 20_000;
const CLOSE_MS = 20_000;
const LONG_CHARS = 20_000;
const LONG_MS = 50;

/**
 * Sends, and reads until nothing more is to come.
 * @param complete says whether all answers to what was sent are in the text that came back
 * @returns all that came back, and whether the other side closed the connection
 */
export async function exchange(
  address: string,
  sending: Sending,
  complete: (came: string) => boolean,
): Promise<{ came: string; closed: boolean }> {
  const port = Number(address.slice(address.lastIndexOf(":") + 1));
  const socket = connect({ host: "127.0.0.1", port, noDelay: true, allowHalfOpen: true });
  let came = "";
  let closed = false;
  let wake = () => {};
  let woken = false;
  socket.on("data", (bytes: Buffer) => {
    came += bytes.toString("latin1");
    if (woken) return;
    woken = true;
    // Not for every piece: reading a long dialogue takes as long as it is.
    const look = () => {
      woken = false;
      wake();
    };
    if (came.length > LONG_CHARS) setTimeout(look, LONG_MS);
    else setImmediate(look);
  });
  for (const event of ["end", "close", "error"]) {
    socket.on(event, () => {
      closed = true;
      wake();
    });
  }
  const until = (condition: () => boolean, ms: number, what: string) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Broken(`${what}, after: ${came.slice(-200)}`)), ms);
      wake = () => {
        if (!closed && !condition()) return;
        clearTimeout(timer);
        wake = () => {};
        resolve();
      };
      wake();
    });
  try {
    if (sending.greeted) await until(() => came.includes("\n"), ANSWER_MS, "no greeting");
    for (const [i, piece] of sending.pieces.entries()) {
      const pause = sending.pauses.get(i) ?? 0;
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      else if (i > 0) await new Promise((resolve) => setImmediate(resolve));
      if (closed) break;
      socket.write(piece);
    }
    if (sending.end === "reset") socket.resetAndDestroy();
    else if (sending.end === "close") {
      socket.end();
      await until(() => false, CLOSE_MS, "the connection is not closed");
    } else await until(() => complete(came), ANSWER_MS, "an answer is missing");
  } finally {
    socket.destroy();
  }
  return { came, closed };
}
