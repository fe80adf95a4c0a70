// Where reports hide: mails of every shape, containers in any order, labels right and wrong. What
// senders really do is in the names of the cases.

import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import type { Arrival } from "../../../services/core/raw.ts";
import { type Decoded, decode } from "../../../services/decode/decode.ts";
import {
  attachment,
  entity,
  FILE_NAME,
  gzipPart,
  multipart,
  PROSE,
  REPORT_HEADERS,
  REPORT_SUBTYPE,
  received,
} from "../../support/mails.ts";
import { reportJson, reportMail } from "../../support/reports.ts";
import { zipOf } from "../../support/zips.ts";

const JSON_TEXT = reportJson({ number: 1 });
const GZIP = gzipSync(JSON_TEXT);
const MISNAMED = ["content-type-misnamed"];
const INLINE_TYPE = "Content-Type: application/tlsrpt+json";

/** The texts that were found whole, with their deviations and the way to them. */
async function texts(bytes: Buffer | string, arrival: Partial<Arrival> = {}) {
  const { found } = await decode(received(bytes, arrival));
  return found.map((one) => ({
    text: one.failure?.reason ?? one.bytes.toString(),
    media: one.media,
    codes: one.deviations.map((deviation) => deviation.code),
    fileName: one.fileName,
    place: one.place,
  }));
}

/** One case: exactly one report is found, with these deviations, in this wrapping. */
function one(name: string, media: string, codes: string[], bytes: () => Buffer | string): void {
  it(name, async () => {
    expect(await texts(bytes())).toMatchObject([{ text: JSON_TEXT, media, codes }]);
  });
}

const report = (...parts: Buffer[]) => multipart(REPORT_SUBTYPE, [PROSE, ...parts], REPORT_HEADERS);

