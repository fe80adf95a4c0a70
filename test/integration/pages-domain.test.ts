// The pages of a domain, of all problems and of one, over the real store: every number is the API's, each state
// is told, what tenants may not see is not there, and names from reports stay text.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { showCount, showRate } from "../../services/api/pages/format.ts";
import type { Row } from "../../services/query/panel.ts";
import { sectionsOf, wordsOf } from "../support/page-text.ts";
import {
  type PostmasterServer,
  startPostmasterServer,
  TENANT_COOKIE,
} from "../support/postmaster-server.ts";
import { tableOf } from "../support/postmaster-tables.ts";

const ALL = "from=2026-01-01&to=2026-05-01";

let server: PostmasterServer;
beforeAll(async () => {
  server = await startPostmasterServer();
});
afterAll(() => server.stop());

const pages = new Map<string, string>();

/** Each page is asked for once: the store does not change. */
async function page(path: string, tenant?: string, status = 200): Promise<string> {
  const key = `${tenant}${path}`;
  const headers = tenant === undefined ? {} : { cookie: `${TENANT_COOKIE}=${tenant}` };
  const text = pages.get(key) ?? (await read(path, headers, status));
  pages.set(key, text);
  return text;
}

async function read(
  path: string,
  headers: Record<string, string>,
  status: number,
): Promise<string> {
  const answer = await fetch(`${server.url}${path}`, { headers });
  expect(answer.status, path).toBe(status);
  return answer.text();
}

async function rows(panel: string, search: string): Promise<Row[]> {
  const answer = await fetch(`${server.url}/api/v1/${panel}?${ALL}&${search}`);
  const { data }: { data: Row[] } = JSON.parse(await answer.text());
  return data;
}

async function section(path: string, id: string, tenant?: string): Promise<string> {
  const found = sectionsOf(await page(path, tenant)).get(id);
  if (found === undefined) throw new Error(`${path} has no section ${id}`);
  return found;
}

