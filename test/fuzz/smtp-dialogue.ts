// SMTP dialogues by grammar, and a reading of them that is independent of the receiver: which line was answered
// how, and where the mails in the stream begin and end (RFC 5321 sections 4.1 and 4.5.2).

import type { Chance } from "./chance.ts";
import { mutate } from "./mutate.ts";
import { ODD_TEXTS } from "./report-shapes.ts";
import { countUp, type Promised, promised } from "./spooled.ts";

const BODY_PIECES = [
  "Subject: report\r\n",
  "body",
  "\r\n",
  "\r\n",
  "\n",
  "\r",
  ".",
  "..",
  "\r\n.",
  "\n.\n",
  "\r.\r",
  "\n.\r\n",
  "\r\n.\n",
  "\r.\r\n",
  "\r\n.\r",
  "\n\r.\r\n",
  "\r\r\n.\r\n\n",
  "\r\n..\r\n",
  "\r\n.\u0000\r\n",
  "\u0000",
  "\xe9\xff",
  "MAIL FROM:<smuggled@sender.example>\r\nRCPT TO:<reports@example.com>\r\nDATA\r\n",
  "x".repeat(1_000),
  "x".repeat(5_000),
];

const LINES = [
  "NOOP",
  "RSET",
  "VRFY reports",
  "HELP",
  "EXPN x",
  "AUTH PLAIN AHgAeA==",
  "AUTH LOGIN",
  "XCLIENT ADDR=192.0.2.9",
  "XFORWARD ADDR=192.0.2.9",
  "PROXY TCP4 192.0.2.9 192.0.2.1 1 25",
  "STARTTLS",
  "BDAT 5 LAST",
  "ETRN x",
  "GET / HTTP/1.1",
  "WIZ",
  "KILL 1",
  "QUIT",
  "DATA x",
  "DATA",
  "RSET x",
  "ehlo",
  "HELO",
  "MAIL",
  "RCPT TO:",
  "",
  " ",
  "MAIL FROM:<> SIZE=99999999",
  "MAIL FROM:<> SIZE=x BODY=8BITMIME SMTPUTF8 RET=FULL",
  "x".repeat(600),
  "x".repeat(17_000),
];

const RECIPIENTS = [
  "<reports@example.com>",
  "<x@all.example>",
  "reports@example.com",
  "<nobody@other.example>",
  "<>",
  '<"a b"@all.example>',
  "<@relay.example:reports@example.com>",
  "<reports@example.com> NOTIFY=NEVER",
  "<a@all.example",
  "<\xe9@all.example>",
  `<${"x".repeat(300)}@all.example>`,
];

const SENDERS = ["<>", "<tls@sender.example>", "<tls@sender.example> BODY=8BITMIME", "tls@b", "<x"];

/** All bytes of one client. */
export function dialogue(chance: Chance): Buffer {
  const lines: string[] = [];
  const line = (text: string) => {
    lines.push(`${text}${chance.once(15) ? "\n" : "\r\n"}`);
  };
  const odd = () => line(chance.once(10) ? chance.pick(ODD_TEXTS) : chance.pick(LINES));
  if (!chance.once(15)) line(`${chance.pick(["EHLO", "HELO", "ehlo"])} mail.sender.example`);
  const mails = chance.pick([0, 1, 1, 1, 2, 3]);
  for (let i = 0; i < mails; i++) {
    if (chance.once(4)) odd();
    if (!chance.once(20))
      line(`MAIL FROM:${chance.once(3) ? chance.pick(SENDERS) : "<t@s.example>"}`);
    const many = chance.once(400) ? 10_000 : chance.once(40) ? 110 : 0;
    for (let n = 0; n < many; n++) line(`RCPT TO:<r${n}@all.example>`);
    const least = many > 0 || chance.once(20) ? 0 : 1;
    for (const to of chance.some(least, 3, () => chance.pick(RECIPIENTS))) line(`RCPT TO:${to}`);
    if (!chance.once(8)) line("RCPT TO:<reports@example.com>");
    if (chance.once(12)) odd();
    line("DATA");
    lines.push(body(chance));
  }
  if (chance.once(3)) odd();
  if (chance.once(3)) line("QUIT");
  const bytes = Buffer.from(lines.join(""), "latin1");
  return chance.once(4) ? mutate(chance, bytes, [...BODY_PIECES, "DATA\r\n", "RSET\r\n"]) : bytes;
}

