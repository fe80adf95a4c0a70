// Hostile mails are refused before a MIME parser sees them, in linear time; common ones pass.

import { describe, expect, it } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { checkMailBounds } from "../../../services/decode/mail-bounds.ts";
import { entity, multipart, PROSE, REPORT_HEADERS } from "../../support/mails.ts";
import { reportMail } from "../../support/reports.ts";

const MIB = 1024 * 1024;

/** Checks the outcome, and that it came within a second. */
function judged(bytes: Buffer | string): string {
  const startedAt = performance.now();
  const result = checkMailBounds(Buffer.from(bytes));
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  return result.ok ? "ok" : result.reason;
}

const good = (name: string, bytes: () => Buffer | string) =>
  it(`takes ${name}`, () => expect(judged(bytes())).toBe("ok"));
const bad = (name: string, reason: string, bytes: () => Buffer | string) =>
  it(`refuses ${name}`, () => expect(judged(bytes())).toBe(reason));

/** Multiparts within multiparts, each with its own boundary. */
function nested(depth: number): string {
  const levels = Array.from({ length: depth }, (_, i) => i);
  const opens = levels.map((i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`);
  const closes = levels.reverse().map((i) => `\n--b${i}--`);
  return `${opens.join("")}\nx${closes.join("")}\n`;
}

/** Empty parts under one boundary. */
function parts(count: number, between = "\r\n\r\n"): string {
  return `Content-Type: multipart/mixed; boundary="b"\r\n\r\n${`--b${between}`.repeat(count)}--b--\r\n`;
}

describe("checkMailBounds", () => {
  good("a report mail", () => reportMail({ number: 1 }));
  good("a mail without a body", () => "Subject: x");
  good("a mail with an empty header", () => "\r\nbody");
  good("as many parts as the bound", () => parts(BOUNDS.mailPartsMax));
  good("as deep as the bound", () => nested(BOUNDS.mailDepthMax));
  good("siblings that are multiparts", () => {
    const inner = (i: number) => multipart("alternative", [PROSE], [], `i${i}`);
    return multipart(
      "mixed",
      Array.from({ length: 40 }, (_, i) => inner(i)),
    );
  });
  good("rulers that are no delimiters", () =>
    entity(["Content-Type: text/plain; boundary=b"], "--------\r\n".repeat(10_000)),
  );
  good("a large body", () => entity(REPORT_HEADERS, "QUJD".repeat(5 * MIB)));
  good("megabytes of dashes on lines of their own", () =>
    entity(["Content-Type: multipart/mixed; boundary=b"], "--\n".repeat(MIB)),
  );
  good("megabytes of lines that nearly are delimiters", () =>
    entity(["Content-Type: multipart/mixed; boundary=bb"], "--bc\n".repeat(MIB)),
  );
  good("one line of megabytes", () => entity(REPORT_HEADERS, "-".repeat(8 * MIB)));

  bad("one part too many", "mail-too-many-parts", () => parts(BOUNDS.mailPartsMax + 1));
  bad("100,000 parts", "mail-too-many-parts", () => parts(100_000));
  bad("100,000 parts without bodies", "mail-too-many-parts", () => parts(100_000, "\r\n"));
  bad("parts under a quoted boundary", "mail-too-many-parts", () =>
    parts(200).replace('boundary="b"', 'boundary="\\b"'),
  );
  bad("one level too many", "mail-too-deep", () => nested(BOUNDS.mailDepthMax + 1));
  bad("20,000 levels", "mail-too-deep", () => nested(20_000));
  bad("a header line of a megabyte", "mail-header-too-large", () => `Subject: ${"x".repeat(MIB)}`);
  bad("a header of megabytes of lines", "mail-header-too-large", () => "A: b\n".repeat(MIB));
  bad("a header of a part", "mail-header-too-large", () =>
    multipart("mixed", [entity([`X: ${"x".repeat(BOUNDS.mailHeaderBytesMax)}`], "")]),
  );
  bad("many large headers", "mail-header-too-large", () =>
    multipart(
      "mixed",
      Array.from({ length: 20 }, () => entity([`X: ${"x".repeat(100_000)}`], "")),
    ),
  );

  it("tells where ContentType lacks its hyphen", () => {
    const bytes = multipart("mixed", [entity(["ContentType: a/b"], "ContentType: prose")]);
    const result = checkMailBounds(bytes);
    expect(result).toMatchObject({ ok: true, misnamed: [bytes.indexOf("ContentType")] });
  });
});
