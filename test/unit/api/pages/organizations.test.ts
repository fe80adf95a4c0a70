// Who is missing, where there are more organizations than are looked at, and one without a name.

import { describe, expect, test } from "vitest";
import { organizationDays } from "../../../../services/api/pages/parts/organization-days.ts";
import {
  organizationSilence,
  organizationSilent,
} from "../../../../services/api/pages/parts/organization-status.ts";
import type { Given, View } from "../../../../services/api/pages/view.ts";
import type { Row } from "../../../../services/query/panel.ts";
import { wordsOf } from "../../../support/page-text.ts";
import { answerOf, viewAt } from "../../../support/view.ts";

const row = (organization: string, silentDays: number, status = "reporting"): Row => ({
  ...{ organization, status, status_words: "Words.", cadence: "daily", late_reports: 0 },
  ...{ silent_days: silentDays, days_reported: 3, gap_days: 0, usual_interval_days: 1 },
});

async function viewOver(rows: Row[], next: string | null = null) {
  const asked: { panel: string; more: Given }[] = [];
  const run: View["run"] = async (panel, more = {}) => {
    asked.push({ panel: panel.id, more });
    return answerOf(panel.id === "organizations" ? rows : [], { next_cursor: next });
  };
  return { view: { ...(await viewAt("/?from=2026-03-10&to=2026-03-13")), run }, asked };
}

describe("who is silent", () => {
  test("is looked for among those who are away longest", async () => {
    const { view, asked } = await viewOver([row("Mail", 0)]);
    expect(wordsOf(String(await organizationSilence(view)))).toContain(
      "Nobody is silent 1 organization reported as usual.",
    );
    expect(asked[0]?.more["sort"]).toEqual(["-silent_days"]);
  });

  test("is all of them where those left out cannot be", async () => {
    const { view } = await viewOver([row("Gone", 40, "silent"), row("Mail", 3, "quiet")], "more");
    expect(wordsOf(String(await organizationSilence(view)))).toContain("! 1 organization silent");
  });

  test("is told as at least so many where others may be", async () => {
    const gone = Array.from({ length: 4 }, (_, i) => row(`Gone ${i}`, 40, "silent"));
    const { view } = await viewOver(gone, "more");
    expect(wordsOf(String(await organizationSilence(view)))).toContain(
      "At least 4 organizations silent",
    );
    expect(wordsOf(String(await organizationSilent(view)))).toContain("and at least 1 other");
  });

  test("is nobody of those that were looked at, where others may be", async () => {
    const { view } = await viewOver([row("Monthly", 20, "quiet")], "more");
    const words = wordsOf(String(await organizationSilence(view)));
    expect(words).toContain("None of those away longest is silent At least 1 organization");
    expect(words).not.toContain("Nobody is silent");
  });
});

test("of an organization without a name no day is told to be without a report", async () => {
  const { view, asked } = await viewOver([row("", 0)]);
  const text = String(await organizationDays(view));
  expect(text).toContain("not named");
  expect(text).not.toContain("without a report");
  expect(text).not.toContain('class="strip"');
  expect(asked.map(({ panel }) => panel)).toEqual(["organizations"]);
});
