// Pieces of the pages of records: what names mean, for keys and fingers too, and gaps in words.

import { html } from "hono/html";
import { expect, test } from "vitest";
import { copyable } from "../../../../services/api/pages/copyable.ts";
import { stretches } from "../../../../services/api/pages/parts/organization-days.ts";
import { factList, rowTable } from "../../../../services/api/pages/parts/record-pieces.ts";
import { viewAt } from "../../../support/view.ts";

const COLUMNS = [
  { name: "mx", type: "text", description: "Receiving MX host." },
  { name: "actor", type: "text", description: "Who can mend it." },
] as const;
const rows = [{ mx: "mx.example", actor: "policy-operator" }];

test("what a name means opens from a button beside it", async () => {
  const facts = String(await factList("x", [{ name: "Mode", value: "enforce", about: "Of it." }]));
  expect(facts).toMatch(/<dt>Mode<button [^>]*popovertarget="(tip-x-fact-0)".*id="\1">Of it\.</s);
  expect(facts).not.toContain("<dt title");
});

test("a cell is announced with the name of its column alone", async () => {
  const table = String(await rowTable({ view: await viewAt("/"), id: "x", rows }, COLUMNS, ["mx"]));
  expect(table).toContain('aria-labelledby="head-x-mx"');
  expect(table).toContain('<span id="head-x-mx">MX</span>');
  expect(table).toContain('popovertarget="tip-x-mx"');
  expect(table).not.toContain('class="pages"');
});

test("who can mend it is said in words", async () => {
  const view = await viewAt("/");
  const table = String(await rowTable({ view, id: "x", rows }, COLUMNS, ["mx", "actor"]));
  expect(table).toContain("whoever runs the MTA-STS policy");
  expect(table).not.toContain("policy-operator");
});

test("days without a report are told as stretches", () => {
  const days = ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-05"];
  expect(stretches(days)).toEqual(["2026-02-27 to 2026-03-01", "2026-03-05"]);
  expect(stretches([])).toEqual([]);
});

test("a button to copy waits for the script that it needs", async () => {
  const text = String(await html`${copyable("x", "In a zone file", "one\ntwo\u202e")}`);
  expect(text).toMatch(/<button [^>]*\bhidden>/s);
  expect(text).toContain('<pre tabindex="0" id="x">one\ntwo\\u{202e}</pre>');
});