describe("mails with a report", () => {
  one("RFC 8460 section 5.3, gzip", "mail > gzip > json", [], () => reportMail({ number: 1 }));
  one("RFC 8460 section 5.3, plain JSON", "mail > json", [], () =>
    report(entity([INLINE_TYPE, "Content-Disposition: attachment"], JSON_TEXT)),
  );
  one("lines that end in LF alone", "mail > gzip > json", [], () =>
    reportMail({ number: 1 }).toString().replaceAll("\r\n", "\n"),
  );
  one("an mbox line and blank lines before the header", "mail > gzip > json", [], () =>
    Buffer.concat([
      Buffer.from("\r\nFrom a@example.com Mon Nov  2 01:00:00 2026\r\n"),
      reportMail({ number: 1 }),
    ]),
  );
  one("multipart/mixed", "mail > gzip > json", ["not-multipart-report"], () =>
    multipart("mixed", [PROSE, gzipPart(GZIP)], REPORT_HEADERS),
  );
  one("a report in mixed in related", "mail > gzip > json", ["not-multipart-report"], () =>
    multipart(
      "mixed",
      [multipart("related", [PROSE, multipart("report", [gzipPart(GZIP)], [], "c")], [], "b")],
      REPORT_HEADERS,
      "a",
    ),
  );
  one("octet-stream", "mail > gzip > json", ["media-type-wrong"], () =>
    report(attachment(GZIP, ["Content-Type: application/octet-stream"])),
  );
  one("gzip declared, JSON sent", "mail > json", ["media-type-wrong"], () =>
    report(attachment(JSON_TEXT, ["Content-Type: application/tlsrpt+gzip"])),
  );
  one("JSON declared, gzip sent", "mail > gzip > json", ["media-type-wrong"], () =>
    report(attachment(GZIP, [INLINE_TYPE])),
  );
  one("a type with letters of any size", "mail > gzip > json", [], () =>
    report(attachment(GZIP, ["content-type: Application/TLSRPT+gzip"])),
  );
  one("no type, but a name", "mail > gzip > json", ["media-type-missing"], () =>
    report(attachment(GZIP, [`Content-Disposition: attachment; filename="${FILE_NAME}"`])),
  );
  one("no type and no name", "mail > gzip > json", ["media-type-missing"], () =>
    report(attachment(GZIP, ["X-Nothing: said"])),
  );
  one("text/html that is gzip", "mail > gzip > json", ["media-type-wrong"], () =>
    report(attachment(GZIP, ["Content-Type: text/html; charset=utf-16"])),
  );
  one("text/plain that is JSON", "mail > json", ["media-type-wrong"], () =>
    report(entity(["Content-Type: text/plain; charset=utf-8"], JSON_TEXT)),
  );
  one("quoted-printable", "mail > json", [], () =>
    report(
      entity(
        [INLINE_TYPE, "Content-Transfer-Encoding: quoted-printable"],
        JSON_TEXT.replaceAll("=", "=3D").replace(/.{70}/g, "$&=\r\n"),
      ),
    ),
  );
  one("base64 that is not declared", "mail > gzip > json", ["transfer-encoding-wrong"], () =>
    report(entity(["Content-Type: application/tlsrpt+gzip"], base64Lines(GZIP))),
  );
  one("base64 JSON declared as 7bit", "mail > json", ["transfer-encoding-wrong"], () =>
    report(
      entity([INLINE_TYPE, "Content-Transfer-Encoding: 7bit"], base64Lines(Buffer.from(JSON_TEXT))),
    ),
  );
  one("8bit gzip", "mail > gzip > json", [], () =>
    report(
      entity(["Content-Type: application/tlsrpt+gzip", "Content-Transfer-Encoding: binary"], GZIP),
    ),
  );
  one("the whole mail is the report", "mail > gzip > json", ["not-multipart-report"], () =>
    attachment(GZIP, [...REPORT_HEADERS, "Content-Type: application/tlsrpt+gzip"]),
  );
  one(
    "the whole mail is text/plain with JSON",
    "mail > json",
    ["not-multipart-report", "media-type-wrong"],
    () => entity([...REPORT_HEADERS, "Content-Type: text/plain"], JSON_TEXT),
  );
  one(
    "the whole mail is JSON without any type",
    "mail > json",
    ["not-multipart-report", "media-type-missing"],
    () => entity(["Subject: x"], JSON_TEXT),
  );
  one("a mail within a mail, inline", "mail > mail > gzip > json", [], () =>
    forward(["Content-Type: message/rfc822", "Content-Disposition: inline"]),
  );
  one("a mail within a mail, attached", "mail > mail > gzip > json", [], () =>
    forward(["Content-Type: message/rfc822", "Content-Disposition: attachment; filename=a.eml"]),
  );
  one("a mail within a mail, in base64", "mail > mail > gzip > json", [], () =>
    multipart("mixed", [PROSE, attachment(reportMail({ number: 1 }), MESSAGE)], ["Subject: Fwd"]),
  );
  one("a mail attached as octet-stream", "mail > mail > gzip > json", [], () =>
    forward(['Content-Type: application/octet-stream; name="report.eml"']),
  );
  one("ContentType without its hyphen in a part", "mail > gzip > json", MISNAMED, () =>
    report(attachment(GZIP, ["ContentType: application/tlsrpt+gzip"])),
  );
  one("ContentType without its hyphen at the top", "mail > gzip > json", MISNAMED, () =>
    Buffer.from(
      reportMail({ number: 1 }).toString("latin1").replace("Content-Type", "ContentType"),
      "latin1",
    ),
  );
  one("zip", "mail > zip > json", ["zip-container", "media-type-wrong"], () =>
    report(
      attachment(zipOf({ "a!example.com!1!2.json": JSON_TEXT }), ["Content-Type: application/zip"]),
    ),
  );

  it("resolves names of RFC 2231", async () => {
    const half = FILE_NAME.length / 2;
    const mail = report(
      attachment(GZIP, [
        "Content-Type: application/tlsrpt+gzip",
        "Content-Disposition: attachment;",
        ` filename*0*=utf-8''${encodeURIComponent(FILE_NAME.slice(0, half))};`,
        ` filename*1="${FILE_NAME.slice(half)}"`,
      ]),
    );
    expect(await texts(mail)).toMatchObject([{ text: JSON_TEXT, fileName: FILE_NAME }]);
  });

  it("cuts a long name at a whole character", async () => {
    const name = `${"x".repeat(BOUNDS.textCharsMax - 1)}\u{1f600}!`;
    const [found] = await texts(zipOf({ [name]: JSON_TEXT }));
    expect(found?.fileName).toBe("x".repeat(BOUNDS.textCharsMax - 1));
  });

  it("finds several reports, each with its place", async () => {
    const second = reportJson({ number: 2 });
    const mail = report(gzipPart(GZIP), attachment(second, [INLINE_TYPE]));
    expect(await texts(mail)).toMatchObject([
      { text: JSON_TEXT, place: "2" },
      { text: second, place: "3" },
    ]);
  });

  it("leaves signatures, pictures and prose alone", async () => {
    const mail = report(
      gzipPart(GZIP),
      entity(["Content-Type: text/html"], "<p>{ }</p>"),
      entity(["Content-Type: text/plain"], "{not a report}"),
      entity(["Content-Type: text/plain"], "Note: this is no mail"),
      attachment("\u0089PNG", ["Content-Type: image/png"]),
      entity(["Content-Type: application/pgp-signature; name=signature.asc"], "-----BEGIN"),
    );
    expect(await texts(mail)).toHaveLength(1);
  });

  it("tells of a labelled part that is broken beside one that is whole", async () => {
    const mail = report(gzipPart(GZIP), gzipPart(GZIP.subarray(0, 50)));
    const found = await texts(mail);
    expect(found.map((each) => each.text)).toEqual([JSON_TEXT, "compressed-truncated"]);
  });

  it("keeps what the headers say", async () => {
    const { header } = await decode(received(reportMail({ number: 7 })));
    expect(header).toEqual({
      subject: "Report Domain: example.com Submitter: sender.example Report-ID: <7@sender.example>",
      messageId: "<7.example.com@sender.example>",
      from: "tls-reports@sender.example",
      autoSubmitted: "",
      reportDomain: "example.com",
      submitter: "sender.example",
      contentType: "multipart/report",
      reportType: "tlsrpt",
    });
  });
});

