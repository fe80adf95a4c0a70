// Signatures made by three signers, and hostile ones: what counts, what does not and why, and that no
// signature hides another.

import { createRequire } from "node:module";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { checkSignatures } from "../../../services/authenticate/signatures.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { type KeyAnswer, keyNames } from "../../../services/core/dkim/signature.ts";
import { makeKey, type SignOptions, signMail } from "../../support/dkim-signer.ts";
import { entity } from "../../support/mails.ts";
import { reportMail } from "../../support/reports.ts";

const AT_MS = Date.UTC(2026, 10, 2, 3);
const RSA = makeKey();
const ED25519 = makeKey("ed25519");
const MAIL = reportMail({ number: 1, failures: 2 });
const NAME = "s1._domainkey.sender.example";

const records = (answer: KeyAnswer = [RSA.record]) => new Map([[NAME, answer]]);
const signed = (options: Partial<SignOptions> = {}) => signMail(MAIL, { key: RSA, ...options });

async function only(mail: Buffer, keys: ReadonlyMap<string, KeyAnswer> = records()) {
  const checks = await checkSignatures(mail, keys, AT_MS);
  expect(checks).toHaveLength(1);
  return checks[0];
}

afterEach(() => vi.restoreAllMocks());

describe("a signature that is right", () => {
  const forms = ["relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple", "relaxed"];

  it.each(forms)("passes: %s", async (canonicalization) => {
    for (const key of [RSA, ED25519]) {
      const mail = signed({ key, canonicalization });
      expect(keyNames(mail)).toEqual([NAME]);
      expect(await only(mail, records([key.record]))).toEqual({
        domain: "sender.example",
        selector: "s1",
        result: "pass",
        notes: [],
        covers: { submitter: "sender.example", from: "sender.example" },
      });
    }
  });

  it("passes when mailauth made it", async () => {
    const { dkimSign } = createRequire(import.meta.url)("mailauth/lib/dkim/sign");
    const privateKey = RSA.privateKey.export({ type: "pkcs8", format: "pem" });
    const signatureData = [{ signingDomain: "sender.example", selector: "s1", privateKey }];
    const { signatures } = await dkimSign(MAIL, { signatureData, signTime: new Date(AT_MS) });
    const mail = Buffer.concat([Buffer.from(signatures), MAIL]);
    expect(await only(mail)).toMatchObject({ result: "pass" });
  });

  it("passes in a file, whose lines end in line feeds, and after an mbox line", async () => {
    const file = signed().toString("latin1").replaceAll("\r\n", "\n");
    expect(await only(Buffer.from(file, "latin1"))).toMatchObject({ result: "pass" });
    const mbox = Buffer.from(`From x Mon Nov  2 01:00:00 2026\n${file}`, "latin1");
    expect(await only(mbox)).toMatchObject({ result: "pass" });
  });

  it("passes on an empty body, and on bodies of white space and empty lines", async () => {
    for (const body of ["", "\r\n", "\r\n\r\n", " \t\r\n", "a  b \r\n\r\n \r\n", "no end"]) {
      for (const canonicalization of ["relaxed/relaxed", "simple/simple"]) {
        const mail = signMail(entity(["From: a@sender.example"], body), {
          key: RSA,
          headers: ["From"],
          canonicalization,
        });
        expect(await only(mail), `${canonicalization} ${JSON.stringify(body)}`).toMatchObject({
          result: "pass",
        });
      }
    }
  });

  it("passes with names in capitals, folded tags, and a name that does not stand there", async () => {
    const mail = signed({
      tags: { d: "SENDER.example", h: "from:\r\n TO:subject:x-not-there", a: "RSA-SHA256" },
      headers: ["from", "TO", "subject"],
    });
    expect(keyNames(mail)).toEqual([NAME]);
    expect(await only(mail)).toMatchObject({ result: "pass", domain: "sender.example" });
  });

  it("passes when it covers another one", async () => {
    const first = signed();
    const key = makeKey();
    const mail = signMail(first, { key, selector: "s2", headers: ["From", "DKIM-Signature"] });
    const keys = new Map([...records(), ["s2._domainkey.sender.example", [key.record]]]);
    const checks = await checkSignatures(mail, keys, AT_MS);
    expect(checks.map(({ result }) => result)).toEqual(["pass", "pass"]);
  });

  it("is not disturbed by ARC fields, whatever they are", async () => {
    const arc = "ARC-Seal: i=1; cv=none; a=rsa-sha256; d=x.example; s=s; b=AAAA\r\n";
    const message =
      "ARC-Message-Signature: i=1; a=rsa-sha256; l=3; d=x.example; s=s; bh=AA; b=AA\r\n";
    const results = "ARC-Authentication-Results: i=1; x.example; dkim=pass\r\n";
    const mail = Buffer.concat([Buffer.from(arc + message + results), signed()]);
    const log = vi.spyOn(console, "log");
    expect(await only(mail)).toMatchObject({ result: "pass" });
    expect(log).not.toHaveBeenCalled();
  });
});

