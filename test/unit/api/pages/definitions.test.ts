// The pages as data: what each file names is there, and a new file alone makes a page.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  type Definition,
  panelNamed,
  readDefinitions,
} from "../../../../services/api/pages/definition.ts";
import { DRAWINGS } from "../../../../services/api/pages/drawings/index.ts";
import { panelDefinition } from "../../../../services/api/pages/panel-pages.ts";
import { PARTS } from "../../../../services/api/pages/parts/index.ts";
import { assetPath } from "../../../../services/assets.ts";
import { PANELS } from "../../../../services/query/index.ts";
import { columnsOf } from "../../../../services/query/panel.ts";
import { parametersOf } from "../../../../services/query/parameter-table.ts";
import { readParameters } from "../../../../services/query/parameters.ts";
import { NOW } from "../../../support/view.ts";

const PAGES = readDefinitions();
const WRITTEN = [...PAGES, ...PANELS.flatMap(({ id }) => panelDefinition(id) ?? [])];
const named = WRITTEN.map((page) => [page.id, page] as const);

describe("every page", () => {
  test("has an id, a path and a place of its own", () => {
    for (const key of ["id", "path", "place"] as const) {
      const all = PAGES.map((page) => page[key]).filter((value) => value !== undefined);
      expect(new Set(all).size, key).toBe(all.length);
    }
    expect(WRITTEN).toHaveLength(PAGES.length + PANELS.length);
  });

  test.each(named)("%s draws what there is", (_, page) => {
    const ids = page.sections.map((one) => ("part" in one ? one.part : (one.id ?? one.panel)));
    expect(new Set(ids).size).toBe(ids.length);
    if (page.instead !== undefined) expect(Object.keys(PARTS)).toContain(page.instead);
    for (const section of page.sections) {
      if ("part" in section) {
        expect(Object.keys(PARTS)).toContain(section.part);
        continue;
      }
      const panel = panelNamed(section.panel);
      const columns = columnsOf(panel).map(({ name }) => name);
      expect(columns).toEqual(expect.arrayContaining([...(section.columns ?? [])]));
      expect(Object.keys(DRAWINGS)).toContain(section.as);
      const rows = section.rows === undefined ? {} : { limit: [String(section.rows)] };
      const fixed = Object.entries(section.parameters ?? {}).map(([name, value]) => [
        name,
        [value],
      ]);
      const read = readParameters(panel, { ...rows, ...Object.fromEntries(fixed) }, NOW);
      expect(read).toMatchObject({ ok: true });
    }
  });

  test.each(PAGES.map((page) => [page.id, page] as const))(
    "%s offers no control that none of its panels has",
    (_, page) => {
      // A part may run any panel: only a page of panels alone can be judged.
      if (page.sections.some((section) => "part" in section)) return;
      const taken = new Set(
        page.sections.flatMap((one) => ("panel" in one ? parametersOf(panelNamed(one.panel)) : [])),
      );
      expect(page.controls.filter((name) => !taken.has(name))).toEqual([]);
    },
  );

  test("each part is of some page", () => {
    const drawn = [...WRITTEN, { sections: [{ part: "panel-index" }] }].flatMap((page) => [
      ...page.sections.flatMap((one) => ("part" in one ? [one.part] : [])),
      ...("instead" in page && page.instead ? [page.instead] : []),
    ]);
    expect(Object.keys(PARTS).filter((name) => !drawn.includes(name))).toEqual([]);
  });
});

describe("a file", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** What a folder with this file alone has. */
  function read(change: object): readonly Definition[] {
    const folder = mkdtempSync(join(tmpdir(), "pages-"));
    folders.push(folder);
    const path = assetPath("dashboards", "pages", "overview.json");
    const page = { ...JSON.parse(readFileSync(path, "utf8")), ...change };
    writeFileSync(join(folder, "new.json"), JSON.stringify(page));
    return readDefinitions(folder);
  }

  test("is a page by itself", () => {
    const pages = read({ id: "new", path: "/new", title: "New" });
    expect(pages).toMatchObject([{ id: "new", path: "/new", title: "New" }]);
  });

  test.each([
    [{ sections: [{ panel: "nothing", as: "table" }] }, "there is no panel nothing"],
    [{ sections: [{ panel: "trend", as: "pie" }] }, "new.json/sections/0"],
    [{ controls: ["last", "color"] }, "new.json/controls/1: there is no parameter color"],
    [{ instead: "nothing" }, "new.json/instead: there is no part nothing"],
    [{ sections: [{ part: "nothing" }] }, "new.json/sections/0/part: there is no part nothing"],
    [
      { sections: [{ part: "welcome" }, { panel: "trend", as: "table", columns: ["pie"] }] },
      "new.json/sections/1/columns/0: trend has no column pie",
    ],
    [
      { sections: [{ panel: "trend", as: "table", parameters: { pie: "1" } }] },
      "new.json/sections/0/parameters: trend takes no parameter pie",
    ],
    [{ path: "new" }, "new.json/path"],
    [{ strange: true }, "new.json"],
  ])("with %j is refused by name", (change, words) => {
    expect(() => read(change)).toThrow(words);
  });
});