const MESSAGE = ["Content-Type: message/rfc822"];

function forward(headers: string[]): Buffer {
  const part = entity(headers, reportMail({ number: 1 }));
  return multipart("mixed", [PROSE, part], ["Subject: Fwd", "MIME-Version: 1.0"], "outer");
}

function base64Lines(bytes: Buffer): string {
  return bytes.toString("base64").replace(/.{76}/g, "$&\r\n");
}

describe("files and HTTP bodies", () => {
  one("JSON", "json", [], () => JSON_TEXT);
  one("gzip", "gzip > json", [], () => GZIP);
  one("gzip in gzip", "gzip > gzip > json", ["double-compressed"], () => gzipSync(GZIP));
  one("gzip with bytes after it", "gzip > json", ["trailing-bytes"], () =>
    Buffer.concat([GZIP, Buffer.from("\n")]),
  );
  one("a mail in gzip", "gzip > mail > gzip > json", [], () => gzipSync(reportMail({ number: 1 })));
  one("gzip in zip", "zip > gzip > json", ["zip-container", "double-compressed"], () =>
    zipOf({ "a.json.gz": GZIP }),
  );

  it("names what a media type should have been", async () => {
    const codes = async (contentType: string, bytes: Buffer | string) =>
      (await texts(bytes, { channel: "https", contentType }))[0]?.codes;
    expect(await codes("application/tlsrpt+gzip", GZIP)).toEqual([]);
    expect(await codes("Application/tlsrpt+json; charset=utf-8", JSON_TEXT)).toEqual([]);
    expect(await codes("application/x-www-form-urlencoded", GZIP)).toEqual(["media-type-wrong"]);
    expect(await codes("application/tlsrpt+json", GZIP)).toEqual(["media-type-wrong"]);
    expect(await codes("", GZIP)).toEqual(["media-type-missing"]);
  });

  it("finds all reports of a zip file", async () => {
    const second = reportJson({ number: 2 });
    const found = await texts(zipOf({ "a.json": JSON_TEXT, "b.json": second, "read.me": "hello" }));
    expect(found.map((each) => each.text)).toEqual([JSON_TEXT, second, "not-json"]);
  });

  it("keeps the reports of a zip file beside an entry that is too large", async () => {
    const large = Buffer.alloc(BOUNDS.reportBytesMax);
    const found = await texts(zipOf({ "a!b!1!2.json": JSON_TEXT, "c!d!1!2.json": large }));
    expect(found.map((each) => each.text)).toEqual([JSON_TEXT, "decoded-too-large"]);
  });
});

