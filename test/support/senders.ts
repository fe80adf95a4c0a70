// Senders for tests that need to know what was acknowledged: one mail per connection over a plain
// socket, and posts over HTTP. Each resolves with true only when the server said that it took the report.

import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type ReportShape, reportJson, reportMail } from "./reports.ts";

const ANSWER_MS_MAX = 20_000;

/** Sends one report as mail; false when the server was away, ended or refused before its 250. */
export function sendMail(port: number, shape: ReportShape): Promise<boolean> {
  return sendBytes(port, reportMail(shape));
}

/** Sends a mail as it is; false when the server was away, ended or refused before its 250. */
export function sendBytes(port: number, mail: Buffer): Promise<boolean> {
  const message = mail.toString("latin1").replace(/^\./gm, "..");
  const steps = [
    "EHLO mta.sender.example\r\n",
    "MAIL FROM:<tls-reports@sender.example>\r\n",
    "RCPT TO:<tlsrpt@example.com>\r\n",
    "DATA\r\n",
    `${message}\r\n.\r\n`,
  ];
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let step = 0;
    let text = "";
    const end = (taken: boolean) => {
      socket.destroy();
      resolve(taken);
    };
    socket.setTimeout(ANSWER_MS_MAX, () => end(false));
    socket.on("error", () => end(false));
    socket.on("close", () => end(false));
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
      const lines = text.split("\r\n");
      const last = lines.at(-2) ?? "";
      if (!text.endsWith("\r\n") || !/^\d{3} /.test(last)) return;
      text = "";
      if (!/^[23]/.test(last)) end(false);
      else if (step === steps.length) end(true);
      else socket.write(steps[step++] ?? "", "latin1");
    });
  });
}

/** Posts one report as JSON. */
export async function postReport(http: string, shape: ReportShape): Promise<boolean> {
  try {
    const answer = await fetch(`${http}/v1/tlsrpt`, {
      method: "POST",
      body: reportJson(shape),
      headers: { "content-type": "application/tlsrpt+json" },
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    await answer.arrayBuffer();
    return answer.status === 201;
  } catch {
    return false;
  }
}

/** A load that runs until it is told to stop; every number is sent once. */
export interface Load {
  acknowledged: number[];
  /** Resolves when the last message under way has its answer, or none. */
  stop(): Promise<void>;
}

/** Runs `lanes` senders side by side; after a failure a lane waits a moment. */
export function startLoad(
  lanes: number,
  pauseMs: number,
  numbers: () => number,
  send: (number: number) => Promise<boolean>,
): Load {
  const acknowledged: number[] = [];
  let running = true;
  const lane = async () => {
    while (running) {
      const number = numbers();
      if (await send(number)) acknowledged.push(number);
      await sleep(pauseMs);
    }
  };
  const all = Promise.all(Array.from({ length: lanes }, lane));
  return {
    acknowledged,
    stop: async () => {
      running = false;
      await all;
    },
  };
}
