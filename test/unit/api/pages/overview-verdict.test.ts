// The first sentence of the overview: the problem it names, and what its filters leave as it is.

import { expect, test } from "vitest";
import { overviewVerdict } from "../../../../services/api/pages/parts/overview-verdict.ts";
import type { Row } from "../../../../services/query/panel.ts";
import { answerOf, viewAt } from "../../../support/view.ts";

const TOTAL = {
  ...{ total_sessions: 10, failed_sessions: 1, success_rate: 0.9, protected_rate: 1, domains: 1 },
  last_day: "2026-03-18",
};
const QUIET = { severity: "critical", state: "quiet", title: "Old", mx: "", domain: "example.com" };
const NEW = { ...QUIET, severity: "high", state: "new", title: "Certificate expired" };

interface Answers {
  overview?: Row;
  domains?: Row[];
  policies?: Row[];
}

async function toldAt(address: string, listed: Row[], next: string | null, more: Answers = {}) {
  const view = await viewAt(address);
  const asked: unknown[] = [];
  const others = (id: string) =>
    (id === "domains" ? more.domains : id === "policies" ? more.policies : []) ?? [];
  const text = await overviewVerdict({
    ...view,
    run: async (panel, given = {}) => {
      if (panel.id === "overview") return answerOf([{ ...TOTAL, ...more.overview }]);
      // Those of named domains are for the verdict on each.
      if (panel.id !== "problems" || given["domain"]) return answerOf(others(panel.id));
      asked.push(given["state"]);
      return given["state"] ? answerOf([NEW]) : answerOf(listed, { next_cursor: next });
    },
  });
  return { text: String(text), asked };
}

test("names a problem that is reported now, though five graver ones are quiet", async () => {
  const { text } = await toldAt("/", Array(5).fill(QUIET), "more");
  expect(text).toContain("Act soon");
  expect(text).toContain("Most urgent: Certificate expired");
});

test("asks once where the list has it, or has all", async () => {
  expect((await toldAt("/", [QUIET, NEW], "more")).asked).toEqual([undefined]);
  const { text, asked } = await toldAt("/", [QUIET], null);
  expect(asked).toEqual([undefined]);
  expect(text).toContain("Some failures");
});

test("says what its numbers are not filtered by", async () => {
  const { text } = await toldAt("/?mx=mx1.example.com", [], null);
  expect(text).toContain("this cannot be filtered by");
  expect((await toldAt("/", [], null)).text).not.toContain("this cannot be filtered by");
});

const domainRow = (domain: string, protected_rate: number) => ({
  ...{ tenant: "default", domain, protected_rate, first_day: "2026-02-20" },
  ...{ total_sessions: 5, success_rate: 1, last_day: "2026-03-18" },
});

test("names the domains that are not protected first", async () => {
  const alpha = { ...domainRow("alpha.example", 1), policy_type: "tlsa", current: true };
  const domains = [domainRow("alpha.example", 1), domainRow("beta.example", 0)];
  const overview = { domains: 2, failed_sessions: 0, protected_sessions: 10 };
  const { text } = await toldAt("/", [], null, { overview, domains, policies: [alpha] });
  expect(text).toContain("Nothing failed, but not all is protected");
  expect(text).toContain("1 of 2 domains is protected; not beta.example (not protected).");
  const both = { overview, domains: [domainRow("alpha.example", 1)], policies: [alpha] };
  const { text: well } = await toldAt("/", [], null, both);
  expect(well).toContain("All well");
  expect(well).toContain("The domain is protected.");
});

test.each([
  [["beta.example"], "beta.example: not protected."],
  [
    ["beta.example", "gamma.example"],
    "None of 2 domains is protected: beta.example (not protected), gamma.example (not protected).",
  ],
])("says so where none of %j is protected", async (names, words) => {
  const overview = { domains: names.length, failed_sessions: 0, protected_sessions: 0 };
  const domains = names.map((name) => domainRow(name, 0));
  expect((await toldAt("/", [], null, { overview, domains })).text).toContain(words);
});

test("does not ask for each of many domains", async () => {
  const overview = { domains: 26, failed_sessions: 0, protected_sessions: 10 };
  const { text } = await toldAt("/", [], null, {
    overview,
    domains: [domainRow("beta.example", 0)],
  });
  expect(text).toContain("All well");
  expect(text).not.toContain("beta.example");
});

test("says so where most of it rests on unsigned reports", async () => {
  const unsigned = { overview: { verified_rate: 0.03 } };
  const { text } = await toldAt("/?last=7d", [], null, unsigned);
  expect(text).toMatch(/Only 3(?:\.0+)? ?% of the sessions .* an unsigned report can be forged/s);
  expect(text).toContain('href="/?last=7d&amp;trust=verified"');
  const signed = await toldAt("/", [], null, { overview: { verified_rate: 0.5 } });
  expect(signed.text).not.toContain("forged");
});
