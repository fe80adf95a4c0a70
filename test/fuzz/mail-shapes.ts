// Mails by grammar: trees of parts with the encodings, names, folds, line ends and faults that senders, gateways
// and attackers give them; some hold one report that must be found.

import { gzipSync } from "node:zlib";
import { reportJson } from "../support/reports.ts";
import type { Chance } from "./chance.ts";
import { DOMAINS, ODD_TEXTS } from "./report-shapes.ts";

export interface MailShape {
  bytes: Buffer;
  /** report-id of a report that must be found in it whatever else there is; "" without one. */
  holds: string;
}

const LINE_ENDS = ["\r\n", "\r\n", "\r\n", "\n", "\r"];
const BOUNDARIES = [
  "=_b",
  "b",
  "a b",
  "'",
  "----=_Part.1",
  "(x)",
  "x".repeat(70),
  "x".repeat(300),
  "",
];
const TYPES = [
  "text/plain",
  "text/html; charset=utf-16le",
  "text/plain; charset=x-unknown",
  "application/json",
  "application/octet-stream",
  "application/tlsrpt+json",
  "application/tlsrpt+gzip",
  "message/delivery-status",
  "message/partial; id=1; number=1",
  "message/external-body; access-type=URL",
  "application/x-tnef",
  "image/png",
  ";;;",
  "",
];
const ENCODINGS = [
  "7bit",
  "8bit",
  "base64",
  "quoted-printable",
  "x-uuencode",
  "BASE64 ",
  "binary",
  "",
];

