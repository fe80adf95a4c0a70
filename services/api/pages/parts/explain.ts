// The form for report files and mails: explained at once without being stored, or imported for real by
// whoever may. With script each file is explained in place (islands/upload.ts).

import { BOUNDS } from "../../../core/bounds.ts";
import { mayImport } from "../../may-import.ts";
import { FILES_FIELD } from "../../uploads.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { pageLink } from "../links.ts";
import { taskPiece } from "../task-piece.ts";
import type { View } from "../view.ts";

const MIB = 1024 * 1024;
/** Names that a file chooser shows; any other file is read all the same. */
const ACCEPT = ".json,.gz,.zip,.eml,.mbox,.mbx,.msg,.mime,application/json,message/rfc822";

/** The part of the page Set-up. */
export async function explain(view: View): Promise<MaybeHtml> {
  if (view.options.files === undefined) return NOTHING;
  return html`<section class="card full" id="explain" aria-labelledby="explain-title">
    <header><h2 id="explain-title">Explain report files</h2>
    <p class="about">What a report says, in words: the verdict, the problems with what to do, and what is
      odd about it. Nothing is stored.</p></header>
    ${await imported(view)}${uploadForm(mayImport(view.caller, view.options), pageLink(view, ""))}</section>
    <div id="explained" class="readings" data-upload-result></div>`;
}

/**
 * The form alone.
 * @param imports whether there is a button that stores
 * @param range the range that pages after it keep, as an address has it with "?", or ""
 */
export function uploadForm(imports: boolean, range: string): Html {
  const second = html`<button type="submit" class="plain" formaction="/import${range}">Import for real</button>`;
  const about = html`<p class="quiet">Import stores what was chosen; what is there already counts once. Each file is
    taken whatever its name, and goes to quarantine where it holds no report; of a folder
    <code>sealwatch import</code> takes the files that are named as reports are.</p>`;
  return html`<form class="upload" method="post" action="/explain${range}" enctype="multipart/form-data"
    data-upload><label class="drop" data-drop><span>Report files or mails: <code>.json</code>,
    <code>.json.gz</code>, <code>.zip</code>, <code>.eml</code>, mbox</span>
    <input type="file" name="${FILES_FIELD}" multiple required accept="${ACCEPT}"></label>
    <p class="quiet">Several at once, up to ${BOUNDS.uploadBytesMax / MIB} MiB together.</p>
    <p class="upload-buttons"><button type="submit">Explain</button> ${imports ? second : NOTHING}</p>
    ${imports ? about : NOTHING}<p role="status" class="upload-state" data-upload-state></p></form>`;
}

/** How far the import in the address is (`import`), for whoever started it. */
async function imported(view: View): Promise<MaybeHtml> {
  const id = view.url.searchParams.get("import");
  if (id === null) return NOTHING;
  const task = view.options.progress?.find(view.caller, id) ?? null;
  if (task === null) {
    return html`<p class="notice" role="status">Nothing is known of this import any more. What was taken is
      stored all the same: see <a href="${pageLink(view, "/reports")}">reports</a> and
      <a href="${pageLink(view, "/quarantine")}">quarantine</a>.</p>`;
  }
  return taskPiece(view, task);
}
