// Answers as a reader sees them: heads, tables, tiles, matrices, timelines, lists and empty ones, on wide and
// narrow terminals, with and without colours, and with harmful text.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printAnswer } from "../../../services/cli/answer.ts";
import type { AnswerMeta } from "../../../services/cli/answer-cells.ts";
import type { Style } from "../../../services/cli/style.ts";
import { displayWidth } from "../../../services/cli/text-width.ts";
import { PANELS } from "../../../services/query/index.ts";
import { type Column, columnsOf, type Panel } from "../../../services/query/panel.ts";

const STYLE: Style = { width: 100, color: false, unicode: true, bars: true };
const META: AnswerMeta = {
  from: "2026-03-01",
  to: "2026-03-06",
  generated_at: "2026-03-05T12:00:00.000Z",
  newest_report_at: "2026-03-05T09:00:00.000Z",
  newest_report_day: "2026-03-04",
  complete_through: "2026-03-03",
};
const TEXT = (name: string): Column => ({ name, type: "text", description: "" });
const COUNT = (name: string): Column => ({
  name,
  type: "count",
  unit: "sessions",
  description: "",
});
const PANEL: Panel = {
  id: "made-up",
  title: "Made up",
  description: "",
  parameters: ["from", "to"],
  columns: [TEXT("mx"), COUNT("failed_sessions"), { ...TEXT("note"), rank: "more" }],
  order: [{ column: "failed_sessions", descending: true }, { column: "mx" }],
  drawing: "table",
  sql: () => "",
};

interface Setting {
  panel?: Partial<Panel>;
  meta?: AnswerMeta;
  style?: Partial<Style>;
  wide?: boolean;
}

function print(data: Record<string, unknown>[], setting: Setting = {}): string {
  const panel = { ...PANEL, ...setting.panel };
  const meta = { ...META, ...setting.meta };
  return printAnswer(panel, { data, meta }, { ...STYLE, ...setting.style }, setting.wide ?? false);
}

/** The lines behind the head. */
function body(text: string): string[] {
  return text.slice(text.indexOf("\n\n") + 2).split("\n");
}

describe("the head", () => {
  const head = (meta: AnswerMeta) => print([{ mx: "a", failed_sessions: 1 }], { meta }).split("\n");

  test("says what was asked and how fresh it is", () => {
    const meta = {
      filters: { domain: ["a.example", "b.example"], result_type: ["x"] },
      step: "day",
      by: "mx",
      timezone: "Europe/Berlin",
      compare: "previous",
    };
    expect(head(meta).slice(0, 5)).toEqual([
      "Made up",
      "from 2026-03-01 to before 2026-03-06 (days of Europe/Berlin), by day, split by mx, domain a.example",
      "or b.example, result type x, compared with the period before",
      "newest report came 3 h ago, about 2026-03-04; complete through 2026-03-03",
      "",
    ]);
  });

  test("has ages that fit", () => {
    const age = (at: string) =>
      /came (.+), about/.exec(head({ newest_report_at: at })[2] ?? "")?.[1];
    expect(age("2026-03-05T11:59:30Z")).toBe("just now");
    expect(age("2026-03-05T11:01:00Z")).toBe("59 min ago");
    expect(age("2026-03-03T13:00:00Z")).toBe("47 h ago");
    expect(age("2026-02-05T12:00:00Z")).toBe("28 days ago");
  });
});

