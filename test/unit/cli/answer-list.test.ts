// Lists as a reader sees them: what an entry says first, what it says with --wide, and what it leaves out.

import { describe, expect, test } from "vitest";
import { printList } from "../../../services/cli/answer-list.ts";
import type { Style } from "../../../services/cli/style.ts";
import type { Column, ListDrawing, Panel } from "../../../services/query/panel.ts";

const STYLE: Style = { width: 100, color: false, unicode: true, bars: true };
const TEXT = (name: string): Column => ({ name, type: "text", description: "" });
const COUNT = (name: string): Column => ({ name, type: "count", description: "" });

interface Setting {
  panel: Pick<Panel, "columns" | "drawing"> & { list: ListDrawing };
  style?: Partial<Style>;
  wide?: boolean;
}

function print(rows: Record<string, unknown>[], { panel, style, wide = false }: Setting): string {
  const whole: Panel = {
    id: "made-up",
    title: "Made up",
    description: "",
    parameters: [],
    order: [],
    sql: () => "",
    ...panel,
  };
  return printList(whole, panel.list, rows, { ...STYLE, ...style }, wide);
}

const body = (text: string) => text.split("\n");

describe("a list", () => {
  const columns: Column[] = [
    TEXT("severity"),
    TEXT("title"),
    TEXT("mx"),
    COUNT("failed_sessions"),
    { name: "last_day", type: "date", description: "" },
    TEXT("meaning"),
    { name: "reasons", type: "texts", description: "" },
    { name: "fix", type: "texts", description: "" },
    TEXT("id"),
  ];
  const list = {
    mark: "severity",
    title: "title",
    about: ["mx"],
    facts: ["failed_sessions", "last_day"],
    sentences: ["meaning", "reasons"],
    steps: "fix",
    id: "id",
  };
  const panel = { columns, drawing: "list", list } as const;
  const row = {
    severity: "high",
    title: "Certificate expired",
    mx: "mx1.example.com",
    failed_sessions: 1,
    last_day: "2026-03-04",
    meaning: "It was past its end date.",
    reasons: ["One.", "Two."],
    fix: ["Renew it.", "$ renew mx1", "Load it."],
    id: "a1",
  };

  test("has a heading, what is known, and what to do first", () => {
    expect(body(print([row], { panel }))).toEqual([
      "HIGH  Certificate expired: mx1.example.com",
      "  1 failed session · last day 2026-03-04",
      "  It was past its end date.",
      "  - One.",
      "  - Two.",
      "  What to do first:",
      "  1. Renew it.",
      "     $ renew mx1",
      "  1 more step: --wide",
      "  id a1",
      "",
    ]);
    expect(body(print([row], { panel, wide: true })).slice(5, 9)).toEqual([
      "  What to do:",
      "  1. Renew it.",
      "     $ renew mx1",
      "  2. Load it.",
    ]);
  });

  test("says in one line how it stands, whose it is and who can mend it", () => {
    const more = [...columns, TEXT("state"), TEXT("whose"), TEXT("actor")];
    const facts = [...list.facts, "state", "whose", "actor"];
    const told = { ...row, state: "resolved", whose: "yours", actor: "mx-operator" };
    const setting = { panel: { ...panel, columns: more, list: { ...list, facts } } };
    expect(body(print([told], setting)).slice(0, 3)).toEqual([
      "HIGH  Certificate expired: mx1.example.com",
      "  Resolved. Whose fault: yours. First to act: whoever runs the mail server (MX).",
      "  1 failed session · last day 2026-03-04",
    ]);
  });

  test("has every other column with --wide, sentences one below the other", () => {
    const causes: Column = { name: "causes", type: "texts", description: "" };
    const more = [...columns, causes, TEXT("confidence"), TEXT("policy_text")];
    const told = {
      ...row,
      causes: ["It was forgotten.", "A job failed."],
      confidence: "high",
      policy_text: "version: STSv1\nmode: enforce",
    };
    const wide = body(print([told], { panel: { ...panel, columns: more }, wide: true }));
    const shown = [
      "  causes       It was forgotten.",
      "               A job failed.",
      "  confidence   high",
      "  policy text  version: STSv1",
      "               mode: enforce",
    ];
    expect(wide.filter((line) => shown.includes(line))).toEqual(shown);
    expect(print([told], { panel: { ...panel, columns: more } })).not.toContain("confidence");
  });

  test("leaves out what says nothing, and has colours", () => {
    const bare = { ...row, mx: "", meaning: null, reasons: [], fix: [], id: "" };
    expect(body(print([bare], { panel, style: { color: true } }))).toEqual([
      "\u001b[31mHIGH\u001b[0m  \u001b[1mCertificate expired\u001b[0m",
      "  1 failed session · last day 2026-03-04",
      "",
    ]);
  });
});
