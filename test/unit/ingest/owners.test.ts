// What a directory makes of messages in ingest: keys, trust, whose quarantine, and bytes of several tenants.

import { expect, test } from "vitest";
import { keyDigest } from "../../../services/config/domain-entry.ts";
import { buildDirectory } from "../../../services/core/directory/directory.ts";
import { type IngestContext, OPEN_CONTEXT } from "../../../services/ingest/context.ts";
import { ingest } from "../../../services/ingest/ingest.ts";
import type { Item } from "../../../services/ingest/item.ts";
import { reportJson } from "../../support/reports.ts";
import { entry } from "../core/directory/entries.ts";

const KEY = "a-key-of-red-0123456789";
const directory = buildDirectory([
  entry({ domain: "example.com", tenant: "red", keys: [keyDigest(KEY)] }),
  entry({ domain: "blue.example", tenant: "blue" }),
]);
const OPEN_TO_ALL: IngestContext = { ...OPEN_CONTEXT, directory };
const KEYS_ONLY: IngestContext = { ...OPEN_TO_ALL, keyRequired: true };

function items(
  bytes: string,
  context: IngestContext,
  more: { key?: string; channel?: "import" } = {},
) {
  const arrival = {
    receipt: "",
    receivedAtMs: Date.parse("2026-11-02T00:00:00Z"),
    channel: more.channel ?? ("https" as const),
    peer: "192.0.2.1",
    helo: "",
    tls: "",
    mailFrom: "",
    rcptTo: [],
    contentType: "",
    fileName: "",
    key: more.key ?? "",
    reprocess: false,
  };
  return ingest({ arrival, bytes: Buffer.from(bytes) }, context);
}

function inWords(item: Item | undefined): string {
  if (item === undefined) return "nothing";
  const outcome = item.kind === "report" ? "report" : item.reason;
  return `${item.tenant} ${item.trust} ${outcome}`;
}

const REPORT = reportJson({ number: 1 });

test("a post with a key of the domain is keyed, without one posted", async () => {
  const [keyed] = await items(REPORT, OPEN_TO_ALL, { key: KEY });
  expect(inWords(keyed)).toBe("red keyed report");
  expect(keyed?.kind === "report" && keyed.reportCells).toContain('"key"');
  expect(inWords((await items(REPORT, OPEN_TO_ALL))[0])).toBe("red posted report");
  const wrong = await items(REPORT, OPEN_TO_ALL, { key: `${KEY}x` });
  expect(inWords(wrong[0])).toBe("red posted report");
});

test("where a key is required a post without one is quarantined, an import is not", async () => {
  expect(inWords((await items(REPORT, KEYS_ONLY))[0])).toBe("red posted key-required");
  const wrong = await items(REPORT, KEYS_ONLY, { key: "a-key-that-nobody-has" });
  expect(inWords(wrong[0])).toBe("red posted key-required");
  expect(inWords((await items(REPORT, KEYS_ONLY, { key: KEY }))[0])).toBe("red keyed report");
  const imported = await items(REPORT, KEYS_ONLY, { channel: "import" });
  expect(inWords(imported[0])).toBe("red imported report");
});

test("the key of another tenant proves nothing, and is not shown where it is quarantined", async () => {
  const foreign = reportJson({ number: 1, domain: "blue.example" });
  expect(inWords((await items(foreign, OPEN_TO_ALL, { key: KEY }))[0])).toBe("blue posted report");
  const [held] = await items(foreign, KEYS_ONLY, { key: KEY });
  expect(held).toMatchObject({ tenant: "default", reason: "key-required" });
});

test("what is no report but came with a key is its tenant's", async () => {
  const [item] = await items("{}", OPEN_TO_ALL, { key: KEY });
  expect(inWords(item)).toBe("red keyed not-a-report");
  expect(inWords((await items("{}", OPEN_TO_ALL))[0])).toBe("default posted not-a-report");
});

test("an unknown domain is told before anything that costs", async () => {
  const [item] = await items(reportJson({ number: 1, domain: "example.org" }), OPEN_TO_ALL);
  expect(item).toMatchObject({
    tenant: "default",
    reason: "unknown-domain",
    message: "it is about example.org",
  });
});

test("the digest of a key is in the directory, and the key is not", async () => {
  expect(JSON.stringify([...directory.keys.keys()])).not.toContain(KEY);
  const [item] = await items(REPORT, OPEN_TO_ALL, { key: keyDigest(KEY) });
  expect(inWords(item)).toBe("red posted report");
});
