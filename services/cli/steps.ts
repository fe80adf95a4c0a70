// What to do, step by step. A step that begins with "$ " is a command line: it belongs to the step before and
// stays in one line, to be copied.

import { printable } from "../core/printable.ts";
import { proseWidth, type Style } from "./style.ts";
import { wrap } from "./text-width.ts";

const COMMAND = /^\$ /;

/** Numbered steps, each with its commands below it. They are made printable here. */
export function stepLines(steps: readonly string[], style: Style, indent: string): string[] {
  let number = 0;
  return steps.flatMap((step) => {
    const margin = `${indent}   `;
    if (COMMAND.test(step)) return [`${margin}${printable(step)}`];
    number += 1;
    const lines = wrap(printable(step), proseWidth(style) - margin.length);
    return lines.map((line, at) => (at === 0 ? `${indent}${number}. ${line}` : `${margin}${line}`));
  });
}

/** The first step with its commands. */
export function firstStep(steps: readonly string[]): string[] {
  const next = steps.findIndex((step, at) => at > 0 && !COMMAND.test(step));
  return steps.slice(0, next === -1 ? steps.length : next);
}

/** How many steps there are, commands left out. */
export function stepCount(steps: readonly string[]): number {
  return steps.filter((step) => !COMMAND.test(step)).length;
}