describe("what cannot be unfolded", () => {
  const bad = (name: string, reason: string, bytes: () => Buffer | string) =>
    it(`${name}: ${reason}`, async () => {
      const startedAt = performance.now();
      expect((await texts(bytes())).map((each) => each.text)).toContain(reason);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    });

  bad("nothing", "empty", () => "");
  bad("white space", "empty", () => " \r\n");
  bad("a labelled part without bytes", "empty", () => report(gzipPart(Buffer.alloc(0))));
  bad("cut gzip", "compressed-truncated", () => GZIP.subarray(0, 60));
  bad("damaged gzip", "compressed-corrupt", () => Buffer.from(GZIP).fill(0xff, 12));
  bad("four layers of gzip", "compression-too-deep", () => gzipSync(gzipSync(gzipSync(GZIP))));
  bad("a text over the bound", "decoded-too-large", () =>
    gzipSync(Buffer.alloc(BOUNDS.reportBytesMax + 1)),
  );
  bad("parts that together are over the bound", "decoded-too-large", () => {
    const half = gzipSync(Buffer.alloc(BOUNDS.decodedBytesMax / 2 + 1, "{"));
    return report(gzipPart(half), gzipPart(half));
  });
  bad("XML of a DMARC report", "dmarc-report", () => '<?xml version="1.0"?><feedback></feedback>');
  bad("XML of a DMARC report in gzip in a mail", "dmarc-report", () =>
    multipart("mixed", [
      attachment(gzipSync("<feedback>"), ["Content-Type: application/gzip; name=a.xml.gz"]),
    ]),
  );
  bad("XML of a DMARC report in zip in a mail", "dmarc-report", () =>
    attachment(zipOf({ "a.xml": "<feedback>" }), ["Subject: x", "Content-Type: application/zip"]),
  );
  bad("100,000 parts", "mail-too-many-parts", () =>
    multipart(
      "mixed",
      Array.from({ length: 100_000 }, () => PROSE),
    ),
  );
  bad("20,000 multiparts in one another", "mail-too-deep", () => {
    const levels = Array.from({ length: 20_000 }, (_, i) => i);
    return levels.map((i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`).join("");
  });
  bad("mails in one another", "mail-too-deep", () => {
    let mail = reportMail({ number: 1 });
    for (let i = 0; i < 20; i++) mail = multipart("mixed", [entity(MESSAGE, mail)], [], `b${i}`);
    return mail;
  });
  bad("a header line of a megabyte", "mail-header-too-large", () =>
    entity([`Subject: ${"x".repeat(1024 * 1024)}`], "text"),
  );
  bad("parts behind a boundary that the look ahead does not read", "mail-too-many-parts", () => {
    const parts = "--ab\n\n".repeat(1_000);
    return `Content-Type: multipart/mixed;\n boundary*0=a;\n boundary*1=b\n\n${parts}`;
  });
});

describe("mails without a report", () => {
  const named = (
    name: string,
    reason: string,
    bytes: Buffer | string,
    arrival: Partial<Arrival> = {},
  ) =>
    it(`${name}: ${reason}`, async () => {
      const decoded: Decoded = await decode(received(bytes, arrival));
      expect(decoded.found.length).toBe(0);
      expect(decoded.otherwise.reason).toBe(reason);
    });
  const text = (...headers: string[]) => entity([...headers, "Content-Type: text/plain"], "Hello");
  const smtp = (mailFrom: string): Partial<Arrival> => ({ channel: "smtp", mailFrom });
  const status = entity(["Content-Type: message/delivery-status"], "Action: failed");

  named("a person's", "no-report", text("From: a@example.com"), smtp("a@example.com"));
  named("without a header", "no-report", "hello", smtp("a@example.com"));
  named("a newsletter", "no-report", text("Auto-Submitted: auto-generated"));
  named("an empty envelope sender", "bounce", text("From: a@example.com"), smtp(""));
  named("an answer", "bounce", text("Auto-Submitted: auto-replied (vacation)"));
  named("from the mailer", "bounce", text("From: Mail System <MAILER-DAEMON@mx.example.com>"));
  named(
    "a delivery status with the mail that it returns",
    "bounce",
    multipart(
      "report; report-type=delivery-status",
      [PROSE, status, entity(MESSAGE, reportMail({ number: 1 }))],
      [],
      "outer",
    ),
  );
});

describe("any bytes", () => {
  it("never throws on mutated mails, and ends", async () => {
    const mail = reportMail({ number: 1 });
    const edit = fc.tuple(fc.nat(mail.length - 1), fc.nat(40), fc.uint8Array({ maxLength: 8 }));
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        let bytes: Buffer = mail;
        for (const [at, cut, put] of edits) {
          bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);
        }
        await decode(received(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it("never throws on mails made of MIME's own words", async () => {
    const words = [
      "--b",
      "--b--",
      "\r\n",
      "\n",
      "\r",
      ":",
      "Content-Type",
      "multipart/mixed",
    ].concat(
      ["; boundary=b", "message/rfc822", "base64", "Content-Transfer-Encoding", "{", "}", " "],
      ["Content-Disposition: inline", "=?utf-8?q?x?=", "\u001f\u008b", "e30="],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...words), { maxLength: 60 }), async (list) => {
        await decode(received(Buffer.from(`Subject: x\r\n${list.join("")}`, "latin1")));
      }),
      { numRuns: 500 },
    );
  });
});
