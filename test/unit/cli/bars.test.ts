// Bars: lengths, the smallest that is seen, plain locales and colours.

import { describe, expect, test } from "vitest";
import { bar, stackedBar } from "../../../services/cli/bars.ts";
import { paint, signs, styleOf } from "../../../services/cli/style.ts";
import { hasUnicode, withColor } from "../../../services/cli/terminal.ts";
import { recordedTerminal } from "./terminal.ts";

const PLAIN = { color: false, unicode: true };

describe("a bar", () => {
  test("has eighths of a column", () => {
    const shown = [0, 0.5, 1, 1 / 32, 3 / 8, 2].map((share) => bar(share, 4, PLAIN));
    expect(shown).toEqual(["", "██", "████", "▏", "█▌", "████"]);
  });

  test("is seen however short it is, and nothing is nothing", () => {
    expect(bar(1e-9, 10, PLAIN)).toBe("▏");
    expect([bar(Number.NaN, 10, PLAIN), bar(-1, 10, PLAIN)]).toEqual(["", ""]);
  });

  test("is of ASCII where the locale is", () => {
    const ascii = { color: false, unicode: false };
    expect([1, 0.5, 1e-9].map((share) => bar(share, 4, ascii))).toEqual(["####", "##", "#"]);
    expect(stackedBar({ failed: 1, successful: 3 }, 4, 4, ascii)).toBe("#...");
  });
});

describe("a bar of failed and successful sessions", () => {
  const stacked = (failed: number, successful: number) =>
    stackedBar({ failed, successful }, 100, 10, PLAIN);

  test("is as long as both, failed first", () => {
    expect(stacked(50, 50)).toBe("█████░░░░░");
    expect(stacked(0, 50)).toBe("░░░░░");
    expect(stacked(50, 0)).toBe("█████");
    expect(stacked(0, 0)).toBe("");
  });

  test("shows one failure in a million", () => {
    expect(stackedBar({ failed: 1, successful: 1e6 }, 1e6, 10, PLAIN)).toBe("█░░░░░░░░░");
    expect(stackedBar({ failed: 1, successful: 0 }, 1e6, 10, PLAIN)).toBe("█");
  });

  test("has its colours", () => {
    const color = { color: true, unicode: true };
    expect(stackedBar({ failed: 1, successful: 1 }, 2, 2, color)).toBe(
      "\u001b[31m█\u001b[0m\u001b[32m░\u001b[0m",
    );
  });
});

test("colour is where it is wanted, bars where somebody looks", () => {
  const terminal = recordedTerminal(80);
  const style = (to: typeof terminal) => styleOf(to);
  expect(style(terminal)).toEqual({ width: 80, color: false, unicode: true, bars: true });
  expect(styleOf(withColor(terminal, "always")).color).toBe(true);
  expect(styleOf(withColor({ ...terminal, color: true }, "never")).color).toBe(false);
  expect(styleOf(withColor({ ...terminal, color: true }, "auto")).color).toBe(true);
  expect(styleOf({ ...terminal, outIsTerminal: false }).bars).toBe(false);
  expect(paint("x", "bad", { color: false })).toBe("x");
  expect(paint("", "bad", { color: true })).toBe("");
});

test("the locale says whether there is more than ASCII", () => {
  const good = [{ LANG: "C.UTF-8" }, { LC_ALL: "de_DE.utf8", LANG: "C" }, { LC_CTYPE: "UTF-8" }];
  const bad = [{}, { LANG: "C" }, { LC_ALL: "C", LANG: "C.UTF-8" }, { LANG: "de_DE@euro" }];
  expect(good.map(hasUnicode)).toEqual([true, true, true]);
  expect(bad.map(hasUnicode)).toEqual([false, false, false, false]);
  expect(signs("a… – ·ü", { unicode: false })).toBe("a~ - -ü");
});
