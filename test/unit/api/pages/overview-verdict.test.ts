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

async function toldAt(address: string, listed: Row[], next: string | null) {
  const view = await viewAt(address);
  const asked: unknown[] = [];
  const text = await overviewVerdict({
    ...view,
    run: async (panel, more = {}) => {
      if (panel.id === "overview") return answerOf([TOTAL]);
      asked.push(more["state"]);
      return more["state"] ? answerOf([NEW]) : answerOf(listed, { next_cursor: next });
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
