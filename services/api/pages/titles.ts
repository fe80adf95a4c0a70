// What a page is called: its title with the names in its path, or, where those are ids, in words.

import { problemOf } from "../problem.ts";
import { showText } from "./format.ts";
import { problemLately, problemRow } from "./parts/problem-answers.ts";
import { reportOf } from "./parts/report-reading.ts";
import type { View } from "./view.ts";

/** Pages of one thing that has an id; null where there is no such thing. */
const IN_WORDS: Readonly<Record<string, (view: View) => Promise<string | null>>> = {
  problem: async (view) => {
    const row = (await problemRow(view)) ?? (await problemLately(view));
    if (row === undefined) return null;
    return `${row["title"]}: ${row["domain"] || "no domain"}${row["mx"] ? ` at ${row["mx"]}` : ""}`;
  },
  report: async (view) => {
    const head = (await reportOf(view))?.head;
    return head ? `Report of ${head["organization"] || "a sender"} about ${head["day"]}` : null;
  },
};

/** Ids are as long as hashes are; their beginning tells them apart. */
const ID = /^[0-9a-f-]{32,36}$/;

/**
 * The title of a page: "Domain example.com".
 * @throws StoreError when the store does not answer at all
 */
export async function titleOf(view: View): Promise<string> {
  const { page, path } = view;
  const words = Object.hasOwn(IN_WORDS, page.id) ? await inWords(view) : null;
  if (words !== null) return showText(words);
  const names = Object.values(path).map((name) =>
    ID.test(name) ? name.slice(0, 8) : showText(name),
  );
  return page.path.includes(":") ? [page.title, ...names].join(" ") : page.title;
}

/** What cannot be read is told by the section that shows it. */
async function inWords(view: View): Promise<string | null> {
  try {
    return (await IN_WORDS[view.page.id]?.(view)) ?? null;
  } catch (error) {
    if (problemOf(error).code === "store-unavailable") throw error;
    return null;
  }
}
