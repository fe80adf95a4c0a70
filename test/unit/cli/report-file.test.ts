// `sealwatch report` on files: verdicts, problems, what differs, what cannot be used, JSON, and exit codes.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../../services/assets.ts";
import { EXIT } from "../../../services/cli/exit-codes.ts";
import { runReport } from "../../../services/cli/report-file.ts";
import { withColor } from "../../../services/cli/terminal.ts";
import type { Reading, ReadReport } from "../../../services/core/explain/reading.ts";
import { recordedTerminal } from "./terminal.ts";

const FIXTURES = join(packageRoot(), "test/fixtures/reports");
const NOW_MS = Date.parse("2026-06-01T12:00:00Z");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sealwatch-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

interface Setting {
  json?: boolean;
  wide?: boolean;
  columns?: number;
  color?: boolean;
}

async function run(paths: string[], { json = false, wide = false, ...to }: Setting = {}) {
  const terminal = recordedTerminal(to.columns ?? 100);
  const view = { terminal: withColor(terminal, to.color ? "always" : "never"), wide };
  const exitCode = await runReport(paths, { json }, view, NOW_MS);
  return { exitCode, out: terminal.outText(), err: terminal.errText() };
}

async function readings(paths: string[]): Promise<Reading[]> {
  const { out } = await run(paths, { json: true });
  return out
    .trimEnd()
    .split("\n")
    .map((line): Reading => JSON.parse(line));
}

async function readOne(path: string): Promise<ReadReport> {
  const [reading] = await readings([path]);
  if (!reading?.usable) throw new Error(`${path} is not usable`);
  return reading;
}

/** A report about one day of example.com. */
function report(successful: number, failed: number, details: object[] = [], more: object = {}) {
  return JSON.stringify({
    "organization-name": "Example Mail",
    "date-range": {
      "start-datetime": "2026-05-03T00:00:00Z",
      "end-datetime": "2026-05-03T23:59:59Z",
    },
    "contact-info": "tls@mail.example",
    "report-id": "r-1",
    policies: [
      {
        policy: {
          "policy-type": "sts",
          "policy-string": ["version: STSv1", "mode: testing", "mx: mx1.example.com"],
          "policy-domain": "example.com",
          "mx-host": ["mx1.example.com"],
        },
        summary: {
          "total-successful-session-count": successful,
          "total-failure-session-count": failed,
        },
        "failure-details": details,
      },
    ],
    ...more,
  });
}

function detail(resultType: string, failed: number, more: object = {}) {
  return {
    "result-type": resultType,
    "receiving-mx-hostname": "mx1.example.com",
    "failed-session-count": failed,
    ...more,
  };
}

describe("the verdict", () => {
  const verdict = async (...given: Parameters<typeof report>) =>
    (await readOne(file("verdict.json", report(...given)))).verdict;

  test("is one sentence", async () => {
    const expired = detail("certificate-expired", 4);
    expect(await verdict(120, 0)).toBe("All 120 sessions succeeded");
    expect(await verdict(1, 0)).toBe("The only session succeeded");
    expect(await verdict(0, 0)).toBe("No sessions are reported");
    expect(await verdict(1200, 4, [expired])).toMatch(
      /^4 of 1,204 sessions failed: .*expired.* at mx1\.example\.com$/i,
    );
    expect(await verdict(0, 4, [expired])).toMatch(/^All 4 sessions failed: /);
    expect(await verdict(9, 1)).toBe("1 of 10 sessions failed: the report does not say why");
  });

  test("names the largest problem, and how many others there are", async () => {
    const details = [detail("tlsa-invalid", 1), detail("certificate-expired", 3)];
    expect(await verdict(0, 4, details)).toMatch(/expired.*, and 1 other problem$/i);
    const three = [...details, detail("made-up-type", 9)];
    expect(await verdict(0, 13, three)).toMatch(/\(made-up-type\).*, and 2 others$/);
  });

  test("says so when there are details of failures that no summary knows", async () => {
    expect(await verdict(5, 0, [detail("certificate-expired", 1)])).toMatch(
      /^All 5 sessions succeeded, but .*expired/i,
    );
  });
});

