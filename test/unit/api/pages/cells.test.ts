// Cells by their type, marks, and tables of them: what a reader sees, and what a browser is given.

import { html } from "hono/html";
import { describe, expect, test } from "vitest";
import { cellOf, markOf, shortCell, showCell } from "../../../../services/api/pages/cells.ts";
import { matrix } from "../../../../services/api/pages/drawings/matrix.ts";
import { table } from "../../../../services/api/pages/drawings/table.ts";
import { changeOf, tiles } from "../../../../services/api/pages/drawings/tiles.ts";
import { sparkline } from "../../../../services/api/pages/sparkline.ts";
import { stepList } from "../../../../services/api/pages/steps.ts";
import { labelOf } from "../../../../services/query/labels.ts";
import type { Cell, ColumnType, Row } from "../../../../services/query/panel.ts";
import { failuresByMx } from "../../../../services/query/panels/failures-by-mx.ts";
import { mxByResultType } from "../../../../services/query/panels/mx-by-result-type.ts";
import { overview } from "../../../../services/query/panels/overview.ts";
import { answerOf, viewAt } from "../../../support/view.ts";

const shown = async (type: ColumnType, cell: Cell, name = "x") =>
  String(await showCell({ name, type }, cell));

describe("cells", () => {
  test.each<[ColumnType, Cell, string]>([
    ["count", 1234567, "1,234,567"],
    ["count", "18446744073709551615", "18,446,744,073,709,551,615"],
    ["ratio", 0.999999, '<span title="99.9999 %">99.99 %</span>'],
    ["ratio", 0.29, '<span title="29 %">29.00 %</span>'], // 28.999999999999996 as a product
    ["date", "2026-03-01", '<time datetime="2026-03-01">2026-03-01</time>'],
    ["flag", true, "yes"],
    ["flag", false, "no"],
    ["text", null, '<span class="none">–</span>'],
    ["text", "", '<span class="none">–</span>'],
    ["text", "a\u202eb", "a\\u{202e}b"],
  ])("%s of %j", async (type, cell, text) => {
    expect(await shown(type, cell)).toBe(text);
  });

  test("a time has its instant for programs, and says that it is of UTC", async () => {
    const text = await shown("time", "2026-03-02T14:05:09.123Z");
    expect(text).toContain('datetime="2026-03-02T14:05:09.123Z"');
    expect(text).toContain(">2026-03-02 14:05:09 UTC<");
  });

  test("bytes are short, and exact on hover", async () => {
    const bytes = async (cell: Cell) =>
      String(await showCell({ name: "raw_bytes", type: "count", unit: "bytes" }, cell));
    expect(await bytes(999)).toBe("999 bytes");
    expect(await bytes(999_949)).toBe('<span title="999,949 bytes">999.9 kB</span>');
    expect(await bytes(1_500_000)).toContain(">1.5 MB<");
  });

  test("lengths of time are told in the largest unit that fits, exact on hover", async () => {
    const column = { name: "delay_max_ms", type: "count", unit: "milliseconds" } as const;
    const length = async (cell: Cell) => String(await showCell(column, cell));
    expect(await length(999)).toBe("999 ms");
    expect(await length(2_000)).toBe('<span title="2,000 ms">2.0 seconds</span>');
    expect(await length(345_602_000)).toContain(">4.0 days<");
  });

  test("of an id a table has the beginning, and the whole on hover", async () => {
    const id = "6c870c66-0000-4000-8000-0123456789ab";
    expect(String(await shortCell({ name: "id", type: "text" }, id))).toBe(
      `<code class="id" title="${id}">6c870c66</code>`,
    );
    expect(await shortCell({ name: "id", type: "text" }, "<b>")).toBe("<b>");
    expect(await shortCell({ name: "subject", type: "text" }, id)).toBe(id);
  });

  test("text from outside is text, linked or not, alone or in a list", async () => {
    const view = await viewAt("/");
    const hostile = '"><img src=x>\u202e';
    const cell = async (name: string, type: ColumnType, value: Cell) =>
      String(await html`${cellOf({ name, type, description: "" }, { [name]: value }, view)}`);
    for (const text of [
      await cell("domain", "text", hostile),
      await cell("subject", "text", hostile),
      await cell("domains", "texts", [hostile, hostile, hostile, hostile]),
      await cell("severity", "text", hostile),
    ]) {
      expect(text).not.toContain("<img");
      expect(text).not.toContain('"">');
      expect(text).toContain("&lt;img src=x&gt;\\u{202e}");
    }
  });

  test("of many texts some are shown and the others counted", async () => {
    const column = { name: "domains", type: "texts", description: "" } as const;
    const html = String(
      await cellOf(
        column,
        { domains: ["a.example", "b.example", "c", "d", "e"] },
        await viewAt("/"),
      ),
    );
    expect(html).toContain('<a href="/domains/a.example">a.example</a>');
    expect(html).toMatch(
      /<details><summary>and 2 more<\/summary><a href="\/domains\/d">d<\/a>, <a [^>]*>e<\/a><\/details>/,
    );
  });

  test("a mark has a word and a sign beside its colour", async () => {
    const mark = String(await markOf("severity", "critical"));
    expect(mark).toMatch(/class="mark critical".*aria-hidden="true">◆<.*Critical/s);
    expect(String(await markOf("state", "fix-first"))).toContain("Fix first");
    expect(markOf("severity", "none of ours")).toBeNull();
    expect(markOf("constructor", "name")).toBeNull();
  });

  test.each([
    ["failed_sessions", "Failed sessions"],
    ["mx", "MX"],
    ["sending_ip", "Sending IP"],
    ["sts_mode", "MTA-STS mode"],
    ["as_organization", "AS organization"],
  ])("%s is called %s", (name, label) => expect(labelOf(name)).toBe(label));
});

