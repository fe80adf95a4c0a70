// The Grafana dashboards as files: what is generated is committed, whenever it is generated, and keeps the rules of
// Grafana's dashboard-linter and those that Grafana only shows when it draws.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assetPath } from "../../../services/assets.ts";
import { BOARDS } from "../../../services/grafana/boards.ts";
import { dashboardOf, printDashboard } from "../../../services/grafana/dashboard.ts";
import { FILTER_VARIABLES } from "../../../services/grafana/macros.ts";
import { columnsAsked, statementOf, variablesOf } from "../../../services/grafana/statement.ts";
import { PAGES_ADDRESS, valuesStatement } from "../../../services/grafana/variables.ts";

const FOLDER = assetPath("dashboards", "grafana");
const DASHBOARDS = BOARDS.map((board) => ({ name: board.id, board, made: dashboardOf(board) }));
const SECTIONS = BOARDS.flatMap(({ sections }) => sections);

test("the files are what is generated: npm run grafana", () => {
  expect(readdirSync(FOLDER).toSorted()).toEqual(BOARDS.map(({ id }) => `${id}.json`).toSorted());
  for (const board of BOARDS) {
    const file = readFileSync(`${FOLDER}/${board.id}.json`, "utf8");
    expect(file === printDashboard(board), `${board.id}.json is another`).toBe(true);
  }
});

test("no statement has a trace of when it was generated", () => {
  const other = {
    range: { fromMs: Date.parse("2015-05-05T01:00:01Z"), toMs: Date.parse("2015-05-20T23:00:02Z") },
    nowMs: Date.parse("2015-05-20T05:00:00Z"),
  };
  for (const section of SECTIONS) {
    expect(statementOf(section, other)).toBe(statementOf(section));
  }
});

test("an address of Sealwatch is said once, in a box, and can be another", () => {
  const other = "https://sealwatch.example.com";
  for (const { board, made } of DASHBOARDS) {
    const boxes = made.templating.list.filter(({ type }) => type === "textbox");
    expect(boxes).toMatchObject([{ name: "sealwatch_url", query: PAGES_ADDRESS, hide: 0 }]);
    const written = printDashboard(board, other);
    expect(written).toBe(printDashboard(board).replaceAll(PAGES_ADDRESS, other));
    expect(written.split(other).length).toBe(JSON.stringify(boxes).split(PAGES_ADDRESS).length);
  }
});

test.each(FILTER_VARIABLES)("%s is listed by the facts of the range, without FINAL", (variable) => {
  const sql = valuesStatement(variable);
  expect(sql).toMatch(/FROM (?:policy_summaries|failure_details) WHERE .*day BETWEEN /);
  expect(sql).not.toContain("FINAL");
});

test("addresses of dashboards stay: bookmarks and links go by the uid", () => {
  expect(DASHBOARDS.map(({ made }) => made.uid)).toEqual([
    "sealwatch-overview",
    "sealwatch-domain",
    "sealwatch-mx",
    "sealwatch-organizations",
    "sealwatch-problems",
    "sealwatch-ingest",
  ]);
});