/** Values of DKIM-Signature fields (RFC 6376 section 3.5) with every fault. */
export function dkimSignature(chance: Chance): string {
  const tags: string[] = [];
  const tag = (name: string, values: readonly string[]) => {
    if (!chance.once(10)) tags.push(`${name}=${chance.pick(values)}`);
    if (chance.once(25)) tags.push(`${name}=${chance.pick(values)}`);
  };
  tag("v", ["1", "1", "2", ""]);
  tag("a", ["rsa-sha256", "ed25519-sha256", "rsa-sha1", "none", "RSA-SHA256"]);
  tag("c", ["relaxed/relaxed", "simple", "relaxed", "x/y", "simple/simple/simple"]);
  tag("d", ["sender.example", "SENDER.example.", "b\u00fccher.example", "", "a".repeat(300), "."]);
  tag("s", ["sel", "a.b", "", "x".repeat(70), "*", "sel\u0000"]);
  tag("h", ["from:subject:date", "from", "", ":::", "from:from:from:dkim-signature", "to"]);
  tag("bh", ["47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "", "!!!", "A".repeat(4_000)]);
  tag("b", ["AAAA", "", "=", "A\r\n\tB", "\u00ff", "A".repeat(2_000)]);
  if (chance.once(3)) tag("l", ["0", "1", "999999999999999999999", "-1", "x"]);
  if (chance.once(3)) tag("t", ["1793491200", "9".repeat(30), "x"]);
  if (chance.once(3)) tag("x", ["1", "0", "1793491200"]);
  if (chance.once(3)) tag("i", ["@sender.example", "a@other.example", "@", "=40"]);
  if (chance.once(3)) tag("q", ["dns/txt", "x", ""]);
  if (chance.once(5)) tag(chance.pick(ODD_TEXTS), ODD_TEXTS);
  return tags.join(chance.pick(["; ", ";", ";\r\n\t", " ;; ", ", "]));
}

/** A whole mail. */
export function mail(chance: Chance): MailShape {
  const feed = chance.pick(LINE_ENDS);
  const holds = chance.once(3) ? `held-${chance.below(1_000_000)}` : "";
  if (holds !== "") return { bytes: holding(chance, holds), holds };
  const fields = chance.some(0, 8, () => field(chance, feed));
  const body = part(chance, feed, 0);
  const text = Buffer.from(fields.map((one) => `${one}${feed}`).join(""), "latin1");
  return { bytes: Buffer.concat([text, body]), holds };
}

function field(chance: Chance, feed: string): string {
  const domain = chance.pick(DOMAINS);
  const value = chance.once(8) ? encodedWord(chance, chance.pick(ODD_TEXTS)) : "";
  const name = chance.pick([
    "Subject",
    "From",
    "Message-ID",
    "To",
    "X-Odd",
    "Received",
    "Return-Path",
  ]);
  switch (chance.below(10)) {
    case 0:
      return `Subject: Report Domain: ${domain} Submitter: sender.example Report-ID: <1@a>${value}`;
    case 1:
      return `TLS-Report-Domain: ${domain}${value}`;
    case 2:
      return `TLS-Report-Submitter: sender.example${value}`;
    case 3:
      return `DKIM-Signature: ${dkimSignature(chance)}`;
    case 4:
      return `From: ${chance.pick(["tls@sender.example", "<a@b>, c@d", '"x" <@,@>', "undisclosed:;"])}`;
    case 5:
      return `Auto-Submitted: ${chance.pick(["auto-replied", "no", "auto-generated"])}${feed} folded`;
    case 6:
      return `${name}: ${"y".repeat(chance.pick([10, 998, 70_000, 300_000]))}`;
    case 7:
      return `${name}${chance.pick([" :", ":", "\u0000:", ""])} ${value}${feed}\tx${feed} ${feed}`;
    case 8:
      return chance.pick([
        "From mailer Mon",
        "no colon here",
        ":",
        "\u00e9: 1",
        "ContentType: a/b",
      ]);
    default:
      return `${name}: ${value}`;
  }
}

/** RFC 2047, right and wrong. */
function encodedWord(chance: Chance, text: string): string {
  const bytes = Buffer.from(text);
  const charset = chance.pick(["utf-8", "UTF-8*en", "iso-8859-1", "x", "utf-7", "utf-16"]);
  const base64 = bytes.toString("base64");
  return chance.pick([
    `=?${charset}?B?${base64}?=`,
    `=?${charset}?Q?=C3=A9_=ZZ?=`,
    `=?${charset}?B?`,
  ]);
}

function name(chance: Chance): string {
  const text = chance.once(4) ? chance.pick(ODD_TEXTS) : "a!example.com!1793491200!1793577599.json";
  const plain = text.replace(/["\r\n]/g, "");
  const percent = Buffer.from(text).toString("hex").replace(/../g, "%$&");
  return chance.pick([
    `name="${plain}"`,
    `filename*=utf-8''${percent}`,
    `filename*0="a!b"; filename*1="!1!2.json"; filename*3=x`,
    `filename*0*=utf-8''%61; filename*1*=%ZZ; filename*999999999=b`,
    `filename=${encodedWord(chance, text)}`,
    `filename="unterminated`,
  ]);
}

function part(chance: Chance, feed: string, depth: number): Buffer {
  const nested = chance.below(depth + 2) === 0 && depth < 16;
  if (nested)
    return chance.once(3) ? forwarded(chance, feed, depth) : multipart(chance, feed, depth);
  const fields = [
    `Content-Type: ${chance.pick(TYPES)}; ${name(chance)}`,
    `Content-Transfer-Encoding: ${chance.pick(ENCODINGS)}`,
    `Content-Disposition: attachment; ${name(chance)}`,
  ].filter(() => !chance.once(4));
  return entity(fields, body(chance, feed), feed);
}

function entity(fields: readonly string[], body: Buffer, feed: string): Buffer {
  return Buffer.concat([Buffer.from([...fields, "", ""].join(feed), "latin1"), body]);
}

function forwarded(chance: Chance, feed: string, depth: number): Buffer {
  const inner = part(chance, feed, depth + 1);
  const fields = chance.some(0, 3, () => field(chance, feed)).map((one) => `${one}${feed}`);
  const whole = Buffer.concat([Buffer.from(fields.join(""), "latin1"), inner]);
  return entity([`Content-Type: message/rfc822`], whole, feed);
}

function multipart(chance: Chance, feed: string, depth: number): Buffer {
  const boundary = chance.pick(BOUNDARIES);
  const declared = chance.once(12) ? chance.pick(BOUNDARIES) : boundary;
  const parameter = chance.pick([
    `boundary="${declared}"`,
    `boundary=${declared}`,
    `boundary*0="${declared.slice(0, 2)}"; boundary*1="${declared.slice(2)}"`,
    `charset=x; boundary = "${declared}"; boundary="other"`,
  ]);
  const many = chance.once(40) ? 130 : 3;
  const pieces = chance.some(0, many, () => [
    Buffer.from(`--${boundary}${chance.pick(["", " ", "\t"])}${feed}`),
    many > 3 ? entity([], Buffer.from("x"), feed) : part(chance, feed, depth + 1),
    Buffer.from(chance.once(12) ? "" : feed),
  ]);
  const end = Buffer.from(chance.once(5) ? "" : `--${boundary}--${feed}`);
  const subtype = chance.pick(["mixed", "report; report-type=tlsrpt", "alternative", "digest"]);
  const type = `Content-Type: multipart/${subtype}; ${parameter}`;
  return entity([type], Buffer.concat([...pieces.flat(), end]), feed);
}

function body(chance: Chance, feed: string): Buffer {
  const json = reportJson({ number: chance.below(1_000), failures: chance.below(3) });
  const zipped = gzipSync(json).toString("base64").replace(/.{76}/g, `$&${feed}`);
  switch (chance.below(7)) {
    case 0:
      return Buffer.from(json);
    case 1:
      return Buffer.from(zipped);
    case 2:
      return Buffer.from(zipped.slice(0, chance.below(zipped.length)));
    case 3:
      return Buffer.from(json.replace(/["{}]/g, (char) => `=${char.charCodeAt(0).toString(16)}`));
    case 4:
      return chance.bytes(chance.below(200));
    case 5:
      return Buffer.from(chance.pick(ODD_TEXTS));
    default:
      return Buffer.from(
        chance.some(0, 40, () => chance.pick(["--", "=_b", feed, ".", "a"])).join(""),
      );
  }
}

/** A mail as RFC 8460 section 5.3 has it, in one of its usual dresses, with odd fields and parts around. */
function holding(chance: Chance, id: string): Buffer {
  const feed = chance.pick(["\r\n", "\n"]);
  const json = reportJson({ number: 1 }).replace(/"report-id":"[^"]*"/, `"report-id":"${id}"`);
  const zipped = chance.once(2);
  const bytes = zipped ? gzipSync(json) : Buffer.from(json);
  const encoded = bytes.toString("base64").replace(/.{76}/g, `$&${feed}`);
  const report = entity(
    [
      `Content-Type: application/tlsrpt+${zipped ? "gzip" : "json"}`,
      "Content-Transfer-Encoding: base64",
      `Content-Disposition: attachment; ${name(chance)}`,
    ],
    Buffer.from(encoded),
    feed,
  );
  const boundary = chance.pick(["=_h", "outer.1", "x".repeat(70)]);
  const prose = entity(
    ["Content-Type: text/plain"],
    Buffer.from(chance.pick(["", "Hello.", "{"])),
    feed,
  );
  const parts = chance.pick([[report], [prose, report], [report, prose], [prose, prose, report]]);
  const pieces = parts.flatMap((one) => [
    Buffer.from(`--${boundary}${feed}`),
    one,
    Buffer.from(feed),
  ]);
  const fields = [
    `From: tls@sender.example`,
    "Subject: Report Domain: example.com Submitter: sender.example Report-ID: <1@sender.example>",
    ...chance.some(0, 3, () => `X-Odd: ${chance.pick(["a", "\u00e9", "y".repeat(3_000)])}`),
    ...chance.some(0, 2, () => `DKIM-Signature: ${dkimSignature(chance)}`).map(unfolded),
    `Content-Type: multipart/report; report-type=tlsrpt; boundary="${boundary}"`,
  ];
  return entity(fields, Buffer.concat([...pieces, Buffer.from(`--${boundary}--${feed}`)]), feed);
}

/** One line: a fold of a fold may end the header. */
function unfolded(field: string): string {
  return field.replace(/[\r\n]+/g, " ");
}