describe("what is explained", () => {
  test("failures of one cause are one problem, with what was sent", async () => {
    const details = [
      detail("certificate-expired", 1, { "sending-mta-ip": "192.0.2.1" }),
      detail("certificate-expired", 2, { "sending-mta-ip": "2001:db8::1" }),
      detail("certificate-expired", 3, { "sending-mta-ip": "not an address" }),
    ];
    const { problems, details_agree } = await readOne(file("one.json", report(0, 6, details)));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      domain: "example.com",
      mx: "mx1.example.com",
      policy_type: "sts",
      policy_mode: "testing",
      result_type: "certificate-expired",
      failed_sessions: 6,
      sending_ips: expect.arrayContaining(["192.0.2.1", "2001:db8::1", "not an address"]),
      actor: "mx-operator",
      known: true,
    });
    expect(details_agree).toBe(true);
  });

  test("sessions that stand under two policy types count once, and it says so", async () => {
    const read = await readOne(join(FIXTURES, "microsoft.json"));
    const sums = read.policies.reduce((sum, one) => sum + one.successful_sessions, 0);
    expect(read.successful_sessions).toBeLessThan(sums);
    expect(read.notes.join(" ")).toMatch(/under sts and tlsa.*not added up/);
  });

  test("summary and details that differ are told of", async () => {
    const more = await readOne(file("more.json", report(0, 1, [detail("dane-required", 2)])));
    expect(more.details_agree).toBe(false);
    expect(more.notes.join(" ")).toMatch(/1 failed session in the summary, 2 in the details/);
    const none = await readOne(file("none.json", report(0, 3)));
    expect(none.notes).toEqual(["sts of example.com: 3 failed sessions without details."]);
  });

  test("deviations have their meaning, their place and where to read on", async () => {
    const { deviations } = await readOne(join(FIXTURES, "quirks.json"));
    const asText = deviations.find(({ code }) => code === "count-as-text");
    expect(asText).toMatchObject({
      place: "/policies/0/summary/total-successful-session-count",
      value: "42",
      docs: "docs/deviations.md#count-as-text",
    });
    expect(asText?.meaning).not.toBe("");
  });

  test("every fixture is, in words and as JSON, on any terminal", async () => {
    const names = readdirSync(FIXTURES).filter((name) => !name.includes(".expected."));
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      const path = join(FIXTURES, name);
      const { verdict } = await readOne(path);
      for (const setting of [{}, { wide: true }, { columns: 40 }]) {
        const { exitCode, out, err } = await run([path], setting);
        expect([exitCode, err], name).toEqual([EXIT.ok, ""]);
        expect(out.replaceAll(/\s+/g, " "), name).toContain(verdict.slice(0, 60).trim());
      }
    }
  });
});

test("the words begin with the verdict and end with what differs", async () => {
  const path = file("words.json", report(6, 4, [detail("certificate-expired", 4)]));
  const { out } = await run([path]);
  const lines = out.split("\n");
  expect(lines[0]).toMatch(/^4 of 10 sessions failed: .* at mx1\.example\.com\.$/);
  expect(lines[1]).toBe(path);
  expect(lines.slice(3, 6)).toEqual([
    "Example Mail, contact tls@mail.example",
    "2026-05-03 00:00 UTC to 2026-05-03 23:59 UTC, report r-1",
    "about example.com",
  ]);
  expect(out).toContain("sts     testing  example.com  mx1.example.com           6       4\n");
  expect(out).toContain("  Who must act: who runs the MX host.\n");
  expect(out).toContain("  What to do:\n  1. ");
  expect(out).toContain("\nTotals and details agree.\n");
  expect((await run([path], { wide: true })).out).toContain("  version: STSv1\n");
  const colored = (await run([path], { color: true })).out;
  expect(colored.startsWith("\u001b[31m4 of 10")).toBe(true);
});