describe("a domain", () => {
  const DOMAINS = ["cheese.example", "example.com", "example.net"];

  test.each(DOMAINS)("%s has the API's numbers", async (domain) => {
    const found = sectionsOf(await page(`/domains/${domain}?${ALL}`));
    const words = (id: string) => wordsOf(found.get(id) ?? "");
    const [overview] = await rows("overview", `domain=${domain}`);
    const total = showCount(overview?.["total_sessions"]);
    const rate = showRate(overview?.["success_rate"]);
    expect(words("verdict")).toContain(
      `from 2026-01-01 to 2026-04-30, ${rate} of ${total} sessions succeeded`,
    );
    expect(words("overview")).toContain(total);
    expect(words("overview")).toContain(rate);
    for (const cell of await rows("mx-by-result-type", `domain=${domain}`)) {
      expect(words("mx-by-result-type")).toContain(String(cell["failed_sessions"]));
    }
    const policies = await rows("policies", `domain=${domain}`);
    for (const { first_day, sentence } of policies) {
      expect(words("policies")).toContain(first_day);
      expect(words("policies")).toContain(sentence);
    }
    const [ready] = await rows("readiness", `domain=${domain}`);
    for (const sentence of [ready?.["title"], ready?.["sentence"], ready?.["reasons"]].flat()) {
      expect(words("readiness")).toContain(sentence);
    }
  });

  test.each([
    ["cheese.example", "Protected", "no problem is reported now"],
    ["example.com", "Mail was withheld until 2026-04-2", "the mail of 2 sessions was withheld"],
    ["example.net", "Cannot tell", "no report came about the 20 days since 2026-04-10"],
  ])("%s is judged in a sentence", async (domain, title, words) => {
    const verdict = wordsOf(await section(`/domains/${domain}?${ALL}`, "verdict"));
    expect(verdict).toContain(title);
    expect(verdict).toContain(words);
  });

  test("its open problems come before those that are over", async () => {
    const text = await page(`/domains/example.com?${ALL}&limit.problems=50`);
    const ids = [...text.matchAll(/href="\/problems\/([0-9a-f]{32})/g)].map(([, id]) => id);
    const known = await rows("problems", "domain=example.com");
    const open = known.filter(({ state }) => state !== "resolved");
    const over = known.filter(({ state }) => state === "resolved");
    expect(over).toHaveLength(1);
    expect(ids).toEqual([...open, ...over].map(({ id }) => id));
  });

  test("the day that its policy changed is marked and listed", async () => {
    const found = sectionsOf(await page(`/domains/example.com?${ALL}`));
    const words = "MTA-STS policy changed: mode testing became enforce";
    expect(wordsOf(found.get("changes") ?? "")).toContain(`2026-03-01 Policy ${words}`);
    expect(found.get("timeline")).toContain(words);
  });

  test("nothing is told of one that no report names, but how to get a report", async () => {
    const found = sectionsOf(await page("/domains/nobody.example", undefined, 404));
    expect([...found.keys()]).toEqual(["unknown"]);
    expect(wordsOf(found.get("unknown") ?? "")).toContain("No report names this domain");
    expect(found.get("unknown")).toContain('href="/setup?domain=nobody.example"');
  });

  test("of one that the range does not have, where its reports are is said", async () => {
    const unknown = await section("/domains/example.net?last=3d", "unknown");
    expect(unknown).toContain("?from=2026-04-01&amp;to=2026-05-01");
    expect(wordsOf(unknown)).toContain("The newest report about it is of 2026-04-10");
  });

  test("a name that is no name is none", async () => {
    const found = sectionsOf(await page(`/domains/${"a".repeat(255)}`, undefined, 404));
    expect([...found.keys()]).toEqual(["unknown"]);
  });

  test("of another tenant is one that no report names", async () => {
    const found = sectionsOf(await page(`/domains/example.com?${ALL}`, "blue", 404));
    expect([...found.keys()]).toEqual(["unknown"]);
  });
});

test.each(["example.com", "example.net", "cheese.example"])(
  "the overview judges %s as its own page does",
  async (name) => {
    const table = await section(`/?${ALL}`, "domains");
    const line = table.split("</tr>").find((row) => wordsOf(row).includes(name)) ?? "";
    const own = await section(`/domains/${name}?${ALL}`, "verdict");
    const [mark = ""] = own.match(/<span class="mark .*?<\/span>[^<]*<\/span>/s) ?? [];
    expect(wordsOf(mark)).toMatch(/[a-z]/);
    expect(wordsOf(line)).toContain(wordsOf(mark));
    expect(wordsOf(line)).toMatch(/MTA-STS (?:testing|enforce)/);
  },
);

describe("all problems", () => {
  test("are counted by severity, state and whose fault they are", async () => {
    const known = await rows("problems", "limit=1000");
    expect(known).toHaveLength(tableOf("Problems").length);
    const open = known.filter(({ state }) => state !== "resolved");
    const of = (name: string, word: string, among = open) =>
      among.filter((row) => row[name] === word).length;
    const words = wordsOf(await section(`/problems?${ALL}`, "counts"));
    expect(words).toContain(`All open ${open.length} ✦ New ${of("state", "new")}`);
    expect(words).toContain(`Resolved ${of("state", "resolved", known)}`);
    expect(words).toContain(`High ${of("severity", "high")}`);
    expect(words).toContain(`Low ${of("severity", "low")}`);
    expect(words).toContain(`Theirs ${of("whose", "theirs")}`);
    expect(words).toContain(`Unclear ${of("whose", "unclear")}`);
  });

  const listed = async (search: string) => {
    const list = await section(`/problems?${ALL}&limit.problems=50&${search}`, "problems");
    return [...list.matchAll(/<h3>.*?\/problems\/([0-9a-f]{32})/gs)].map(([, id]) => id);
  };

  test("those that are open, most urgent first, or those that are chosen", async () => {
    const known = await rows("problems", "limit=1000");
    const ids = (keep: (row: Row) => boolean) => known.filter(keep).map(({ id }) => id);
    const open = (row: Row) => row["state"] !== "resolved";
    expect(await listed("")).toEqual(ids(open));
    expect(await listed("state=resolved")).toEqual(ids((row) => !open(row)));
    expect(await listed("severity=high")).toEqual(ids((row) => row["severity"] === "high"));
    expect(await listed("domain=cheese.example")).toEqual(
      ids((row) => row["domain"] === "cheese.example"),
    );
    expect(await listed("whose=theirs")).toEqual(
      ids((row) => open(row) && row["whose"] === "theirs"),
    );
  });

  test("page by page", async () => {
    const first = await section(`/problems?${ALL}&limit.problems=4`, "problems");
    const next = first.match(/href="([^"]*cursor\.problems[^"]*)"/)?.[1]?.replaceAll("&amp;", "&");
    const second = await section(next ?? "", "problems");
    const known = await rows("problems", "limit=1000");
    const open = known.filter(({ state }) => state !== "resolved");
    expect(second).toContain(String(open[4]?.["id"]));
    expect(second).not.toContain(String(open[3]?.["id"]));
  });

  test("where nothing failed, how many reports say so is told", async () => {
    const found = sectionsOf(await page("/problems?from=2026-04-26&to=2026-05-01"));
    const [overview] = await rows("overview", "");
    expect(overview?.["reports"]).toBe(50);
    const { reports } = await totals("from=2026-04-26&to=2026-05-01");
    expect(reports).toBeGreaterThan(0);
    expect(wordsOf(found.get("problems") ?? "")).toContain(
      `No failure in this range. ${reports} reports were looked at.`,
    );
    expect(found.has("counts")).toBe(false);
  });

  test("are those of the caller's tenants", async () => {
    const list = await section(`/problems?${ALL}&limit.problems=50`, "problems", "blue");
    expect(list).toContain("mx.cheese.example");
    expect(list).not.toContain("mx1.example.com");
  });
});

async function totals(search: string): Promise<Record<string, number>> {
  const answer = await fetch(`${server.url}/api/v1/problems?${search}`);
  return JSON.parse(await answer.text()).meta.totals;
}

describe("one problem", () => {
  let problem: Row;
  let path: string;
  beforeAll(async () => {
    const asked = "domain=example.com&mx=mx1.example.com&policy_type=sts";
    problem = (await rows("problems", `${asked}&result_type=certificate-expired`))[0] ?? {};
    path = `/problems/${problem["id"]}`;
  });

  test("says all that the API says of it, in words", async () => {
    const text = await page(`${path}?${ALL}`);
    expect(text).toContain(`<h1>${problem["title"]}: example.com at mx1.example.com</h1>`);
    const found = sectionsOf(text);
    const words = wordsOf([...found.values()].join(" "));
    const told = ["meaning", "impact_words", "state_words", "distribution_words"];
    for (const name of [...told, "reference", "confidence"]) {
      expect(words, name).toContain(problem[name]);
    }
    for (const cause of [problem["causes"]].flat()) expect(words).toContain(cause);
    expect(words).toContain("57 failed sessions in this range, by 5 organizations, on 8 days");
    expect(words).toContain("Usually whoever runs the mail server (MX).");
    expect(found.get("steps")).toContain(
      "openssl s_client -starttls smtp -connect mx1.example.com:25",
    );
  });

  test("its evidence, times, senders and addresses add up to it", async () => {
    const found = sectionsOf(await page(`${path}?${ALL}`));
    const words = (id: string) => wordsOf(found.get(id) ?? "");
    const asked = "domain=example.com&mx=mx1.example.com&policy_type=sts";
    const failure = `${asked}&result_type=certificate-expired`;
    for (const panel of ["failures-by-organization", "failures-by-sending-ip"]) {
      const known = await rows(panel, failure);
      const sum = known.reduce((all, row) => all + Number(row["failed_sessions"]), 0);
      expect(sum).toBe(problem["failed_sessions"]);
      for (const row of known) {
        expect(words(panel)).toContain(String(row["organization"] ?? row["sending_ip"]));
      }
    }
    expect(words("evidence")).toContain("Failed sessions 57");
    expect(words("evidence")).toContain("Organizations reporting 6");
    expect(found.has("timeline")).toBe(true);
  });

  test("has reports that have it, with their bytes", async () => {
    const examples = await section(`${path}?${ALL}`, "examples");
    const raws = [...examples.matchAll(/href="(\/api\/v1\/reports\/[^"]+\/raw)"/g)];
    expect(raws).toHaveLength(5);
    for (const [, address] of raws) {
      const text = await (await fetch(`${server.url}${address}`)).text();
      expect(text).toContain("certificate-expired");
      expect(text).toContain("mx1.example.com");
    }
  });

  test("has an address to send, with its days fixed", async () => {
    const head = await section(`${path}?last=30d`, "problem");
    expect(wordsOf(head)).toContain(`${server.url}${path}?from=2026-04-03&to=2026-05-03`);
  });

  test("that the range does not have is said to be elsewhere", async () => {
    const found = sectionsOf(await page(`${path}?last=2d`));
    expect([...found.keys()]).toEqual(["unknown"]);
    expect(wordsOf(found.get("unknown") ?? "")).toContain(
      "This problem was not seen in the last 2 days Certificate expired of example.com was seen from " +
        "2026-01-02 to 2026-04-25",
    );
    expect(found.get("unknown")).toContain(`${path}?from=2026-01-02&amp;to=2026-04-26`);
  });

  test.each(["domain=example.com", "domain=example.net", "domain=example.com&tenant=none"])(
    "is found whatever the address says of its place: %s",
    async (place) => {
      const words = wordsOf(await section(`${path}?${ALL}&${place}`, "problem"));
      expect(words).toContain("57 failed sessions in this range");
    },
  );

  test.each(["0123456789abcdef0123456789abcdef", "no-id"])("%s is none", async (id) => {
    const found = sectionsOf(await page(`/problems/${id}`, undefined, 404));
    expect([...found.keys()]).toEqual(["unknown"]);
  });

  test("of another tenant is none, and nothing of it is told", async () => {
    const text = await page(`${path}?${ALL}`, "blue", 404);
    expect([...sectionsOf(text).keys()]).toEqual(["unknown"]);
    expect(text).not.toContain("example.com");
  });
});

test("no page failed", () => expect(server.failures).toEqual([]));