describe("a table", () => {
  const rows = [
    { mx: "mx1.example.com", failed_sessions: 2000, note: "n" },
    { mx: "mx2.example.com", failed_sessions: 500, note: "n" },
  ];

  test("has bars, and what is wanted first", () => {
    expect(body(print(rows))).toEqual([
      "mx               failed sessions",
      "mx1.example.com            2,000  ████████████",
      "mx2.example.com              500  ███",
      "",
      "1 more column: --wide",
      "",
    ]);
  });

  test("is plain where nobody looks", () => {
    const style = { bars: false, width: Number.POSITIVE_INFINITY };
    expect(body(print(rows, { style, wide: true })).slice(0, 2)).toEqual([
      "mx               failed sessions  note",
      "mx1.example.com            2,000  n",
    ]);
  });

  test("has as many columns as there is room for, and says how many more there are", () => {
    const columns = ["a", "b", "c", "d", "e", "f"].map(TEXT);
    const row = Object.fromEntries(columns.map(({ name }) => [name, name.repeat(16)]));
    const narrow = { panel: { columns }, style: { width: 74 } };
    expect(body(print([row], narrow)).slice(1, 4)).toEqual([
      "aaaaaaaaaaaaaaaa  bbbbbbbbbbbbbbbb  cccccccccccccccc  dddddddddddddddd",
      "",
      "2 more columns: --wide",
    ]);
    expect(body(print([row], { ...narrow, wide: true }))[0]).toBe("1 of 1");
  });

  test("leaves out what is main last, and the tenant where there is one", () => {
    const columns = ["tenant", "a", "b", "c", "d", "e"].map(TEXT);
    const main = columns.map((one) => (one.name === "e" ? { ...one, rank: "main" as const } : one));
    const row = Object.fromEntries(columns.map(({ name }) => [name, name.repeat(16)]));
    const first = (rows: (typeof row)[], width: number) =>
      body(print(rows, { panel: { columns: main }, style: { width } }))[0]?.split(/ +/);
    expect(first([row], 200)).toEqual(["a", "b", "c", "d", "e"]);
    expect(first([row], 74)).toEqual(["a", "b", "c", "e"]);
    expect(first([row, { ...row, tenant: "other" }], 200)?.[0]).toBe("tenant");
  });

  test("has the fields that were asked for, in their order", () => {
    const meta = { fields: ["note", "mx"] };
    expect(body(print(rows, { meta })).slice(0, 2)).toEqual(["note  mx", "n     mx1.example.com"]);
  });

  test("tells of the period before where that was asked for", () => {
    const columns = [TEXT("mx"), COUNT("failed_sessions"), COUNT("failed_sessions_before")];
    const data = [{ mx: "a", failed_sessions: 2, failed_sessions_before: 7 }];
    const first = (meta: AnswerMeta) => body(print(data, { panel: { columns }, meta }))[0];
    expect(first({})).not.toContain("before");
    expect(first({ compare: "previous" })).toContain("failed sessions before");
  });

  test("has totals and the next page", () => {
    const totals = { columns: [COUNT("failed_sessions")], sql: () => "" };
    const meta = { totals: { failed_sessions: "9007199254740993" }, next_cursor: "abc\u001b" };
    expect(body(print(rows, { panel: { totals }, meta })).slice(4)).toEqual([
      "in all: 9,007,199,254,740,993 failed sessions",
      "1 more column: --wide",
      "more rows: the same with --cursor abc\\x1b",
      "",
    ]);
  });

  test("colours our words and shares, and not the words of others", () => {
    const columns: Column[] = [
      TEXT("mx"),
      TEXT("state"),
      { name: "success_rate", type: "ratio", description: "" },
    ];
    const data = [{ mx: "failed", state: "returned", success_rate: 0.999999 }];
    const lines = body(print(data, { panel: { columns }, style: { color: true } }));
    expect(lines[1]).toBe("failed  \u001b[33mreturned\u001b[0m  \u001b[33m     99.99 %\u001b[0m");
  });
});

test("tiles have a line each, with the period before beside", () => {
  const columns = [COUNT("reports"), COUNT("reports_before"), COUNT("conflicts")];
  const data = [{ reports: 12, reports_before: 1000, conflicts: null }];
  const panel = { columns, drawing: "tiles" } as const;
  expect(body(print(data, { panel, meta: { compare: "previous" } }))).toEqual([
    "reports    12 (before: 1,000)",
    "conflicts  –",
    "",
  ]);
});

describe("a matrix", () => {
  const columns = [TEXT("mx"), TEXT("result_type"), COUNT("failed_sessions")];
  const panel = { columns, drawing: "matrix" } as const;
  const data = [
    { mx: "mx1", result_type: "certificate-expired", failed_sessions: 1200 },
    { mx: "", result_type: "dane-required", failed_sessions: 3 },
    { mx: "mx1", result_type: "dane-required", failed_sessions: 1 },
  ];

  test("has a row and a column for each name, and a dot for nothing", () => {
    expect(body(print(data, { panel })).slice(0, 3)).toEqual([
      "mx          certificate-expired  dane-required",
      "mx1                       1,200              1",
      "(not said)                    ·              3",
    ]);
  });

  test("is a table when it is too wide, or not all of it is there", () => {
    const first = (setting: Setting) => body(print(data, { panel, ...setting }))[0];
    expect(first({ style: { width: 24 } })).not.toContain("certificate-");
    expect(first({ meta: { next_cursor: "x" } })).toMatch(/^mx +result type/);
    expect(first({ wide: true })).toMatch(/^mx +result type/);
  });
});

