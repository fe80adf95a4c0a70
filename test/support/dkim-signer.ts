// Signed mails for tests, by a signer of our own over node:crypto: written from RFC 6376 and not from the
// code under test, with every tag free to be wrong.

import { createHash, createSign, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export interface TestKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** As it stands in p=. */
  text: string;
  /** A whole record for it. */
  record: string;
  type: "rsa" | "ed25519";
}

/** Makes a key; RSA keys of 1024 bits are the shortest that count. */
export function makeKey(type: "rsa" | "ed25519" = "rsa", bits = 1024): TestKey {
  const pair =
    type === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: bits })
      : generateKeyPairSync("ed25519");
  const der = pair.publicKey.export({ type: "spki", format: "der" });
  // RFC 8463 section 4: an Ed25519 key is its 32 octets alone.
  const text = (type === "rsa" ? der : der.subarray(-32)).toString("base64");
  return { ...pair, text, record: `v=DKIM1; k=${type}; p=${text}`, type };
}

export interface SignOptions {
  key: TestKey;
  domain?: string;
  selector?: string;
  /** Fields to sign, in order. */
  headers?: readonly string[];
  canonicalization?: string;
  /** Tags that are set, or left out when null; b= is made last whatever stands here. */
  tags?: Readonly<Record<string, string | null>>;
}

const HEADERS = ["From", "To", "Subject", "TLS-Report-Domain", "TLS-Report-Submitter"];

/** Puts a signature before a mail with CRLF line ends. */
export function signMail(mail: Buffer, options: SignOptions): Buffer {
  const { key, domain = "sender.example", selector = "s1", headers = HEADERS } = options;
  const { canonicalization = "relaxed/relaxed" } = options;
  const [headerForm = "simple", bodyForm = "simple"] = canonicalization.split("/");
  const text = mail.toString("latin1");
  const at = text.indexOf("\r\n\r\n");
  const body = bodyOf(text.slice(at + 4), bodyForm);
  const tags: Record<string, string | null> = {
    v: "1",
    a: key.type === "rsa" ? "rsa-sha256" : "ed25519-sha256",
    c: canonicalization,
    d: domain,
    s: selector,
    h: headers.join(":"),
    bh: createHash("sha256").update(body, "latin1").digest("base64"),
    ...options.tags,
  };
  const list = Object.entries(tags).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${value}`],
  );
  const field = `DKIM-Signature: ${list.join("; ")}; b=`;
  const signed = [...selected(text.slice(0, at), headers), field];
  const data = signed
    .map((line, index) => headerOf(line, headerForm) + (index < signed.length - 1 ? "\r\n" : ""))
    .join("");
  const value = signatureOf(Buffer.from(data, "latin1"), key);
  return Buffer.concat([Buffer.from(`${field}${value}\r\n`, "latin1"), mail]);
}

function signatureOf(data: Buffer, { type, privateKey }: TestKey): string {
  if (type === "rsa") return createSign("sha256").update(data).sign(privateKey, "base64");
  return sign(null, createHash("sha256").update(data).digest(), privateKey).toString("base64");
}

/** RFC 6376 section 5.4.2: from the bottom up, each instance once. */
function selected(block: string, names: readonly string[]): string[] {
  const fields = block.split(/\r\n(?![ \t])/);
  return names.flatMap((name) => {
    const at = fields.findLastIndex((one) =>
      one.toLowerCase().startsWith(`${name.toLowerCase()}:`),
    );
    return at < 0 ? [] : fields.splice(at, 1);
  });
}

function headerOf(field: string, form: string): string {
  if (form === "simple") return field;
  const colon = field.indexOf(":");
  const value = field.slice(colon + 1).replace(/\r\n/g, "");
  const name = field.slice(0, colon).toLowerCase().trimEnd();
  return `${name}:${value.replace(/[ \t]+/g, " ").trim()}`;
}

function bodyOf(body: string, form: string): string {
  const lines = body.split("\r\n");
  const reduced = form === "simple" ? lines : lines.map(reduce);
  while (reduced.at(-1) === "") reduced.pop();
  if (reduced.length === 0) return form === "simple" ? "\r\n" : "";
  return `${reduced.join("\r\n")}\r\n`;
}

function reduce(line: string): string {
  return line.replace(/[ \t]+/g, " ").replace(/ $/, "");
}
