// Every state of readiness and of problems on its page, as the API tells it; a domain of two tenants; and names
// that would be HTML, or turn the text about them, which stay text.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { wordOf } from "../../services/api/pages/cells.ts";
import type { Row } from "../../services/query/panel.ts";
import type { Store } from "../../services/store/port.ts";
import { sectionsOf, wordsOf } from "../support/page-text.ts";
import {
  type PostmasterServer,
  startPostmasterServer,
  TENANT_COOKIE,
} from "../support/postmaster-server.ts";
import { days, each, tell } from "./told.ts";

/** As of the end of 18 March. */
const RANGE = "from=2026-02-17&to=2026-03-19";
const policyText = (mode: string, mx = "mx1.d.example") =>
  `version: STSv1\nmode: ${mode}\nmx: ${mx}\nmax_age: 604800`;
const TESTING = policyText("testing");
const ENFORCE = policyText("enforce");
const BOTH = ["Alpha Mail", "Beta Post"];
const [ALPHA = ""] = BOTH;
const ALL_DAYS = days(1, 18);

const HOSTILE = {
  organization: "<img src=x onerror=alert(1)>\u202e",
  mx: "<script>alert(2)</script>\u202e.example",
};
const MARKUP = /<img src=x|<script>alert|<b>mx/;

function failing(first: number, last: number, mx = "mx1.d.example") {
  const on = days(first, last);
  const details = [{ type: "certificate-expired", mx, failed: 2 }];
  return (day: string) => (on.includes(day) ? { failed: 2, details } : {});
}

/** Reports of one organization on all days, failing on some of them. */
function story(domain: string, ...failures: ReturnType<typeof failing>[]) {
  const about = { domain: `${domain}.example`, text: TESTING, organization: ALPHA };
  return ALL_DAYS.map((day) =>
    Object.assign({ ...about, day }, ...failures.map((failed) => failed(day))),
  );
}

async function seed(store: Store): Promise<void> {
  const of = (name: string, text = TESTING) => ({ domain: `${name}.example`, text });
  const expired = failing(1, 18)("2026-03-01");
  const hostile = failing(1, 18, HOSTILE.mx)("2026-03-01");
  await tell({ store, empty: async () => {}, stop: async () => {} }, [
    ...each(BOTH, ALL_DAYS, of("clean")),
    ...each(BOTH, days(10, 18), of("young")),
    ...each(BOTH, ALL_DAYS, of("failing")),
    ...each(BOTH, days(18, 18), { ...of("failing"), ...expired }),
    ...each([ALPHA], ALL_DAYS, of("alone")),
    ...each(BOTH, ALL_DAYS, of("enforced", ENFORCE)),
    ...each(BOTH, ALL_DAYS, of("withheld", ENFORCE)),
    ...each(BOTH, days(18, 18), { ...of("withheld", ENFORCE), ...expired }),
    ...story("new", failing(15, 18)),
    ...story("ongoing", failing(5, 18)),
    ...story("quiet", failing(5, 13)),
    ...story("resolved", failing(1, 4)),
    ...story("returned", failing(2, 2), failing(16, 18)),
    ...each(BOTH, ALL_DAYS, { ...of("shared"), tenant: "red" }),
    ...each(BOTH, ALL_DAYS, { ...of("shared", ENFORCE), tenant: "blue" }),
    ...each([HOSTILE.organization, ALPHA], ALL_DAYS, {
      ...of("hostile", policyText("testing", "<b>mx</b>\u202e.example")),
      ...hostile,
    }),
  ]);
}

let server: PostmasterServer;
beforeAll(async () => {
  server = await startPostmasterServer(0, seed);
});
afterAll(() => server.stop());

async function page(path: string, tenant?: string, status = 200): Promise<string> {
  const headers = tenant === undefined ? {} : { cookie: `${TENANT_COOKIE}=${tenant}` };
  const answer = await fetch(`${server.url}${path}`, { headers });
  expect(answer.status, path).toBe(status);
  return answer.text();
}

async function row(panel: string, domain: string): Promise<Row> {
  const answer = await fetch(`${server.url}/api/v1/${panel}?${RANGE}&domain=${domain}.example`);
  const { data }: { data: Row[] } = JSON.parse(await answer.text());
  return data[0] ?? {};
}

