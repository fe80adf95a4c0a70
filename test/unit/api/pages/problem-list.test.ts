// The list of all problems: a page of what was counted, from one answer.

import { describe, expect, test } from "vitest";
import {
  problemCountsPart,
  problemListPart,
} from "../../../../services/api/pages/parts/problem-overview.ts";
import type { Row } from "../../../../services/query/panel.ts";
import { answerOf, viewAt } from "../../../support/view.ts";

const PAGE = { controls: ["state", "severity"], own: ["whose"] } as const;

const ROWS: readonly Row[] = Array.from({ length: 50 }, (_, i) => ({
  ...{ id: String(i), title: `Problem ${i}`, domain: "example.com", mx: "", severity: "high" },
  ...{ state: i < 45 ? "new" : "resolved", whose: i % 2 === 0 ? "yours" : "theirs" },
}));

async function listAt(address: string, next: string | null = null) {
  const view = await viewAt(address, { page: PAGE });
  const asked = new Set<string>();
  const run = async (_: unknown, more = {}) => {
    asked.add(JSON.stringify(more));
    const rows = "sort" in more ? ROWS.toReversed() : [...ROWS];
    return answerOf(rows, { next_cursor: next, totals: { reports: 9 } });
  };
  const text = String(await problemListPart({ ...view, run }));
  const counts = String(await problemCountsPart({ ...view, run }));
  const titles = [...text.matchAll(/Problem (\d+)/g)].map(([, number]) => Number(number));
  return { text, titles, asked, counts };
}

describe("the list of problems", () => {
  test("is the first page of the open ones, of the answer that is counted", async () => {
    const { titles, asked, text } = await listAt("/");
    expect(titles).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(asked.size).toBe(1);
    expect(text).toContain("cursor.problems=20");
  });

  test("ends with the last of them", async () => {
    const { titles, text } = await listAt("/?cursor.problems=40");
    expect(titles).toEqual([40, 41, 42, 43, 44]);
    expect(text).not.toContain("Next rows");
  });

  test("of whose fault they are has pages, and says what its data leave out", async () => {
    const { titles, text } = await listAt("/?whose=theirs&cursor.problems=20");
    expect(titles).toEqual([41, 43]);
    expect(text).toContain("leaves this choice out");
  });

  test("of whose fault they are has the order that is asked for", async () => {
    const { titles } = await listAt("/?whose=theirs&sort.problems=-failed_sessions");
    expect(titles.slice(0, 3)).toEqual([43, 41, 39]);
  });

  test("a word that is nobody's fault is left out, and said", async () => {
    const { titles, counts } = await listAt("/?whose=mine");
    expect(titles).toHaveLength(20);
    expect(counts).toContain("whose takes yours, theirs, on the path, unclear. It was left out.");
  });

  test("where more follow than are counted, those after the first page are asked for", async () => {
    const first = await listAt("/", "more");
    expect(first.titles).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(first.asked.size).toBe(1);
    const [, cursor = ""] = /cursor\.problems=([\w-]+)/.exec(first.text) ?? [];
    const later = await listAt(`/?cursor.problems=${cursor}`, "more");
    expect([...later.asked].filter((more) => more.includes(cursor))).toHaveLength(1);
  });

  test("where more follow, another order is asked for", async () => {
    const { titles, asked } = await listAt("/?sort.problems=-failed_sessions", "more");
    expect(titles[0]).toBe(49);
    expect(asked.size).toBe(2);
  });

  test("a cursor of something else fails in its place", async () => {
    const { text } = await listAt("/?cursor.problems=WyJ");
    expect(text).toContain("cannot be shown now");
  });
});
