// The seeded set of test/fixtures/postmaster on the real store: reports.txt is read, each message is made as
// its sender would send it, and goes through the real pipeline. What it must add up to stands in README.md.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { assetPath } from "../../services/assets.ts";
import { buildDirectory } from "../../services/core/directory/directory.ts";
import { printReceipt } from "../../services/core/receipt.ts";
import { RECEIPT_COLUMNS } from "../../services/core/tlsrpt/columns.ts";
import { commitBatch } from "../../services/ingest/commit.ts";
import type { IngestContext } from "../../services/ingest/context.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import { refusalLines } from "../../services/ingest/lines.ts";
import type { Store } from "../../services/store/port.ts";
import { makeKey, signMail } from "./dkim-signer.ts";
import { attachment, entity, multipart, REPORT_SUBTYPE, received } from "./mails.ts";
import { type Message, readMessages, senderOf, type Written } from "./postmaster-text.ts";

/** Two days after the last day reported on, which is then complete. */
export const NOW_MS = Date.parse("2026-05-02T12:00:00Z");
/** Messages that the writer commits together. */
const BATCH = 10;
const SIGNER = makeKey();
const CHEESE_KEY = "the-key-of-cheese-0123456789";

const DOMAINS = [
  {
    domain: "example.com",
    tenant: "red",
    aliases: ["alias.example"],
    mx: ["mx1.example.com", "mx2.example.com"],
    addresses: ["tlsrpt@example.com"],
    keys: [],
  },
  {
    domain: "example.net",
    tenant: "red",
    aliases: [],
    mx: ["mx1.example.net"],
    addresses: ["tlsrpt@example.net"],
    keys: [],
  },
  {
    domain: "cheese.example",
    tenant: "blue",
    aliases: [],
    mx: ["mx.cheese.example"],
    addresses: ["tlsrpt@cheese.example"],
    keys: [createHash("sha256").update(CHEESE_KEY).digest("hex")],
  },
];

const CONTEXT: IngestContext = {
  directory: buildDirectory(DOMAINS),
  dkim: "flag",
  keyRequired: false,
  nowMs: NOW_MS,
  keys: new Map([["s1._domainkey.bigmail.example", [SIGNER.record]]]),
};

/** Puts every message into an empty store, as it came, and then some refusals. */
export async function seedPostmaster(store: Store): Promise<void> {
  const path = assetPath("test", "fixtures", "postmaster", "reports.txt");
  const messages = readMessages(readFileSync(path, "utf8"));
  messages.sort((a, b) => a.arrivesMs - b.arrivesMs);
  while (messages.length > 0) {
    const raws = messages.splice(0, BATCH).map(rawOf);
    const items = await Promise.all(raws.map((raw) => ingest(raw, CONTEXT)));
    const entries = raws.flatMap((raw, i) =>
      (items[i] ?? []).map((item, index) => ({ raw, index, item })),
    );
    await commitBatch(store, entries, (raws.at(-1)?.arrival.receivedAtMs ?? 0) + 2_000);
  }
  const record = {
    receipt: receiptOf("refused", Date.parse("2026-03-15T10:00:00Z")),
    receivedAtMs: Date.parse("2026-03-15T10:00:00Z"),
    refusals: [
      { channel: "smtp" as const, reason: "too-large" as const, count: 6 },
      { channel: "https" as const, reason: "rate-limited" as const, count: 2 },
    ],
  };
  await store.insert("receipts", RECEIPT_COLUMNS, refusalLines(record, record.receivedAtMs));
}

function receiptOf(name: string, atMs: number): string {
  return printReceipt(atMs, createHash("sha256").update(name).digest());
}

/** A message as its receiver would hand it on. */
function rawOf(message: Message) {
  const { name, way, arrivesMs, report } = message;
  const json = report === null ? null : Buffer.from(JSON.stringify(report.json));
  const arrival = { receipt: receiptOf(name, arrivesMs), receivedAtMs: arrivesMs };
  if (way.channel === "import") {
    const fileName = `${name}.json`;
    return received(json ?? "", { ...arrival, channel: "import", fileName });
  }
  if (way.channel === "https") {
    const contentType = "application/tlsrpt+gzip";
    const key = way.key ? CHEESE_KEY : "";
    const post = { channel: "https" as const, peer: "192.0.2.1", contentType, key };
    return received(gzipSync(json ?? ""), { ...arrival, ...post });
  }
  const mail =
    report === null || json === null
      ? entity(["From: a@searchmail.example", "Subject: hello"], "This is some text.\r\n")
      : mailOf(report, json, way.signed);
  const smtp = { channel: "smtp" as const, peer: "192.0.2.2", rcptTo: [way.address] };
  return received(mail, { ...arrival, ...smtp });
}

/** A mail as RFC 8460 section 5.3 has it. */
function mailOf(report: Written, json: Buffer, signed: boolean): Buffer {
  const { organization, domain, startMs, endMs } = report;
  const sender = senderOf(organization);
  const file = `${sender}!${domain}!${startMs / 1000}!${endMs / 1000}.json.gz`;
  const headers = [
    `From: tlsrpt@${sender}`,
    `To: tlsrpt@${domain}`,
    `Subject: Report Domain: ${domain} Submitter: ${sender} Report-ID: <${startMs}@${sender}>`,
    `TLS-Report-Domain: ${domain}`,
    `TLS-Report-Submitter: ${sender}`,
    "MIME-Version: 1.0",
  ];
  const part = attachment(gzipSync(json), [
    "Content-Type: application/tlsrpt+gzip",
    `Content-Disposition: attachment; filename="${file}"`,
  ]);
  const mail = multipart(REPORT_SUBTYPE, [part], headers);
  return signed ? signMail(mail, { key: SIGNER, domain: sender, selector: "s1" }) : mail;
}
