// Takes the PROXY header off a connection before anything else reads it, within bounds on bytes and time.

import type { Socket } from "node:net";
import { BOUNDS } from "../core/bounds.ts";
import { readProxyHeader } from "../core/net/proxy-protocol.ts";

/** @param source address of the client; null when the proxy speaks for itself */
type Done = (error: Error | null, source: string | null) => void;

/**
 * Reads the header and leaves what follows it to the next reader. `done` is called once; with an error,
 * the socket is destroyed.
 */
export function takeProxyHeader(socket: Socket, done: Done, msMax = BOUNDS.proxyHeaderMsMax): void {
  let held = Buffer.alloc(0);
  const finish = (error: Error | null, source: string | null) => {
    clearTimeout(deadline);
    socket.off("readable", read);
    socket.off("end", ended);
    socket.off("close", ended);
    socket.off("error", failed);
    if (error !== null) {
      // What is in flight may still fail, and nobody else listens.
      socket.on("error", () => {});
      socket.destroy();
    }
    done(error, source);
  };
  const failed = (error: Error) => finish(error, null);
  const ended = () => failed(new Error("the connection ended before its PROXY header"));
  const deadline = setTimeout(() => failed(new Error("no PROXY header in time")), msMax);
  const read = () => {
    for (let piece: unknown = socket.read(); piece !== null; piece = socket.read()) {
      if (Buffer.isBuffer(piece)) held = Buffer.concat([held, piece]);
      const reading = readProxyHeader(held);
      if (reading.state === "more") continue;
      if (reading.state === "bad") return failed(new Error(reading.why));
      const rest = held.subarray(reading.bytes);
      if (rest.length > 0) socket.unshift(rest);
      return finish(null, reading.source);
    }
  };
  socket.on("readable", read);
  socket.on("error", failed);
  socket.on("end", ended);
  socket.on("close", ended);
}
