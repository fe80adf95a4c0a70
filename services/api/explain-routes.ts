// POST /explain and POST /import: report files from the form of the page Set-up, explained without being
// stored, or put into the spool for real.

import type { Context, Hono } from "hono";
import { BOUNDS } from "../core/bounds.ts";
import { SpoolRefusal, type SpoolWriter } from "../spool/port.ts";
import { callerOf, needs } from "./access.ts";
import type { ApiOptions, HandedFile, ReportFiles } from "./options.ts";
import { type Html, html } from "./pages/html.ts";
import { mayImport, uploadForm } from "./pages/parts/explain.ts";
import { fileReading } from "./pages/reading.ts";
import type { Say } from "./pages/routes.ts";
import type { ProgressBoard, Task } from "./progress.ts";
import { createUploads, type Refusal } from "./uploads.ts";

interface Site {
  options: ApiOptions;
  board: ProgressBoard;
  say: Say;
}

const NO_FILES: Refusal = { status: 503, text: "This process reads no files." };
const NOT_ALL: Refusal = {
  status: 403,
  text:
    "Importing counts as your own word for a report about any domain: it needs the scope reprocess, all " +
    "tenants, and a process that receives. Ask the operator.",
};

/** Adds both routes. */
export function explainRoutes(app: Hono, site: Site): void {
  const { options } = site;
  const { files } = options;
  const uploads = createUploads();
  const refuse = (c: Context) => (refusal: Refusal) => answerRefusal(c, site, refusal);
  app.post("/explain", (c) => {
    if (files === undefined) return answerRefusal(c, site, NO_FILES);
    return uploads.take(c, (handed) => explainAll(c, site, files, handed), refuse(c));
  });
  app.post("/import", needs("reprocess", options), (c) => {
    const { spool } = options;
    if (files === undefined) return answerRefusal(c, site, NO_FILES);
    if (spool === null || !mayImport(callerOf(c), options)) return answerRefusal(c, site, NOT_ALL);
    return uploads.take(c, (handed) => importAll(c, site, { files, spool }, handed), refuse(c));
  });
}

/** One after the other, so that an upload takes one thread. */
async function explainAll(
  c: Context,
  site: Site,
  files: ReportFiles,
  handed: readonly HandedFile[],
): Promise<Response> {
  const pieces: Html[] = [];
  for (const file of handed) pieces.push(fileReading(file.name, await files.explain(file)));
  const results = html`${pieces}`;
  // The page's script puts the piece into the page.
  if (c.req.query("piece") !== undefined) return c.html(results);
  return answerPage(c, site, 200, html`<div class="readings">${results}</div>`);
}

interface Taking {
  files: ReportFiles;
  spool: SpoolWriter;
}

async function importAll(
  c: Context,
  { options, board }: Site,
  { files, spool }: Taking,
  handed: readonly HandedFile[],
): Promise<Response> {
  const receipts: string[] = [];
  const refused: { place: string; why: string }[] = [];
  for (const file of handed) {
    for await (const message of files.messages(file)) {
      if ("why" in message) refused.push(message);
      else if (receipts.length >= BOUNDS.uploadMessagesMax) {
        refused.push({ place: file.name, why: TOO_MANY });
        break;
      } else {
        const receipt = await append(spool, message);
        if (typeof receipt !== "string") refused.push(receipt);
        else {
          const { length: bytes } = message.bytes;
          options.emit("message-accepted", { channel: "import", bytes, receipt });
          receipts.push(receipt);
        }
      }
    }
  }
  const started: Omit<Task, "id"> = { kind: "import", receipts, sinceMs: 0, refused };
  const task = board.begin(callerOf(c), started);
  return c.redirect(`/setup?import=${task.id}#explain`, 303);
}

const TOO_MANY =
  `holds more: ${BOUNDS.uploadMessagesMax} messages are taken at a time. Run sealwatch import where the ` +
  "file is; what was taken counts once";

/** Its receipt, or why the spool does not take it. */
async function append(
  spool: SpoolWriter,
  { name, bytes }: HandedFile,
): Promise<string | { place: string; why: string }> {
  const nobody = { peer: "", helo: "", tls: "", mailFrom: "", contentType: "", key: "" };
  const arriving = { channel: "import", fileName: name, reprocess: false } as const;
  try {
    return await spool.append({ ...nobody, ...arriving, rcptTo: [] }, bytes);
  } catch (error) {
    if (!(error instanceof SpoolRefusal)) throw error;
    return { place: name, why: `is not taken: ${error.message}` };
  }
}

function answerRefusal(c: Context, site: Site, { status, text }: Refusal): Promise<Response> {
  if (status === 429 || status === 503) c.header("Retry-After", "5");
  const piece = html`<p class="notice" role="alert">${text}</p>`;
  if (c.req.query("piece") !== undefined) return Promise.resolve(c.html(piece, status));
  return answerPage(c, site, status, piece);
}

async function answerPage(
  c: Context,
  { options, say }: Site,
  status: 200 | Refusal["status"],
  body: Html,
): Promise<Response> {
  const again = uploadForm(mayImport(callerOf(c), options));
  const whole = html`<section class="card full">${again}<p><a href="/setup">Set-up</a></p></section>${body}`;
  return say(c, status, { title: "Explain report files", words: "", body: whole });
}