describe("readiness", () => {
  test.each([
    ["clean", "enforce-now"],
    ["young", "wait"],
    ["failing", "fix-first"],
    ["alone", "cannot-tell"],
    ["enforced", "enforcing"],
    ["withheld", "withholding"],
  ])("%s.example: %s", async (domain, state) => {
    const told = await row("readiness", domain);
    expect(told["state"]).toBe(state);
    const found = sectionsOf(await page(`/domains/${domain}.example?${RANGE}`));
    const words = wordsOf(found.get("readiness") ?? "");
    expect(words).toContain(`${wordOf(state)} ${told["title"]} ${told["sentence"]}`);
    const days = told["wait_days"];
    if (days === null) expect(words).not.toContain("Wait for");
    else expect(words).toContain(`Wait for ${days} days, then look again.`);
    const met = state === "enforce-now" || state === "enforcing";
    expect(words.includes("not met")).toBe(!met);
  });

  test("the steps have the policy to publish, as it is", async () => {
    const found = sectionsOf(await page(`/domains/clean.example?${RANGE}`));
    expect(found.get("readiness")).toContain("version: STSv1\nmode: enforce\nmx: mx1.d.example\n");
  });
});

describe("problems", () => {
  test.each(["new", "ongoing", "quiet", "resolved", "returned"])("%s", async (state) => {
    const told = await row("problems", state);
    expect(told["state"]).toBe(state);
    const found = sectionsOf(await page(`/problems/${told["id"]}?${RANGE}`));
    const words = wordsOf(found.get("problem") ?? "");
    expect(words).toContain(`${wordOf(state)} ${told["state_words"]}`);
    expect(words).toContain(String(told["impact_words"]));
    const over = wordsOf(found.get("steps") ?? "").includes("there is nothing to mend");
    expect(over).toBe(state === "resolved");
  });
});

test("who sees one tenant is told that a domain may be of others", async () => {
  const others = "not among the domains that you may see";
  expect(wordsOf(await page("/domains/nobody.example", "blue", 404))).toContain(others);
  expect(wordsOf(await page("/domains/nobody.example", undefined, 404))).not.toContain(others);
});

test.each([
  [undefined, "red,nobody", "red,nobody", ""],
  ["blue", "red", "", "red"],
  ["blue", "nobody", "", "nobody"],
  ["blue", "blue,red", "blue", "red"],
])("%s asks for the tenants %s", async (tenant, asked, seen, others) => {
  const names = (text: string) => text.split(",").filter(Boolean);
  const query = names(asked).map((name) => `tenant=${name}`);
  const { meta } = JSON.parse(await page(`/api/v1/overview?${query.join("&")}`, tenant));
  expect(meta.filters.tenant).toEqual(names(seen));
  expect(meta.tenants_not_yours).toEqual(names(others));
});

describe("a domain of two tenants", () => {
  const path = `/domains/shared.example?${RANGE}`;

  test("is judged for each, and one of them can be chosen", async () => {
    const verdict = sectionsOf(await page(path)).get("verdict") ?? "";
    expect(verdict).toContain("belongs to 2 tenants");
    expect(verdict).toContain("tenant=red");
    expect(verdict).toContain("tenant=blue");
    const one = wordsOf(sectionsOf(await page(`${path}&tenant=red`)).get("verdict") ?? "");
    expect(one).toContain("its MTA-STS policy was in testing");
    expect(one).not.toContain("(enforce)");
  });

  test("is of one to who sees one", async () => {
    const verdict = sectionsOf(await page(path, "blue")).get("verdict") ?? "";
    expect(wordsOf(verdict)).toContain("by MTA-STS (enforce)");
    expect(verdict).not.toContain("tenant=");
    expect(verdict).not.toContain("testing");
  });
});

describe("names from reports", () => {
  test("stay text on every page that shows them", async () => {
    const { id } = await row("problems", "hostile");
    const paths = [
      `/domains/hostile.example?${RANGE}`,
      `/problems?${RANGE}&domain=hostile.example`,
      `/problems/${id}?${RANGE}`,
    ];
    for (const path of paths) {
      const text = await page(path);
      expect(text, path).not.toMatch(MARKUP);
      // What a script reads as JSON is made printable where it is drawn.
      const shown = text.replace(/<script type="application\/json".*?<\/script>/gs, "");
      expect(shown, path).not.toContain("\u202e");
      expect(wordsOf(shown), path).toContain("<script>alert(2)</script>");
    }
  });

  test("a name in the path stays text too", async () => {
    const text = await page(`/domains/${encodeURIComponent(HOSTILE.mx)}`, undefined, 404);
    expect(text).not.toMatch(MARKUP);
    expect(text).not.toContain("\u202e");
  });
});

test("no page failed", () => expect(server.failures).toEqual([]));
