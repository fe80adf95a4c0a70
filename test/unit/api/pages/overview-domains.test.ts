// The table of domains on the overview: each tenant's own trend, and "none" only where that is known.

import { describe, expect, test } from "vitest";
import { overviewDomains } from "../../../../services/api/pages/parts/overview-domains.ts";
import type { Given, View } from "../../../../services/api/pages/view.ts";
import { OPEN_STATES } from "../../../../services/core/problems/state.ts";
import type { Row } from "../../../../services/query/panel.ts";
import { answerOf, viewAt } from "../../../support/view.ts";

const row = (domain: string, tenant: string): Row => ({
  ...{ domain, tenant, reports: 1, total_sessions: 10, failed_sessions: 1, success_rate: 0.9 },
  ...{ organizations: 1, last_day: "2026-03-18", policy_types: [], sts_mode: "" },
});

async function made(
  rows: Row[],
  next: string | null,
  failed: Record<string, number> = {},
  morePolicies: string | null = null,
) {
  const view = await viewAt("/?from=2026-03-17&to=2026-03-19");
  const asked: { panel: string; more: Given }[] = [];
  const run: View["run"] = async (panel, more = {}) => {
    asked.push({ panel: panel.id, more });
    if (panel.id === "domains") return answerOf(rows);
    if (panel.id === "problems") {
      const problem = { ...rows[0], severity: "high", state: "new" };
      return answerOf([problem], { next_cursor: next });
    }
    if (panel.id === "policies") return answerOf([], { next_cursor: morePolicies });
    if (panel.id !== "trend") return answerOf([]);
    const failed_sessions = failed[more["tenant"]?.[0] ?? ""] ?? 0;
    return answerOf([{ bucket: "2026-03-17T00:00:00Z", series: "example.com", failed_sessions }]);
  };
  return { text: String(await overviewDomains({ ...view, run })), asked };
}

describe("the domains", () => {
  test("of two tenants have each its own failures over time", async () => {
    const rows = [row("example.com", "red"), row("example.com", "blue")];
    const { text } = await made(rows, null, { red: 7 });
    expect(text.match(/<title>[^<]*<\/title>/g)).toEqual([
      "<title>Failures in 1 of 1 steps, 7 at most</title>",
      "<title>No failures</title>",
    ]);
  });

  test("have no problem only where all problems were read", async () => {
    const rows = [row("example.com", "red"), row("example.net", "red")];
    expect((await made(rows, null)).text).toContain('<span class="none">none</span>');
    const { text } = await made(rows, "more");
    expect(text).not.toContain('<span class="none">none</span>');
    expect(text).toContain('<span class="none">not told</span>');
    expect(text).toContain("1 or more</a>");
  });

  test("have no verdict where the policy may be among those that were left out", async () => {
    const rows = [row("example.com", "red")];
    expect((await made(rows, null)).text).toContain("Not protected");
    const { text } = await made(rows, null, {}, "more");
    expect(text).not.toContain("Not protected");
    expect(text).toContain('<span class="none">not told</span>');
    expect(text).toContain("some columns are not told");
  });

  test("count the problems that the list behind the number has, quiet ones too", async () => {
    const { asked } = await made([row("example.com", "red")], null);
    const states = asked
      .filter(({ panel }) => panel === "problems")
      .map(({ more }) => more["state"]);
    expect(states).toEqual([OPEN_STATES, OPEN_STATES]);
    expect(OPEN_STATES).toContain("quiet");
  });

  test("are asked about by as many names as one question takes", async () => {
    const rows = Array.from({ length: 150 }, (_, i) => row(`d${i}.example`, "red"));
    const { text, asked } = await made(rows, null);
    expect(Math.max(...asked.map(({ more }) => more["domain"]?.length ?? 0))).toBe(100);
    expect(text).toContain("some columns are not told");
    expect(text.match(/<span class="none">not told<\/span>/g)).toHaveLength(50);
  });
});