describe("a signature that does not count, and why", () => {
  type Case = [string, Partial<SignOptions>, "permerror" | "fail", string];
  const AT_S = AT_MS / 1_000;
  const CASES: Case[] = [
    ["l= covers a part", { tags: { l: "10" } }, "permerror", "body-length-limited"],
    ["l= covers nothing", { tags: { l: "0" } }, "permerror", "body-length-limited"],
    ["l= is no number", { tags: { l: "(10)" } }, "permerror", "signature-malformed"],
    ["rsa-sha1", { tags: { a: "rsa-sha1" } }, "permerror", "algorithm-retired"],
    ["another algorithm", { tags: { a: "rsa-md5" } }, "permerror", "algorithm-unknown"],
    ["no algorithm", { tags: { a: null } }, "permerror", "algorithm-unknown"],
    ["another version", { tags: { v: "2" } }, "permerror", "signature-malformed"],
    ["no version", { tags: { v: null } }, "permerror", "signature-malformed"],
    ["From is not signed", { headers: ["To"] }, "permerror", "from-not-signed"],
    ["no h=", { tags: { h: null } }, "permerror", "signature-malformed"],
    ["no d=", { tags: { d: null } }, "permerror", "signature-malformed"],
    ["d= is no domain", { tags: { d: "a b" } }, "permerror", "signature-malformed"],
    ["no s=", { tags: { s: null } }, "permerror", "signature-malformed"],
    ["s= is none", { tags: { s: "a'b" } }, "permerror", "signature-malformed"],
    ["no bh=", { tags: { bh: null } }, "permerror", "signature-malformed"],
    ["bh= is no base64", { tags: { bh: "%%" } }, "permerror", "signature-malformed"],
    ["bh= of another body", { tags: { bh: "AAAA" } }, "fail", "body-changed"],
    ["another c=", { tags: { c: "nofws" } }, "permerror", "signature-malformed"],
    ["another q=", { tags: { q: "http" } }, "permerror", "signature-malformed"],
    ["i= elsewhere", { tags: { i: "@x.example" } }, "permerror", "identity-outside-domain"],
    ["i= nowhere", { tags: { i: "x" } }, "permerror", "identity-outside-domain"],
    ["i= beside", { tags: { i: "@xsender.example" } }, "permerror", "identity-outside-domain"],
    ["expired", { tags: { x: String(AT_S - 1) } }, "permerror", "expired"],
    ["future", { tags: { t: String(AT_S + 86_400) } }, "permerror", "signed-in-future"],
    ["x= before t=", { tags: { t: "9", x: "9" } }, "permerror", "signature-malformed"],
    ["a tag twice", { tags: { "v ": "1" } }, "permerror", "signature-malformed"],
    ["a comment", { tags: { "(x) n": "1" } }, "permerror", "signature-malformed"],
    ["another key", { key: makeKey() }, "fail", "signature-wrong"],
    [
      "the name of a member",
      { tags: { __proto__x: "1", "1": "" } },
      "permerror",
      "signature-malformed",
    ],
  ];

  it.each(CASES)("%s", async (_, options, result, note) => {
    const log = vi.spyOn(console, "log");
    expect(await only(signed(options))).toMatchObject({ result, notes: [note] });
    expect(log).not.toHaveBeenCalled();
  });

  it("i= below d=, q=, z= and tags that nobody knows are no reason", async () => {
    const z = "From:a@sender.example|Subject:x=20(y)";
    const tags = {
      i: "a@mail.sender.example",
      q: "dns/txt",
      z,
      t: String(AT_S),
      x: `${AT_S}9`,
      n: "",
    };
    expect(await only(signed({ tags }))).toMatchObject({ result: "pass" });
  });
});

