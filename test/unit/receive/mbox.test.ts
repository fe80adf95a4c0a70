// Splitting of mbox streams: separators, quoting, bounds, chunk borders, and streams that are no mbox.

import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { splitMbox } from "../../../services/receive/mbox.ts";

async function split(text: string, bytesMax = 1_000, chunk = 1_000): Promise<(string | null)[]> {
  const bytes = Buffer.from(text);
  const chunks: Buffer[] = [];
  for (let i = 0; i < bytes.length; i += chunk) chunks.push(bytes.subarray(i, i + chunk));
  const found: (string | null)[] = [];
  for await (const message of splitMbox(Readable.from(chunks), bytesMax)) {
    found.push(message.bytes === null ? null : Buffer.from(message.bytes).toString());
  }
  return found;
}

const TWO = "From a Mon\nSubject: 1\n\none\n\nFrom b Tue\nSubject: 2\n\ntwo\n";

test("messages of an mbox, whatever the chunks", async () => {
  for (const chunk of [1, 2, 3, 7, 1_000]) {
    expect(await split(TWO, 1_000, chunk)).toEqual([
      "Subject: 1\n\none\n\n",
      "Subject: 2\n\ntwo\n",
    ]);
  }
});

test("From inside a paragraph does not separate", async () => {
  expect(await split("From a\nS: 1\n\none\nFrom here on\n")).toEqual([
    "S: 1\n\none\nFrom here on\n",
  ]);
});

test("mboxrd quoting is taken off, one level", async () => {
  expect(await split("From a\n\n>From x\n>>From y\n> From z\n")).toEqual([
    "\nFrom x\n>From y\n> From z\n",
  ]);
});

test("a message over the bound comes without bytes, the next one whole", async () => {
  const text = `From a\n\n${"x".repeat(50)}\n${"y".repeat(50)}\n\nFrom b\n\nshort\n`;
  expect(await split(text, 60)).toEqual([null, "\nshort\n"]);
});

test("what is no mbox comes out as it is", async () => {
  expect(await split('{"a":1}\n\nFrom x\n')).toEqual(['{"a":1}\n\nFrom x\n']);
  expect(await split("")).toEqual([""]);
});