describe("changes", () => {
  const change = async (type: ColumnType, name: string, now: Cell, before: Cell) =>
    String(await changeOf({ name, type }, { [name]: now, [`${name}_before`]: before })).replaceAll(
      /\s+/g,
      " ",
    );

  test("are told as a share, or as a number where there were few", async () => {
    expect(await change("count", "failed_sessions", 150, 100)).toContain("> 50 % <");
    expect(await change("count", "failed_sessions", 7, 3)).toContain("> 4 <");
    expect(await change("ratio", "success_rate", 0.97, 0.95)).toContain("> 2.00 points <");
    expect(await change("count", "reports", 5, 5)).toContain("as before");
  });

  test("more failures are worse, and a higher rate is better", async () => {
    expect(await change("count", "failed_sessions", 150, 100)).toContain("worse");
    expect(await change("count", "failed_sessions", 50, 100)).toContain("better");
    expect(await change("ratio", "success_rate", 0.97, 0.95)).toContain("better");
    expect(await change("count", "reports", 9, 5)).not.toMatch(/better|worse/);
  });

  test("of days that are not complete have no tone where they count", async () => {
    const told = async (type: ColumnType, name: string, now: number, before: number) =>
      String(await changeOf({ name, type }, { [name]: now, [`${name}_before`]: before }, "so far"));
    expect(await told("count", "failed_sessions", 50, 100)).toMatch(/class="change ".*so far/s);
    expect(await told("ratio", "success_rate", 0.97, 0.95)).toContain("better");
    expect(await told("ratio", "success_rate", 0.97, 0.95)).not.toContain("so far");
  });

  test("are not told beside a period without a report", async () => {
    const row = { failed_sessions: 142, failed_sessions_before: 0, reports_before: 0 };
    expect(changeOf({ name: "failed_sessions", type: "count" }, row)).toBe("");
  });

  test("are not told without a period before", async () => {
    expect(await change("count", "failed_sessions", 150, null)).toBe("");
  });
});

describe("tiles", () => {
  const ROW = {
    ...{ reports: 3, reports_before: 3, failed_sessions: 50, failed_sessions_before: 100 },
    ...{ success_rate: 0.97123, success_rate_before: 0.95 },
  };
  const drawn = async (to: string) => {
    const section = { panel: overview.id, as: "tiles" } as const;
    const result = answerOf([ROW], { to, before: { from: "2026-01-20", to: "2026-02-19" } });
    const [view, id] = [await viewAt("/"), "now"];
    return String(await tiles({ view, section, panel: overview, result, asked: {}, id }));
  };

  test("say “so far”, and why, where reports are still to come", async () => {
    const [over, open] = [await drawn("2026-03-19"), await drawn("2026-03-21")];
    expect(over).not.toContain("so far");
    expect(over.match(/class="change better"/g)).toHaveLength(2);
    expect(open).toContain('popovertarget="tip-now-failed_sessions-so-far"');
    expect(open.match(/class="change better"/g)).toHaveLength(1); // the rate
  });

  test("tell a rounded number exactly for keys and fingers too", async () => {
    expect(await drawn("2026-03-19")).toMatch(/id="tip-now-success_rate">[^<]*Exactly: 97.123 %\./);
  });
});

describe("matrices", () => {
  const row = (i: number) => ({
    ...{ mx: `mx${i}.example`, result_type: `type-${i}`, failed_sessions: i },
    ...{ row_failed_sessions: i, column_failed_sessions: i },
  });
  const drawn = async (count: number) => {
    const section = { panel: mxByResultType.id, as: "matrix" } as const;
    const result = answerOf(Array.from({ length: count }, (_, i) => row(i + 1)));
    const [view, id] = [await viewAt("/?last=7d"), "heat"];
    const asked = { limit: ["10000"] };
    return String(await matrix({ view, section, panel: mxByResultType, result, asked, id }));
  };

  test("show the worst of many names, and lead to the others", async () => {
    const html = await drawn(1000);
    expect(html.match(/<tr>/g)).toHaveLength(50 + 2);
    expect(html.match(/<th scope="col"/g)).toHaveLength(24 + 2);
    expect(html).toContain("mx1000.example");
    expect(html).not.toContain("mx950.example");
    expect(html).toContain("The worst are shown: 50 of 1,000 rows and 24 of 1,000 columns.");
    expect(html).toContain(`href="/panels/${mxByResultType.id}?last=7d">All rows</a>`);
  });

  test("of few names are whole", async () => {
    expect(await drawn(24)).not.toContain("The worst");
  });
});

