// The progress bar on a made-up screen and clock.

import { expect, test } from "vitest";
import { barLine, createProgress } from "../../../services/cli/progress.ts";
import { displayWidth } from "../../../services/cli/text-width.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";

function screen(isTerminal: boolean, columns = 80) {
  const written: string[] = [];
  return { isTerminal, columns, written, write: (text: string) => void written.push(text) };
}

test("silent without a terminal", () => {
  const to = screen(false);
  const progress = createProgress({ label: "importing", total: 10, screen: to });
  progress.advance(5);
  progress.note("waiting");
  progress.finish();
  expect(to.written).toEqual([]);
});

test("bar, counts, rate and time left", () => {
  expect(
    barLine({ label: "importing", total: 2_000, done: 500, note: "", elapsedMs: 10_000 }),
  ).toBe("importing ██████░░░░░░░░░░░░░░░░░░  25%  500/2,000  50/s  30s left");
  expect(barLine({ label: "x", total: 4, done: 1, note: "", elapsedMs: 2_000 })).toMatch(
    /0\.5\/s {2}6s left$/,
  );
  expect(barLine({ label: "x", total: 4, done: 4, note: "storing", elapsedMs: 1 })).toBe(
    "x ████████████████████████ 100%  4/4  storing",
  );
  expect(barLine({ label: "x", total: 0, done: 0, note: "", elapsedMs: 0 })).toMatch(
    /100% {2}0\/0$/,
  );
  // Ten thousand and more are found than was thought.
  expect(barLine({ label: "x", total: 1, done: 2, note: "", elapsedMs: 1 })).toMatch(
    /100% {2}2\/1$/,
  );
});

test("drawn seldom, within the screen, and gone at the end", () => {
  const to = screen(true, 30);
  let timeMs = 0;
  const progress = createProgress({
    label: "importing",
    total: 1_000,
    screen: to,
    nowMs: () => timeMs,
  });
  for (let done = 0; done < 1_000; done++) {
    timeMs += 1;
    progress.advance(1);
  }
  expect(to.written.length).toBeLessThanOrEqual(1_000 / BOUNDS.progressMsMin + 1);
  expect(to.written.length).toBeGreaterThan(2);
  for (const drawn of to.written) {
    expect(drawn.startsWith("\r\u001b[K")).toBe(true);
    expect(displayWidth(drawn.slice(4))).toBeLessThan(30);
  }
  timeMs += 1_000;
  progress.note("bad\u001b[2Jname");
  expect(to.written.at(-1)).not.toContain("\u001b[2J");
  progress.finish();
  expect(to.written.at(-1)).toBe("\r\u001b[K");
});
