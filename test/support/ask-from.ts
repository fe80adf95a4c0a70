// Requests from chosen addresses of this machine: all of 127.0.0.0/8 is its own, so that one test can be many
// clients.

import { request } from "node:http";

/** Sends a GET, or a form, from one of the addresses of this machine; resolves with the status. */
export function askFrom(
  localAddress: string,
  url: string,
  headers: Record<string, string>,
  form?: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const type = { "Content-Type": "application/x-www-form-urlencoded" };
    const method = form === undefined ? "GET" : "POST";
    const options = { localAddress, method, headers: { ...headers, ...(form && type) } };
    const sent = request(url, options, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.once("error", reject).end(form);
  });
}