describe("steps", () => {
  test("are one list, in which a command belongs to the step before it", async () => {
    const html = String(await stepList(["Look at <it>.", "$ dig MX", "Wait."], "fix"));
    expect(html.match(/<li>/g)).toHaveLength(2);
    expect(html).toContain("Look at &lt;it&gt;.");
    expect(html).toContain('<pre tabindex="0" id="fix-1">dig MX</pre>');
    expect(html).toContain('data-copy="#fix-1"');
  });
});

describe("tables", () => {
  const ROW = { mx: "mx.example", result_type: "certificate-expired", failed_sessions: 1234 };
  const drawn = async (address: string, meta = {}, rows: Row[] = [ROW]) => {
    const section = { panel: failuresByMx.id, as: "table" } as const;
    const result = answerOf(rows, { sort: "-failed_sessions,mx,result_type", ...meta });
    const [view, id] = [await viewAt(address), "by-mx"];
    return String(await table({ view, section, panel: failuresByMx, result, asked: {}, id }));
  };

  test("the first column names the row, numbers stand at the right", async () => {
    const html = await drawn("/");
    expect(html).toContain('<th scope="row"><a href="/?mx=mx.example">mx.<wbr>example</a></th>');
    expect(html).toContain('<td class="number">1,234</td>');
  });

  test("what was before has columns where it is compared", async () => {
    expect(await drawn("/", { compare: "none" })).not.toContain("failed_sessions_before");
    expect(await drawn("/", { compare: "previous" })).toContain("failed_sessions_before");
  });

  test("a head says what it is sorted by, and sorts the other way", async () => {
    const html = await drawn("/?cursor.by-mx=x&last=7d");
    expect(html).toMatch(
      /aria-sort="descending"[^>]*><span class="head"><a href="\/\?last=7d&amp;sort.by-mx=failed_sessions#by-mx"/,
    );
    expect(html).toContain('href="/?last=7d&amp;sort.by-mx=mx#by-mx"'); // text from a
    expect(html).toContain('href="/?last=7d&amp;sort.by-mx=-organizations#by-mx"'); // numbers from the most
    expect(html).not.toContain("sort.by-mx=policy_types"); // texts have no order
  });

  test("each head has a button that tells what the column is", async () => {
    const html = await drawn("/");
    const described = failuresByMx.columns.find(({ name }) => name === "mx");
    expect(html).toContain('popovertarget="tip-by-mx-mx"');
    expect(html).toContain(`id="tip-by-mx-mx">${described?.description}<`);
  });

  test("the rows that follow and the first ones are a link away", async () => {
    expect(await drawn("/")).toContain("1 row.");
    const first = await drawn("/?cursor.other=y", { next_cursor: "next" });
    expect(first).toContain("1 row, more follow.");
    expect(first).toContain('href="/?cursor.other=y&amp;cursor.by-mx=next#by-mx"');
    const last = await drawn("/?cursor.by-mx=x&sort.by-mx=mx");
    expect(last).toContain("1 row, the last.");
    expect(last).toMatch(/href="\/\?sort.by-mx=mx#by-mx">First rows/);
    expect(last).toMatch(/href="\/#by-mx">Usual order/);
  });

  test("a long one has groups of rows that are laid out when they are seen", async () => {
    const rows = Array.from({ length: 220 }, (_, i) => ({ ...ROW, mx: `mx${i}.example` }));
    const long = await drawn("/", {}, rows);
    expect(long).toContain('class="scroll long"');
    expect(long.match(/<tbody><tr>/g)).toHaveLength(5);
    expect(long.match(/<th scope="row">/g)).toHaveLength(220);
    expect((await drawn("/")).match(/<tbody>/g)).toHaveLength(1);
  });

  test("what the panel tells of all rows stands beneath them", async () => {
    const html = await drawn("/", { totals: { failed_sessions: 5678 } });
    expect(html).toMatch(/<tfoot><tr><th scope="row">In all<\/th>.*5,678/s);
    expect(await drawn("/")).not.toContain("<tfoot>");
  });
});

test("a sparkline tells the days with reports, the days with failures, and the others apart", async () => {
  const day = 86_400_000;
  const rows = [
    { bucket: new Date(0).toISOString(), failed_sessions: 0 },
    { bucket: new Date(2 * day).toISOString(), failed_sessions: 1 },
    { bucket: new Date(3 * day).toISOString(), failed_sessions: 1000 },
  ];
  const svg = String(await sparkline([0, day, 2 * day, 3 * day], rows));
  expect(svg.match(/class="ok"/g)).toHaveLength(1);
  expect(svg.match(/class="failed"/g)).toHaveLength(2);
  expect(svg).toContain('height="2.0"'); // one failure beside a thousand is seen
  expect(svg).toContain("Failures in 2 of 3 steps, 1,000 at most");
  expect(sparkline([0], [])).toBe("");
});
