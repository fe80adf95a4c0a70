// The end of a mail and its dots, cut into pieces in every way.

import fc from "fast-check";
import { expect, test } from "vitest";
import { DotStuffing } from "../../../services/receive/dot-stuffing.ts";

/** Feeds DATA in pieces of the given sizes; returns the mail and what follows it. */
function read(data: string, sizes: number[]): { mail: string; rest: string | null } {
  const reader = new DotStuffing();
  const bytes = Buffer.from(data, "latin1");
  let mail = "";
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + (sizes[i % sizes.length] ?? 1);
    const { content, rest } = reader.feed(Buffer.from(bytes.subarray(at, end)));
    mail += content.toString("latin1");
    if (rest !== null)
      return { mail, rest: rest.toString("latin1") + bytes.toString("latin1", end) };
    at = end;
  }
  return { mail, rest: null };
}

function good(data: string, mail: string, rest = ""): void {
  for (const size of [1, 2, 3, 4, 5, 100]) expect(read(data, [size])).toEqual({ mail, rest });
}

function unfinished(data: string): void {
  for (const size of [1, 2, 3, 100]) expect(read(data, [size]).rest, data).toBe(null);
}

test("the end is found and dots are undone, however the bytes are cut", () => {
  good(".\r\n", ""); // nothing at all
  good("a\r\n.\r\n", "a\r\n");
  good("a\r\n.\r\nQUIT\r\n", "a\r\n", "QUIT\r\n"); // the rest is the next command
  good("..\r\n.\r\n", ".\r\n"); // a line that is one dot
  good("...a\r\n..\r\n.\r\n", "..a\r\n.\r\n");
  good(".a\r\n.\r\n", "a\r\n"); // a sender that does not stuff: the first dot still goes
  good("a.\r\n.\r\n", "a.\r\n"); // a dot elsewhere stays
  good(".\rb\r\n.\r\n", "\rb\r\n"); // the CR behind a dot was content
  good(".\r\r\n.\r\n", "\r\r\n");
  good("\r\r\n.\r\n", "\r\r\n");
  good("a\n..b\r\n.\r\n", "a\n..b\r\n"); // no line begins behind a bare LF
});

test("nothing but CR LF dot CR LF ends a mail", () => {
  unfinished("a\n.\n");
  unfinished("a\n.\r\n");
  unfinished("a\r\n.\n");
  unfinished("a\r.\r");
  unfinished("a\r.\r\n");
  unfinished("a\r\n.\r");
  unfinished("a\r\n.\r\r\n");
  unfinished("a\r\n..\r\n");
  unfinished("a\r\n.\0\r\n");
});

test("what is stuffed comes back the same", () => {
  const part = fc.constantFrom("\r\n", "\r", "\n", ".", "..", "a", "\0", "\xff", "\r\n.\r");
  const text = fc.array(part, { maxLength: 40 }).map((parts) => `${parts.join("")}\r\n`);
  const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(text, sizes, (mail, cuts) => {
      const stuffed = mail.replace(/(^|\r\n)\./g, "$1..");
      expect(read(`${stuffed}.\r\nrest`, cuts)).toEqual({ mail, rest: "rest" });
    }),
    { numRuns: 1_000 },
  );
});

test("a mail of dots alone is read in one pass", () => {
  const data = Buffer.from(`${"..\r\n".repeat(4_000_000)}.\r\n`);
  const started = performance.now();
  expect(new DotStuffing().feed(data).content.length).toBe(12_000_000);
  expect(performance.now() - started).toBeLessThan(5_000);
});