describe("keys", () => {
  const p = RSA.text;
  type Case = [string, KeyAnswer, string, string[]];
  const CASES: Case[] = [
    ["absent", "absent", "permerror", ["key-missing"]],
    ["no record", [], "permerror", ["key-missing"]],
    ["not answered", "unknown", "temperror", ["key-unanswered"]],
    ["p= alone", [`p=${p}`], "pass", []],
    ["all services", [`v=DKIM1; s=*; p=${p}`], "pass", []],
    ["reports", [`v=DKIM1; s=tlsrpt; p=${p}`], "pass", []],
    ["reports and mail", [`v=DKIM1; s=email:tlsrpt; p=${p}`], "pass", []],
    ["mail", [`v=DKIM1; s=email; p=${p}`], "pass", ["key-for-email-only"]],
    ["other services", [`v=DKIM1; s=web; p=${p}`], "permerror", ["key-not-for-reports"]],
    ["no service", [`v=DKIM1; s=; p=${p}`], "permerror", ["key-not-for-reports"]],
    ["testing", [`v=DKIM1; t=y; p=${p}`], "permerror", ["key-testing"]],
    ["testing, mail", [`t=y:s; s=email; p=${p}`], "permerror", ["key-testing"]],
    ["testing, and one that is not", [`t=y; p=${p}`, `v=DKIM1; p=${p}`], "pass", []],
    ["revoked", ["v=DKIM1; p="], "permerror", ["key-revoked"]],
    ["no p=", ["v=DKIM1"], "permerror", ["key-unusable"]],
    ["another version", [`v=DKIM2; p=${p}`], "permerror", ["key-unusable"]],
    ["version at the end", [`p=${p}; v=DKIM1`], "permerror", ["key-unusable"]],
    ["another type", [`k=ed25519; p=${p}`], "permerror", ["key-unusable"]],
    ["the other kind under rsa", [`k=rsa; p=${ED25519.text}`], "permerror", ["key-unusable"]],
    ["sha1 alone", [`h=sha1; p=${p}`], "permerror", ["key-unusable"]],
    ["both hashes", [`h=sha1:sha256; p=${p}`], "pass", []],
    ["no base64", ["p=(x)"], "permerror", ["key-unusable"]],
    ["no key", ["p=AAAA"], "permerror", ["key-unusable"]],
    ["too long", [`p=${p}; n=${"x".repeat(5_000)}`], "permerror", ["key-unusable"]],
    ["another text beside it", ["some text", `p=${p}`], "pass", []],
    ["only another text", ["v=spf1 -all"], "permerror", ["key-unusable"]],
    ["a weak one", [makeKey("rsa", 768).record], "permerror", ["key-weak"]],
  ];

  it.each(CASES)("%s", async (_, answer, result, notes) => {
    expect(await only(signed(), records(answer))).toMatchObject({ result, notes });
  });

  it("t=s asks for the domain itself in i=", async () => {
    const strict = records([`t=s; p=${p}`]);
    const below = signed({ tags: { i: "@mail.sender.example" } });
    expect(await only(below, strict)).toMatchObject({ notes: ["identity-outside-domain"] });
    expect(await only(below)).toMatchObject({ result: "pass" });
    expect(await only(signed(), strict)).toMatchObject({ result: "pass" });
  });

  it("are not waited for when the body is another one anyhow", async () => {
    const mail = Buffer.concat([signed(), Buffer.from("more\r\n")]);
    expect(await only(mail, records("unknown"))).toMatchObject({ notes: ["body-changed"] });
  });
});

