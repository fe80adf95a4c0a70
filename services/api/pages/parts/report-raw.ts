// The JSON of a report beside what was made of it.

import { rawLink, readReportBeginning } from "../../report-record.ts";
import { cardOf } from "../card.ts";
import { showPlural } from "../format.ts";
import { html, type MaybeHtml } from "../html.ts";
import { rawText } from "../raw-text.ts";
import type { View } from "../view.ts";
import { textLines } from "./record-pieces.ts";
import { reportOf } from "./report-reading.ts";

/** The text as it came, laid out; the beginning of it where it is long. */
export async function reportRaw(view: View): Promise<MaybeHtml> {
  const record = await reportOf(view);
  if (record === null) return "";
  const { head } = record;
  const found = await readReportBeginning(view.options.store, view.scope, record);
  if (found === null) return "";
  const { lines, cut } = rawText(found.bytes, found.size);
  return cardOf({
    id: "raw",
    title: "As received",
    about: "The JSON as it came, only laid out. Characters that hide or turn text are written out.",
    width: "half",
    body: [
      textLines(lines, "The report as received"),
      cut ? html`<p class="notice">This is the beginning. The download has all of it.</p>` : "",
      html`<p><a href="${rawLink(head)}" download>The exact bytes</a> (${showPlural(found.size, "byte")}) ·
        <a href="/api/v1/reports/${String(head["id"])}">This report as the API tells it</a></p>`,
    ],
  });
}