describe("what is given", () => {
  test("may be packed, several, and several in one mbox", async () => {
    const packed = file("packed.json.gz", gzipSync(report(1, 0)));
    const mail = `From: a@mail.example\nContent-Type: application/tlsrpt+json\n\n${report(2, 0)}\n`;
    const mbox = file("two.mbox", `From a\n${mail}\nFrom b\n${mail}`);
    const all = await readings([packed, mbox]);
    expect(all.map(({ usable }) => usable)).toEqual([true, true, true]);
    expect(all.map(({ file: name }) => name)).toEqual([
      packed,
      `${mbox}, message 1`,
      `${mbox}, message 2`,
    ]);
    expect((await run([packed, mbox])).exitCode).toBe(EXIT.ok);
  });

  test("ends with 1 when it cannot be used, with reason, place and where to read on", async () => {
    const wrong = file("wrong.json", report(-1, 0));
    const { exitCode, out } = await run([wrong, join(FIXTURES, "google.json")]);
    expect(exitCode).toBe(EXIT.failed);
    expect(out).toMatch(/^A session count is not a count\.\n/);
    expect(out).toContain("count-invalid: total-successful-session-count is -1");
    expect(out.replaceAll("\n", " ")).toContain(
      "(at /policies/0/summary/total-successful-session-count)",
    );
    expect(out).toContain("docs/reasons.md#count-invalid");
    expect(out).toMatch(/3 of 1,224 sessions failed/);
    const [reading] = await readings([wrong]);
    expect(reading).toMatchObject({ usable: false, reason: "count-invalid" });
  });

  test("ends with 1 when it is not there, or nothing is", async () => {
    const away = await run([join(folder, "away.json")]);
    expect([away.exitCode, away.out]).toEqual([EXIT.failed, ""]);
    expect(away.err).toMatch(/away\.json does not exist/);
    const empty = mkdtempSync(join(folder, "empty-"));
    expect(await run([empty])).toMatchObject({ exitCode: EXIT.failed, out: "" });
  });

  test("is bounded: a bomb is told of and not unfolded", async () => {
    const bomb = file("bomb.json.gz", gzipSync(Buffer.alloc(40 * 1024 * 1024, " ")));
    const [reading] = await readings([bomb]);
    expect(reading).toMatchObject({ usable: false, reason: "decoded-too-large" });
    const large = file("large.json", Buffer.alloc(26 * 1024 * 1024, " "));
    const { exitCode, err } = await run([large]);
    expect(exitCode).toBe(EXIT.failed);
    expect(err).toContain("one message may have");
  });
});

test("harmful text is text", async () => {
  const bad = "\u001b[2J\u202e\u0007<b>";
  const more = { "organization-name": bad, "report-id": bad, "contact-info": `${bad}@x.example` };
  const details = [detail(bad, 1, { "failure-reason-code": bad, "receiving-mx-hostname": bad })];
  const path = file("bad.json", report(1, 1, details, more));
  for (const setting of [{}, { wide: true }, { json: true }, { columns: 30 }]) {
    const { out, err } = await run([path], setting);
    expect(out).toContain("<b>");
    expect((out + err).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
  }
  expect(readFileSync(path, "utf8")).toContain("<b>");
});

test("of many problems the largest are told, and how many more there are", async () => {
  const mx = (n: number) => `mx${n}.example.com`;
  const details = Array.from({ length: 3_000 }, (_, n) => ({
    "result-type": "certificate-expired",
    "receiving-mx-hostname": mx(n),
    "failed-session-count": n + 1,
  }));
  const path = file("many.json", report(0, 1, details));
  const { out } = await run([path]);
  expect(out).toContain("and 2,975 more problems: --wide");
  expect(out).toContain(`at ${mx(2_999)}`);
  expect(out).not.toContain(`at ${mx(2_974)}\n`);
  expect((await run([path], { wide: true })).out).toContain(`at ${mx(0)}\n`);
  expect((await readOne(path)).problems).toHaveLength(3_000);
});