describe("a timeline", () => {
  const columns: Column[] = [
    { name: "bucket", type: "time", description: "" },
    TEXT("series"),
    { ...COUNT("successful_sessions"), nullable: true },
    COUNT("failed_sessions"),
  ];
  const panel = {
    columns,
    parameters: ["from", "to", "step"],
    order: [{ column: "bucket" }, { column: "series" }],
    drawing: "bars",
  } as const;
  const meta = { step: "day" };
  const row = (day: string, successful: number | null, failed: number, series = "total") => ({
    bucket: `${day}T00:00:00Z`,
    series,
    successful_sessions: successful,
    failed_sessions: failed,
  });

  test("has every day, those without a report too", () => {
    const data = [row("2026-03-01", 90, 10), row("2026-03-03", 50, 0)];
    expect(body(print(data, { panel, meta, style: { width: 50 } }))).toEqual([
      "2026-03-01  10 failed of 100  ██░░░░░░░░░░░░░░░░░░",
      "2026-03-02  no report",
      "2026-03-03  0 failed of 50    ░░░░░░░░░░",
      "2026-03-04  no report yet",
      "2026-03-05  no report yet",
      "█ failed  ░ successful",
      "",
    ]);
  });

  test("has a block for each series, on one scale", () => {
    const data = [
      row("2026-03-01", null, 10, "certificate-expired"),
      row("2026-03-01", null, 5, "x\u001b"),
    ];
    const lines = body(print(data, { panel, meta: { ...meta, by: "result_type" } }));
    expect(lines[0]).toBe("certificate-expired");
    expect(lines[1]).toMatch(/^2026-03-01 {2}10 failed +█+$/);
    expect(lines[2]).toBe(""); // no row says nothing of a part
    expect(lines).toContain("x\\x1b");
    const bars = lines.filter((line) => line.includes("█ ") || line.endsWith("█"));
    expect(bars.map((line) => line.replaceAll(/[^█]/g, "").length)).toEqual([60, 30]);
  });

  test("has the days of the time zone that was asked for", () => {
    const bucket = "2026-03-01T23:00:00Z"; // midnight in Berlin
    const data = [{ ...row("2026-03-01", 90, 10), bucket }];
    const zone = { ...meta, timezone: "Europe/Berlin", from: "2026-03-01", to: "2026-03-03" };
    const lines = body(print(data, { panel, meta: zone }));
    expect(lines[0]).toBe("2026-03-01  no report");
    expect(lines[1]).toMatch(/^2026-03-02 {2}10 failed of 100 /);
  });

  test("ends where the page ends, and is a table with --wide", () => {
    const data = [row("2026-03-01", 90, 10)];
    const page = print(data, { panel, meta: { ...meta, next_cursor: "x" } });
    expect(page).not.toContain("2026-03-02");
    expect(body(print(data, { panel, meta, wide: true }))[0]).toMatch(/^bucket +series/);
  });
});

describe("nothing found", () => {
  const said = (meta: AnswerMeta) => body(print([], { meta })).join(" ");

  test("says why that may be, and a way on", () => {
    expect(said({ newest_report_day: null, newest_report_at: null })).toMatch(/No report has come/);
    expect(said({ newest_report_day: "2026-01-07" })).toContain("--from 2026-01-07 has it");
    expect(said({})).toContain("--last 365d looks further back");
    const filters = { domain: ["a.example"], result_type: ["x"] };
    expect(said({ filters })).toContain("Without --domain and --result-type more is asked for.");
  });
});

test("ASCII is enough", () => {
  const data = [{ mx: "m".repeat(60), failed_sessions: null, note: "" }];
  const text = print(data, { style: { unicode: false, width: 40 } });
  expect(text).toMatch(/^[\n -~]*$/);
});

describe("outside text", () => {
  const cell = fc.oneof(fc.string({ unit: "binary", maxLength: 30 }), fc.constant(null), fc.nat());
  const style = fc.record({
    width: fc.integer({ min: 1, max: 140 }),
    color: fc.constant(false),
    unicode: fc.boolean(),
    bars: fc.boolean(),
  });

  test("never gets through, in no drawing of no panel, and lines keep to the terminal", () => {
    const panels = fc.constantFrom(...PANELS);
    const drawn = fc.tuple(panels, fc.array(fc.array(cell), { maxLength: 4 }), style, fc.boolean());
    fc.assert(
      fc.property(drawn, ([panel, values, to, wide]) => {
        const columns = columnsOf(panel);
        const data = values.map((row) =>
          Object.fromEntries(columns.map(({ name }, at) => [name, row[at % (row.length || 1)]])),
        );
        const meta = { ...META, step: "day", filters: { mx: ["\u001b[2J"] } };
        const text = printAnswer(panel, { data, meta }, to, wide);
        expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
        if (to.width < 60) return;
        for (const line of text.split("\n"))
          expect(displayWidth(line)).toBeLessThanOrEqual(to.width);
      }),
      { numRuns: 200 },
    );
  });
});
