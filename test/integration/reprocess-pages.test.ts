// The forms that try quarantined messages again, on the real program: a report about a domain that is not
// configured is held, the domain is configured, and the page's button makes the report count.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type Program, startProgram, temporaryFolder, waitUntil } from "../support/program.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const DAY = "2026-03-02";

function report(id: string, domain: string): string {
  return JSON.stringify({
    "organization-name": "Example Mail",
    "date-range": { "start-datetime": `${DAY}T00:00:00Z`, "end-datetime": `${DAY}T23:59:59Z` },
    "contact-info": "tls@sender.example",
    "report-id": id,
    policies: [
      {
        policy: { "policy-type": "no-policy-found", "policy-domain": domain },
        summary: { "total-successful-session-count": 5, "total-failure-session-count": 0 },
      },
    ],
  });
}

async function send(program: Program, id: string): Promise<string> {
  const answer = await fetch(`${program.http}/v1/tlsrpt`, {
    method: "POST",
    headers: { "Content-Type": "application/tlsrpt+json" },
    body: report(id, "example.net"),
  });
  const { receipt }: { receipt: string } = JSON.parse(await answer.text());
  return receipt;
}

/** Follows a form: its answer leads to a page. */
async function press(program: Program, path: string): Promise<string> {
  const answer = await fetch(program.http + path, { method: "POST", redirect: "manual" });
  expect(answer.status).toBe(303);
  return answer.headers.get("location") ?? "";
}

async function words(program: Program, path: string): Promise<string> {
  const text = await (await fetch(program.http + path)).text();
  return text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

const says = async (program: Program, path: string, what: string) =>
  waitUntil(`${path} to say ${what}`, 30_000, async () =>
    (await words(program, path)).includes(what),
  );

test("a held report counts after its domain is configured and the button is pressed", async () => {
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  const configure = (...domains: string[]) =>
    writeFileSync(join(folder, "sealwatch.yaml"), `domains: [${domains.join(", ")}]\n`);
  configure("example.com");
  const program = await startProgram({ dataDir: folder });
  cleanups.push(() => program.end());
  const receipts = [
    await send(program, "r-1"),
    await send(program, "r-2"),
    await send(program, "r-3"),
  ];
  await says(program, "/quarantine", "3 in quarantine.");
  const [first = ""] = receipts;
  await says(program, `/quarantine/${first}`, "not configured");

  // Nothing has changed yet: it is held again, for the same reason.
  const held = await press(program, `/quarantine/${first}/reprocess`);
  await says(program, held, "In quarantine again");

  configure("example.com", "example.net");
  process.kill(program.pid, "SIGHUP");
  await waitUntil("the reload", 10_000, () => program.log().includes('"configuration-reloaded"'));
  const back = await press(program, `/quarantine/${first}/reprocess`);
  await says(program, back, "Stored: it counts now");
  const page = await (await fetch(program.http + back)).text();
  const link = /href="(\/reports\/[0-9a-f-]{36})[^"]*">The report/.exec(page)?.[1] ?? "";
  expect(await words(program, link)).toContain("5 sessions succeeded");
  expect(page).not.toContain("Reprocess</button>");

  const rest = await press(program, "/quarantine/reprocess?reason=unknown-domain&last=1d");
  await says(program, rest, "All done: 2 of 2 messages; 2 reports stored.");
  const { data } = await program.get<{ data: unknown[] }>(
    `/api/v1/reports?from=${DAY}&to=2026-03-03`,
  );
  expect(data).toHaveLength(3);
  expect(await words(program, "/quarantine?last=1d")).toContain("Nothing was put into quarantine");
}, 120_000);