describe("several signatures", () => {
  it("each has its own result, and none hides another", async () => {
    const bad = [
      "DKIM-Signature: v=1; b=(((; d=\r\n",
      "DKIM-Signature:\r\n",
      'DKIM-Signature: v=1; a=rsa-sha256; d=sender.example; s=s1; h=From; bh=AAAA; b="x\r\n',
      "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=x.example; s=s1; h=From; bh=AA; b=AAAA\r\n",
      `DKIM-Signature: ${"x".repeat(50_000)}\r\n`,
    ];
    const mail = Buffer.concat([Buffer.from(bad.join("")), signed()]);
    const checks = await checkSignatures(mail, records(), AT_MS);
    expect(checks).toHaveLength(bad.length + 1);
    expect(checks.at(-1)).toMatchObject({ result: "pass" });
    expect(checks.slice(0, -1).map(({ result }) => result)).not.toContain("pass");
  });

  it("more than the bound are not looked at, and it is said", async () => {
    let mail: Buffer = MAIL;
    for (let i = 0; i <= BOUNDS.dkimSignaturesMax; i++) mail = signMail(mail, { key: RSA });
    const checks = await checkSignatures(mail, records(), AT_MS);
    expect(checks).toHaveLength(BOUNDS.dkimSignaturesMax);
    for (const check of checks) expect(check).toMatchObject({ result: "pass" });
    expect(checks[0]?.notes).toContain("too-many-signatures");
  });
});

describe("what a signature vouches for", () => {
  it("a field that it does not cover is not vouched for", async () => {
    const check = await only(signed({ headers: ["From", "Subject"] }));
    expect(check?.covers).toEqual({ submitter: "", from: "sender.example" });
  });

  it("a field that was put before it, beside the signed one, spoils both", async () => {
    const added = "From: a@other.example\r\nTLS-Report-Submitter: other.example\r\n";
    const check = await only(Buffer.concat([Buffer.from(added), signed()]));
    expect(check).toMatchObject({ result: "pass", notes: ["header-repeated"] });
    expect(check?.covers).toEqual({ submitter: "", from: "" });
  });

  it("a field behind it, which is then the signed one, breaks it where names are signed twice", async () => {
    const headers = ["From", "From", "TLS-Report-Submitter", "TLS-Report-Submitter"];
    const mail = signed({ headers, tags: { h: headers.join(":") } });
    expect(await only(mail)).toMatchObject({ result: "pass" });
    const added = Buffer.from("TLS-Report-Submitter: other.example\r\n");
    expect(await only(Buffer.concat([added, mail]))).toMatchObject({ result: "fail" });
  });
});