function body(chance: Chance): string {
  const pieces = chance.some(0, 8, () => chance.pick(BODY_PIECES));
  const end = chance.once(12) ? chance.pick(["", "\r\n.", "\n.\n", "\r\n.\r"]) : "\r\n.\r\n";
  return pieces.join("") + end;
}

/** Whole replies (RFC 5321 section 4.2), each in one text; the last may be unfinished and is left out. */
function repliesIn(came: string): string[] {
  return [...came.matchAll(/(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\n/gy)].map(([reply]) => reply);
}

const RECEIPT = /^250 .*received as ([0-9A-Z]{26})\r\n$/;

export interface Reading {
  promised: Promised;
  /** True when every line and mail that was sent has its answer. */
  complete: boolean;
  /** True when all receipts among the answers belong to mails that were sent. */
  accounted: boolean;
}

/** Reads what was sent and what came back side by side. @param messageBytesMax the receiver's bound */
export function readDialogue(sent: Buffer, came: string, messageBytesMax: number): Reading {
  const text = sent.toString("latin1");
  const [, ...replies] = repliesIn(came);
  const all = promised();
  let at = 0;
  let next = 0;
  let complete = true;
  let over = came.startsWith("421");
  while (!over) {
    const feed = text.indexOf("\n", at);
    if (feed < 0) break;
    const reply = replies[next];
    if (reply === undefined) {
      complete = false;
      break;
    }
    next += 1;
    at = feed + 1;
    noteRefusal(all, reply);
    over = reply.startsWith("421") || reply.startsWith("221");
    if (!reply.startsWith("354")) continue;
    const mail = mailAt(text, at);
    if (mail === null) {
      noteUnfinished(all, sent.length - at, messageBytesMax);
      break;
    }
    at = mail.end;
    const answer = replies[next];
    if (answer === undefined) {
      complete = false;
      all.perhaps.push(mail.body);
      break;
    }
    next += 1;
    noteRefusal(all, answer);
    over = answer.startsWith("421");
    const receipt = RECEIPT.exec(answer)?.[1];
    if (receipt !== undefined) all.kept.set(receipt, mail.body);
  }
  const receipts = replies.filter((reply) => RECEIPT.test(reply)).length;
  return { promised: all, complete, accounted: receipts === all.kept.size };
}

/** Replies by which the receiver says that it refused, and counted it. */
const REFUSALS: readonly [RegExp, string][] = [
  [/^550 5\.1\.1 No TLS reports/, "recipient-unknown"],
  [/^552 (?:5\.3\.4 )?.*(?:larger|exceed|size)/i, "too-large"],
];

function noteRefusal(all: Promised, reply: string): void {
  const found = REFUSALS.find(([pattern]) => pattern.test(reply));
  if (found !== undefined) countUp(all.refused, found[1]);
}

/** A mail that never ends is refused for its size or for its end; near the bound the dots decide. */
function noteUnfinished(all: Promised, bytes: number, messageBytesMax: number): void {
  if (Math.abs(bytes - messageBytesMax) < bytes / 4) all.unsure = true;
  else countUp(all.refused, bytes > messageBytesMax ? "too-large" : "aborted");
}

/** The mail that begins here, undone of its stuffing (RFC 5321 section 4.5.2), and where it ends. */
function mailAt(text: string, at: number): { body: Buffer; end: number } | null {
  const empty = text.startsWith(".\r\n", at);
  const found = empty ? at - 2 : text.indexOf("\r\n.\r\n", at);
  if (found === -1) return null;
  const stuffed = empty ? "" : text.slice(at, found + 2);
  const body = stuffed.replace(/(^|\r\n)\./g, "$1");
  return { body: Buffer.from(body, "latin1"), end: found + 5 };
}
