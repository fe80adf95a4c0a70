// A flood from one address and a sender from another who is measured meanwhile: is the sender still served?

import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import type { Program } from "./program.ts";

const FLOODER = fileURLToPath(new URL("flooder.mjs", import.meta.url));

export interface Flood {
  /** Ends it; how often it got which answer, such as "http 429". */
  stop(): Promise<Record<string, number>>;
  /** Ends it whatever it does; for the end of a test. */
  kill(): void;
}

/** Begins a flood over so many connections, from an address of loopback. */
export function startFlood(
  program: Program,
  { from, posts, mails }: { from: string; posts: number; mails: number },
): Flood {
  const args = [program.httpPort, program.smtpPort, from, posts, mails].map(String);
  const child = spawn(process.execPath, [FLOODER, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  return {
    kill: () => void child.kill("SIGKILL"),
    stop: async () => {
      const closed = once(child, "close");
      child.kill("SIGTERM");
      await closed;
      return JSON.parse(text);
    },
  };
}

export interface Served {
  /** Milliseconds of each post and of each mail from connection to last reply. */
  postMs: number[];
  mailMs: number[];
  /** Answers other than 201 and 250. */
  refused: string[];
}

/** Sends post and mail in turns, each over a connection of its own. */
export async function measureSender(
  program: Program,
  { from, rounds }: { from: string; rounds: number },
): Promise<Served> {
  const served: Served = { postMs: [], mailMs: [], refused: [] };
  for (let round = 0; round < rounds; round++) {
    const postedAt = performance.now();
    const status = await post(program.httpPort, from);
    served.postMs.push(performance.now() - postedAt);
    const mailedAt = performance.now();
    const reply = await mail(program.smtpPort, from);
    served.mailMs.push(performance.now() - mailedAt);
    if (status !== 201) served.refused.push(`post ${status}`);
    if (!reply.startsWith("250")) served.refused.push(`mail ${reply}`);
  }
  return served;
}

/** The value that so many of a hundred are not above. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}

function post(port: number, from: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { port, host: "127.0.0.1", localAddress: from, method: "POST", agent: false };
    const asked = request({ ...options, path: "/v1/tlsrpt" }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode ?? 0));
    });
    asked.on("error", reject).end("{}");
  });
}

/** One mail; the last reply, or the one that refuses it. */
function mail(port: number, from: string): Promise<string> {
  const steps = [
    "EHLO mail.example.org\r\n",
    "MAIL FROM:<tlsrpt@example.org>\r\n",
    "RCPT TO:<reports@example.com>\r\n",
    "DATA\r\n",
    "Subject: report\r\n\r\n{}\r\n.\r\n",
  ];
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", localAddress: from });
    let text = "";
    let step = 0;
    socket.on("error", reject);
    socket.on("close", () => resolve("closed"));
    socket.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      const whole = /^(?:\d{3}-[^\n]*\n)*(\d{3}) [^\n]*\n/.exec(text);
      if (whole === null) return;
      text = text.slice(whole[0].length);
      const next = steps[step++];
      const refused = Number(whole[1]) >= 400;
      if (next !== undefined && !refused) socket.write(next);
      else {
        resolve(whole[0].trim());
        socket.end("QUIT\r\n");
      }
    });
  });
}