describe("properties", () => {
  const start = MAIL.indexOf("From:");
  const place = fc.integer({ min: start, max: MAIL.length - 1 });

  it("changing any byte of the body or of a signed field never passes", async () => {
    const names = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"];
    const headers = [...names, "TLS-Report-Domain", "TLS-Report-Submitter"];
    for (const canonicalization of ["relaxed/relaxed", "simple/simple"]) {
      const mail = signMail(MAIL, { key: RSA, headers, canonicalization });
      const offset = mail.length - MAIL.length;
      await fc.assert(
        fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, change) => {
          const changed = Buffer.from(mail);
          changed[at + offset] = (changed[at + offset] ?? 0) ^ change;
          // Relaxed takes names in any case, white space for other white space, and line feeds alone. What
          // mailauth takes for white space is more than RFC 6376 section 3.4.2 has.
          const white = (byte: number | undefined) => byte === 0x20 || byte === 0x09;
          const taken = (byte = 0) => white(byte) || [0x0a, 0x0b, 0x0c, 0x0d, 0xa0].includes(byte);
          const [was, is] = [mail[at + offset], changed[at + offset]];
          fc.pre(!((white(was) || was === 0x0d) && taken(is)));
          const sameName =
            changed.toString("latin1").toLowerCase() === mail.toString("latin1").toLowerCase();
          fc.pre(!(sameName && isInName(MAIL, at)));
          const checks = await checkSignatures(changed, records(), AT_MS);
          expect(checks.map(({ result }) => result)).not.toContain("pass");
        }),
        { numRuns: 400 },
      );
    }
  });

  it("whatever stands in a signature, it is judged and never passes by chance", async () => {
    const tag = fc.constantFrom(..."vacdshbltxqiz".split(""), "bh", "", "(", "__proto__");
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("1", "rsa-sha256", "sender.example", "s1", "From"),
    );
    const list = fc.array(fc.tuple(tag, word), { maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(list, async (pairs) => {
        const tags = pairs.map(([name, value]) => `${name}=${value}`).join(";");
        const field = Buffer.from(`DKIM-Signature: ${tags.replace(/[\r\n]/g, "")}\r\n`);
        const checks = await checkSignatures(Buffer.concat([field, MAIL]), records(), AT_MS);
        expect(checks).toHaveLength(1);
        expect(checks[0]?.result).not.toBe("pass");
      }),
      { numRuns: 300 },
    );
  });

  it("bytes that are no mail have no signatures", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
        expect(keyNames(bytes)).toEqual([]);
        expect(await checkSignatures(bytes, records(), AT_MS)).toEqual([]);
      }),
    );
  });

  it("every key that is asked for was announced", async () => {
    const name = fc.constantFrom("s1", "S-1.x", "ünï", "_x", "a b", "");
    const domain = fc.constantFrom(
      "sender.example",
      "MAIL.Sender.Example",
      "bücher.example",
      "x..y",
    );
    await fc.assert(
      fc.asyncProperty(name, domain, async (selector, from) => {
        const mail = signed({ tags: { s: selector, d: from } });
        const asked: string[] = [];
        const keys = new Map<string, KeyAnswer>();
        keys.get = (key: string) => {
          asked.push(key);
          return undefined;
        };
        await checkSignatures(mail, keys, AT_MS);
        expect(asked).toEqual(keyNames(mail));
      }),
    );
  });
});

describe("bounds on time", () => {
  const BYTES = 20 * 1024 * 1024;
  const MS_MAX = 5_000;
  const BODIES: [string, string][] = [
    ["one line", "x"],
    ["line feeds", "\n"],
    ["spaces at line ends", " \r\n"],
    ["empty lines", "\r\n"],
    ["tabs", "\t"],
    ["carriage returns", "\r"],
  ];

  it.each(BODIES)("a large body of %s under both forms", async (_, piece) => {
    const body = piece.repeat(Math.floor(BYTES / piece.length));
    const small = entity(["From: a@sender.example"], "x\r\n");
    const relaxed = signMail(small, { key: RSA, headers: ["From"] });
    const both = signMail(relaxed, {
      key: RSA,
      headers: ["From"],
      canonicalization: "simple/simple",
    });
    const mail = Buffer.concat([both, Buffer.from(body)]);
    const startedAt = performance.now();
    const checks = await checkSignatures(mail, records(), AT_MS);
    expect(performance.now() - startedAt).toBeLessThan(MS_MAX);
    expect(checks).toHaveLength(2);
  });
});

/** Whether a place is within the name of a field, colon included. */
function isInName(mail: Buffer, at: number): boolean {
  const text = mail.toString("latin1");
  if (at > text.indexOf("\r\n\r\n")) return false;
  const line = text.lastIndexOf("\n", at) + 1;
  return !/^[ \t]/.test(text.slice(line)) && at <= text.indexOf(":", line);
}