test("the Compose file has no known password, no open port, and no right to make users that stays", () => {
  const file = readFileSync(assetPath("infra", "compose.grafana.yml"), "utf8");
  expect(file).toMatch(/GF_SECURITY_ADMIN_PASSWORD: "\$\{\w+:\?/);
  expect(file).toMatch(/SEALWATCH_GRAFANA_PASSWORD: "\$\{\w+:\?/);
  expect(file).toMatch(/CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT: "\$\{\w+:-0\}"/);
  expect(file.match(/- "[\d.:]+"/g)).toEqual(['- "127.0.0.1:3000:3000"']);
});

test("bars of an organization have its failed sessions too, and say which are which", () => {
  const made = DASHBOARDS.find(({ name }) => name === "organizations")?.made;
  const chart = made?.panels.find(({ title }) => title === "Sessions by organization");
  const series = "${" + "__field.labels.series}";
  expect(chart?.fieldConfig.overrides).toEqual(
    ["Successful sessions", "Failed sessions"].map((label) => ({
      matcher: { id: "byName", options: label.toLowerCase().replace(" ", "_") },
      properties: [{ id: "displayName", value: `${series}: ${label}` }],
    })),
  );
});

test("only what has successful sessions, which details know nothing of, is filtered by fewer variables", () => {
  const fewer = SECTIONS.filter(({ without }) => without);
  expect(fewer.length).toBeGreaterThan(0);
  expect(fewer.filter(({ columns }) => !columns.includes("successful_sessions"))).toEqual([]);
});

test("a link to a problem says its domain and tenant, since the row has both", () => {
  const links = JSON.stringify(DASHBOARDS).match(/"url":"[^"]*\/problems\/[^"]*"/g) ?? [];
  expect(links.length).toBe(SECTIONS.filter(({ panel }) => panel.id === "problems").length);
  for (const name of ["domain", "tenant"]) {
    const said = `&${name}=\${__data.fields.${name}:percentencode}`;
    expect(links.filter((link) => !link.includes(said))).toEqual([]);
  }
});

/** Of Grafana's categories, those that our columns have. */
const UNITS = [
  "string",
  "locale",
  "percentunit",
  "bytes",
  "ms",
  "h",
  "dateTimeAsIso",
  "bool_yes_no",
];

describe.each(DASHBOARDS)("$name", ({ board, made }) => {
  test("has a data source to choose, and each panel and target uses it", () => {
    const sources = made.templating.list.filter(({ type }) => type === "datasource");
    expect(sources).toMatchObject([
      { name: "datasource", label: "Data source", query: "grafana-clickhouse-datasource" },
    ]);
    const source = { type: "grafana-clickhouse-datasource", uid: "${" + "datasource}" };
    for (const panel of made.panels) {
      expect(panel.datasource).toEqual(source);
      expect(panel.targets.map(({ datasource }) => datasource)).toEqual([source]);
    }
  });

  test("has variables that are read again with the range, each used, and no other is used", () => {
    const filters = made.templating.list.filter(({ type }) => type === "query");
    for (const filter of filters) {
      expect(filter).toMatchObject({
        refresh: 2,
        multi: true,
        includeAll: true,
        allowCustomValue: true,
      });
    }
    const text = made.panels.map(({ targets }) => targets[0]?.rawSql).join("\n");
    const used = FILTER_VARIABLES.filter((name) => text.includes(`$${name})`));
    expect(filters.map(({ name }) => name)).toEqual(used);
    expect(used).toEqual(
      FILTER_VARIABLES.filter((name) => board.sections.flatMap(variablesOf).includes(name)),
    );
  });

  test("says on each panel what it is, in words and units", () => {
    for (const { title, description, fieldConfig } of made.panels) {
      expect(title).not.toBe("");
      expect(description.length).toBeGreaterThan(title.length);
      const units = JSON.stringify(fieldConfig).match(/(?<="unit":"|"id":"unit","value":")\w+/g);
      expect(units?.length).toBeGreaterThan(0);
      expect(units?.filter((unit) => !UNITS.includes(unit))).toEqual([]);
    }
  });

  test("has a statement in each target, with macros that the data source knows", () => {
    for (const { targets } of made.panels) {
      expect(targets.map(({ refId }) => refId)).toEqual(["A"]);
      for (const { rawSql } of targets) {
        expect(rawSql).toMatch(/^SELECT /);
        const macros = new Set(rawSql.match(/\$__\w+/g));
        expect([...macros].toSorted()).toEqual(["$__conditionalAll", "$__fromTime", "$__toTime"]);
        // A value of a variable is never there as it was chosen.
        const encoded = rawSql.replaceAll(/decodeURLComponent\('\$\{\w+:percentencode\}'\)/g, "");
        expect(encoded).not.toMatch(/\$\{/);
        expect(encoded.replaceAll(/, \$\w+\)/g, "").match(/\$(?!__)\w+/)).toBeNull();
        // Old Grafana syntax for a variable, and a placeholder of ours.
        expect(rawSql).not.toMatch(/\[\[\w+(?::\w+)?\]\]|(?<!\$)\{\w+:/);
      }
    }
  });

  test("is in a grid without overlaps, with ids that are its own", () => {
    const cells = made.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of made.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    expect(new Set(made.panels.map(({ id }) => id)).size).toBe(made.panels.length);
  });

  test("keeps the conventions of a dashboard that is generated", () => {
    expect(made).toMatchObject({
      editable: false,
      timezone: "utc",
      time: { from: "now-29d/d", to: "now/d" },
      refresh: "",
    });
    expect(made.schemaVersion).toBeGreaterThanOrEqual(39);
    expect(made).not.toHaveProperty("__inputs");
    expect(made.tags).toContain("sealwatch");
  });

  test("links into Sealwatch with everything from a cell encoded", () => {
    const links = [...JSON.stringify(made.panels).matchAll(/"url":"([^"]*)"/g)].map(
      ([, url]) => url,
    );
    for (const url of links) {
      expect(url).toMatch(
        /^\$\{sealwatch_url:raw\}\/(?:domains|organizations|problems|reports|quarantine)/,
      );
      const cells = url?.match(/\$\{__(?:value|data)[^}]*\}/g) ?? [];
      expect(cells.filter((cell) => !cell.endsWith(":percentencode}"))).toEqual([]);
    }
    const linked = board.sections.filter(({ as, panel, ...rest }) =>
      as === "table"
        ? columnsAsked({ panel, ...rest }).some(({ name }) => /^(?:domain|id|receipt)$/.test(name))
        : false,
    );
    expect(links.length).toBeGreaterThanOrEqual(linked.length);
  });
});
