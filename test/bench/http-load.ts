// A load of POST requests over a fixed number of connections, in a process of its own so that it does
// not share the event loop of what it measures. Usage: node http-load URL-PORT PATH CONNECTIONS SECONDS FILE

import { readFileSync } from "node:fs";
import { connect } from "node:net";

const [port = "", path = "/", connections = "32", count = "20000", file = ""] =
  process.argv.slice(2);
const body = readFileSync(file);
const request = Buffer.concat([
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/tlsrpt+gzip\r\n` +
      `Content-Length: ${body.length}\r\n\r\n`,
  ),
  body,
]);

const total = Number(count);
let sent = 0;
let answered = 0;
let failed = 0;
const startedAt = process.hrtime.bigint();

/** Sends one request after the other; answers are counted by their Content-Length. */
function converse(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1");
    let pending = Buffer.alloc(0);
    const next = () => {
      if (sent >= total) {
        socket.end();
        return;
      }
      sent += 1;
      socket.write(request);
    };
    socket.setNoDelay(true);
    socket.once("connect", next);
    socket.once("error", reject);
    socket.once("close", () => resolve());
    socket.on("data", (chunk) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const headEnd = pending.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const head = pending.subarray(0, headEnd).toString("latin1");
      const chunked = /transfer-encoding: chunked/i.test(head);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      const done = chunked
        ? pending.subarray(headEnd).includes("0\r\n\r\n")
        : pending.length >= headEnd + 4 + length;
      if (!done) return;
      if (/^HTTP\/1\.1 20[01] /.test(head)) answered += 1;
      else failed += 1;
      pending = Buffer.alloc(0);
      next();
    });
  });
}

await Promise.all(Array.from({ length: Number(connections) }, converse));
const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
process.stdout.write(`${JSON.stringify({ answered, failed, perSecond: answered / seconds })}\n`);
