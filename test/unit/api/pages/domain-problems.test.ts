// The problems of a domain: both lists, their menus and their pages, from one answer.

import { expect, test } from "vitest";
import { problemRows } from "../../../../services/api/pages/parts/domain-answers.ts";
import { domainProblemsPart } from "../../../../services/api/pages/parts/domain-problems.ts";
import type { PanelResult } from "../../../../services/query/run.ts";
import { answerOf, viewAt } from "../../../support/view.ts";

const ROWS = Array.from({ length: 18 }, (_, i) => ({
  ...{ id: String(i), title: `Problem ${i}`, domain: "example.com", mx: "", severity: "high" },
  state: i < 12 ? "ongoing" : "resolved",
}));

async function listsAt(query: string, meta: Partial<PanelResult["meta"]> = {}) {
  const page = { path: "/domains/:domain", controls: ["mx"] } as const;
  const view = await viewAt(`/domains/example.com${query}`, { page });
  let asked = 0;
  const run = async () => {
    asked += 1;
    return answerOf([...ROWS], meta);
  };
  const text = String(await domainProblemsPart({ ...view, run }));
  const titles = [...text.matchAll(/Problem (\d+)/g)].map(([, number]) => Number(number));
  return { asked, text, titles };
}

test("one answer has both lists, and their data have their states", async () => {
  const { asked, text, titles } = await listsAt("");
  expect(asked).toBe(1);
  expect(titles).toEqual([0, 1, 2, 3, 4, 12, 13, 14, 15, 16]);
  expect(text).toContain("Resolved problems: more than 5");
  expect(text).toMatch(/api\/v1\/problems\?[^"]*state=ongoing[^"]*format=csv/);
  expect(text).toMatch(/panels\/problems\?[^"]*state=resolved/);
  expect((await listsAt("?cursor.problems=10")).titles.slice(0, 3)).toEqual([10, 11, 12]);
});

test("the rows are asked for in another order, and where more follow", async () => {
  expect((await listsAt("?sort.problems=-failed_sessions")).asked).toBe(2);
  expect((await listsAt("", { next_cursor: "more" })).asked).toBe(4);
});

test("without a filter the whole page asks for one answer", async () => {
  const statements: string[] = [];
  const page = { path: "/domains/:domain", controls: ["mx"] } as const;
  const select = (sql: string) => {
    statements.push(sql);
    return Promise.resolve([]);
  };
  const store = { select, insert: select, command: select, ping: select, close: select };
  const view = await viewAt("/domains/example.com", { page, options: { store: store as never } });
  await problemRows(view);
  const once = statements.length;
  expect(once).toBeGreaterThan(0);
  await domainProblemsPart(view);
  expect(statements).toHaveLength(once);
});
