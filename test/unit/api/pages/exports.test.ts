// What the menu of a section gives as data is all that one answer can hold, and says where that is not all.

import { html } from "hono/html";
import { expect, test } from "vitest";
import { createAccess } from "../../../../services/access/access.ts";
import { everybodyWay, MACHINE } from "../../../../services/access/ways.ts";
import { createApi } from "../../../../services/api/app.ts";
import type { ApiOptions } from "../../../../services/api/options.ts";
import { actionsOf } from "../../../../services/api/pages/card.ts";
import { sectionOf } from "../../../../services/api/pages/section.ts";
import { BOUNDS } from "../../../../services/core/bounds.ts";
import { failuresByMx } from "../../../../services/query/panels/failures-by-mx.ts";
import type { Store } from "../../../../services/store/port.ts";
import { NOW, viewAt } from "../../../support/view.ts";

const MANY = 1_234;
const unused = () => Promise.reject(new Error("nothing is written here"));

/** A store whose every answer has as many rows as were asked for, up to so many. */
function storeOf(count: number): Store {
  const rows = Array.from({ length: count }, (_, i) => ({
    ...{ mx: `mx${i}.example`, result_type: "starttls-not-supported", failed_sessions: "1" },
    ...{ row_failed_sessions: "1", column_failed_sessions: "1234" },
    ...{ reports: "1", organizations: "1", domains: "1", policy_types: [], trust_levels: [] },
    ...{ first_day: "2026-03-01", last_day: "2026-03-01" },
  }));
  return {
    select: async <Row>() => rows as Row[],
    ...{ insert: unused, command: unused, ping: async () => {}, close: async () => {} },
  };
}

function optionsOf(store: Store): ApiOptions {
  return {
    ...{ store, spool: null, emit: () => {}, version: "1.2.3", clock: () => NOW },
    ...{ ready: unused, metrics: unused, access: createAccess([everybodyWay(MACHINE)]) },
    ...{ loginPath: null, reportUrl: null, reportAddress: null },
  };
}

const linkTo = (text: string, words: string) =>
  new RegExp(`href="([^"]+)"[^>]*>${words}<`).exec(text)?.[1]?.replaceAll("&amp;", "&") ?? "";

test("CSV and JSON of a section have more rows than the API gives by itself", async () => {
  const view = await viewAt("/?limit.failures-by-mx=10&cursor.failures-by-mx=abc&last=30d");
  const subject = { view, panel: failuresByMx, title: "Failures" };
  const menu = String(await actionsOf({ ...subject, asked: { limit: ["10"], cursor: ["abc"] } }));
  const api = createApi(optionsOf(storeOf(MANY)));
  const csv = await (await api.request(linkTo(menu, "CSV"))).text();
  expect(csv.trim().split("\r\n")).toHaveLength(MANY + 1);
  const { data }: { data: unknown[] } = JSON.parse(
    await (await api.request(linkTo(menu, "JSON"))).text(),
  );
  expect(data).toHaveLength(MANY);
  expect(linkTo(menu, "All rows")).not.toContain("limit");
});

test("where there may be more than one file has, the menu says so, and the file too", async () => {
  const view = await viewAt("/?last=30d");
  const menu = async (all: boolean) =>
    String(
      await actionsOf({ view, panel: failuresByMx, title: "F", asked: { limit: ["10"] }, all }),
    );
  expect(await menu(true)).not.toContain("rows at most");
  expect(await menu(false)).toContain("10,000 rows at most");
  const api = createApi(optionsOf(storeOf(BOUNDS.queryRowsMax + 1)));
  const csv = await api.request(linkTo(await menu(false), "CSV"));
  expect(csv.headers.get("Link")).toContain('rel="next"');
  expect((await csv.text()).trim().split("\r\n")).toHaveLength(BOUNDS.queryRowsMax + 1);
  const svg = await api.request("/api/v1/failures-by-mx?last=30d&format=svg");
  expect(await svg.text()).toContain("the first rows: not all");
});

test("a matrix draws the worst of as many rows as a chart reads", async () => {
  const view = await viewAt("/?last=30d", { options: { store: storeOf(MANY) } });
  const drawn = await html`${sectionOf(view, { panel: "mx-by-result-type", as: "matrix" })}`;
  expect(String(drawn).match(/<th scope="row">/g)).toHaveLength(50 + 1);
  expect(String(drawn)).toContain("The worst are shown: 50 of 1,234 rows.");
});

test("without script a chart is its SVG, which is asked for as the section is", async () => {
  const view = await viewAt("/?last=30d", { options: { store: storeOf(1) } });
  const drawn = await html`${sectionOf(view, { panel: "failures-by-mx", as: "chart" })}`;
  const alone = /<noscript>[\s\S]*?<\/noscript>/.exec(String(drawn))?.[0] ?? "";
  expect(alone).toContain('alt="Failed sessions by MX host; the table below has the numbers"');
  const address = /src="([^"]+)"/.exec(alone)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const svg = await createApi(optionsOf(storeOf(1))).request(address);
  expect(svg.headers.get("Content-Type")).toContain("image/svg+xml");
  expect(await svg.text()).toContain("mx0.example");
});
