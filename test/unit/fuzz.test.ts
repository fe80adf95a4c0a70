// A short run of the fuzzing with fixed seeds; `npm run fuzz` is the long one. And a look at the judges themselves:
// a fuzzing that cannot find is worth nothing.

import { describe, expect, test } from "vitest";
import type { Raw } from "../../services/core/raw.ts";
import { OPEN_CONTEXT } from "../../services/ingest/context.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import type { ReportItem } from "../../services/ingest/item.ts";
import { partsOf, readExchange } from "../fuzz/http-requests.ts";
import { checkItems } from "../fuzz/items.ts";
import { makeCase, runTarget } from "../fuzz/run.ts";
import { readDialogue } from "../fuzz/smtp-dialogue.ts";
import { TARGETS } from "../fuzz/targets.ts";
import { received } from "../support/mails.ts";
import { reportJson } from "../support/reports.ts";

/** Cases of each target that needs no socket. */
const CASES: Record<string, number> = {
  report: 400,
  mail: 150,
  gzip: 200,
  zip: 100,
  record: 1_000,
  query: 1_000,
  segment: 600,
};

describe("holds", () => {
  test.each(Object.entries(CASES))("%s for some cases", async (name, cases) => {
    const target = TARGETS.find((one) => one.name === name);
    if (target === undefined) throw new Error(`no target ${name}`);
    const run = { seed: "unit", first: 0, cases, endMs: Number.POSITIVE_INFINITY };
    const ran = await runTarget(target, run);
    expect(ran.findings).toEqual([]);
    expect(ran.cases).toBe(cases);
  });
});

test("the same seed gives the same cases", () => {
  for (const target of TARGETS) {
    const bytes = (seed: string) => Buffer.from(target.print(makeCase(target, seed, 7)));
    expect(bytes("a").equals(bytes("a")), target.name).toBe(true);
    expect(bytes("a").equals(bytes("b")) && bytes("a").length > 0, target.name).toBe(false);
  }
});

describe("the judge of items", () => {
  const raw: Raw = received(reportJson({ number: 1, failures: 2 }));
  async function item(): Promise<ReportItem> {
    const [first] = await ingest(raw, OPEN_CONTEXT);
    if (first?.kind !== "report") throw new Error("no report");
    return first;
  }
  const judge = (changed: ReportItem) => () => checkItems([changed], raw, OPEN_CONTEXT);

  test("accepts what ingest gives", async () => {
    expect(judge(await item())).not.toThrow();
  });

  test("finds what is wrong", async () => {
    const good = await item();
    const { reportCells, summaryLines, detailLines } = good;
    const wrong: Partial<ReportItem>[] = [
      { tenant: "other" },
      { day: "2015-12-31" },
      { detailLines: "" }, // details_failed is then too large
      { detailLines: detailLines.replace(/,1\]\n/, ",2]\n") },
      { summaryLines: summaryLines.replace(/,10,2,0,1,1\]/, ",10,1,0,1,1]") },
      { summaryLines: summaryLines.replace(/,10,2,0,1,1\]/, ",10,2,0,1,0]") },
      { summaryLines: summaryLines.replace(/,10,2,0,1,1\]/, ",10,2,0,0,1]") },
      { summaryLines: `${summaryLines}${summaryLines}` },
      { reportCells: reportCells.replace("Sender One", "\\ud800") },
      { reportCells: `${reportCells},1` },
    ];
    for (const change of wrong) {
      expect(judge({ ...good, ...change }), JSON.stringify(change)).toThrow(/^(?!.*TypeError)/);
    }
  });
});

const RECEIPT = "01K9ZZZZZZZZZZZZZZZZZZZZZZ";

describe("the reading of dialogues", () => {
  const open = "220 mx\r\n354 go\r\n";
  const taken = `250 2.0.0 Ok: received as ${RECEIPT}\r\n`;

  test.each([
    ["DATA\r\na\r\n.\r\n", "a\r\n"],
    ["DATA\r\n.\r\n", ""],
    ["DATA\r\n..a\r\n...\r\n.\r\n", ".a\r\n..\r\n"],
    ["DATA\r\na\n.\nb\r.\rc\r\n.\r\n", "a\n.\nb\r.\rc\r\n"], // bare CR and LF are content
    ["DATA\r\na\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n"],
  ])("%j is one mail", (sent, body) => {
    const read = readDialogue(Buffer.from(sent), open + taken, 100);
    expect(read).toMatchObject({ complete: true, accounted: true });
    expect(read.promised.kept.get(RECEIPT)?.toString()).toBe(body);
  });

  test("a second mail that nobody sent is seen", () => {
    const other = taken.replace("ZZ\r", "ZA\r");
    const sent = Buffer.from("DATA\r\na\n.\r\nMAIL FROM:<b@sender.example>\r\n.\r\n");
    expect(readDialogue(sent, `${open}${taken}${other}`, 100).accounted).toBe(false);
  });
});

test("a 201 for what was not to be taken is seen", () => {
  const answer = `HTTP/1.1 201 Created\r\ncontent-length: 40\r\n\r\n{"receipt":"${RECEIPT}"}\n`;
  const fault = (head: string, body: string) => {
    const sent = Buffer.from(`${head} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n${body}`);
    return readExchange(sent, partsOf(sent), answer, 8).fault;
  };
  expect(fault("POST /v1/tlsrpt", "good")).toBe("");
  expect(fault("PUT /v1/tlsrpt", "good")).not.toBe("");
  expect(fault("POST /other", "good")).not.toBe("");
});
