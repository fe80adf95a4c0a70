// Steps to take, in order: sentences, and what is to be typed or published as it is: a command, which begins
// with "$ ", and the lines after the first. A step that is a command alone belongs to the one before it.

import type { Cell } from "../../query/panel.ts";
import { copyable } from "./copyable.ts";
import { showText } from "./format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "./html.ts";

const COMMAND = /^(.*?)\$ (.+)$/;

/**
 * An ordered list; nothing for no steps.
 * @param id begins the ids of what can be copied
 */
export function stepList(cell: Cell | undefined, id: string): MaybeHtml {
  if (!Array.isArray(cell) || cell.length === 0) return NOTHING;
  const whole: string[] = [];
  for (const step of cell) {
    if (step.startsWith("$ ") && whole.length > 0) whole.push(`${whole.pop()}\n${step.slice(2)}`);
    else whole.push(step);
  }
  const items = whole.map((step, i) => html`<li>${stepOf(step, `${id}-${i + 1}`)}</li>`);
  return html`<ol class="steps">${items}</ol>`;
}

function stepOf(step: string, id: string): Html {
  const [first = "", ...lines] = step.split("\n");
  const [, words = first, command] = COMMAND.exec(first) ?? [];
  const typed = command === undefined ? lines : [command, ...lines];
  return html`${wordsOf(words)}${typed.length === 0 ? NOTHING : copyable(id, NOTHING, typed.join("\n"))}`;
}

/** Names between back quotes are those of programs. */
function wordsOf(words: string): Html {
  const pieces = words
    .split("`")
    .map((piece, i) => (i % 2 === 1 ? html`<code>${showText(piece)}</code>` : showText(piece)));
  return html`${pieces}`;
}
