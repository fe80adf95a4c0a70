// POST /explain and POST /import: report files from the form of the page Set-up, explained without being
// stored, or put into the spool for real.

import type { Context, Hono } from "hono";
import { BOUNDS } from "../core/bounds.ts";
import { SpoolRefusal, type SpoolWriter } from "../spool/port.ts";
import { callerOf } from "./access.ts";
import { mayImport } from "./may-import.ts";
import type { ApiOptions, HandedFile, ReportFiles } from "./options.ts";
import { type Html, html } from "./pages/html.ts";
import { rangeOf } from "./pages/links.ts";
import { uploadForm } from "./pages/parts/explain.ts";
import { fileReading } from "./pages/reading.ts";
import type { Say } from "./pages/routes.ts";
import type { ProgressBoard, Task } from "./progress.ts";
import type { Seat } from "./upload-turns.ts";
import { createUploads, type Refusal, refuseUpload } from "./uploads.ts";

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
    if (files === undefined) return refuseUpload(c, () => refuse(c)(NO_FILES));
    const explain = (handed: readonly HandedFile[], turn: Seat["turn"]) =>
      explainAll(c, site, handed, (file) => turn(() => files.explain(file)));
    return uploads.take(c, explain, refuse(c));
  });
  // Not behind needs("reprocess"): who may not is told on a page, whatever it is that is missing.
  app.post("/import", (c) => {
    const { spool } = options;
    const caller = callerOf(c);
    if (files === undefined) return refuseUpload(c, () => refuse(c)(NO_FILES));
    if (spool === null || !mayImport(caller, options)) {
      options.emit("access-refused", { status: 403, path: c.req.path, caller: caller.name });
      return refuseUpload(c, () => refuse(c)(NOT_ALL));
    }
    const take = (handed: readonly HandedFile[], turn: Seat["turn"]) =>
      importAll(c, site, { files, spool, turn }, handed);
    return uploads.take(c, take, refuse(c));
  });
}

/** One after the other, so that an upload takes one thread; no more of them once nobody waits for it. */
async function explainAll(
  c: Context,
  site: Site,
  handed: readonly HandedFile[],
  explain: ReportFiles["explain"],
): Promise<Response> {
  const pieces: Html[] = [];
  for (const file of handed) {
    if (c.req.raw.signal.aborted) break;
    pieces.push(fileReading(file.name, await explain(file)));
  }
  const results = html`${pieces}`;
  // The page's script puts the piece into the page.
  if (c.req.query("piece") !== undefined) return c.html(results);
  return answerPage(c, site, 200, html`<div class="readings">${results}</div>`);
}

interface Taking {
  files: ReportFiles;
  spool: SpoolWriter;
  turn: Seat["turn"];
}

async function importAll(
  c: Context,
  { options, board }: Site,
  taking: Taking,
  handed: readonly HandedFile[],
): Promise<Response> {
  const receipts: string[] = [];
  const refused: { place: string; why: string }[] = [];
  const taken = (receipt: string, bytes: number) => {
    options.emit("message-accepted", { channel: "import", bytes, receipt });
    receipts.push(receipt);
  };
  for (const file of handed) {
    const room = () => receipts.length < BOUNDS.uploadMessagesMax;
    await taking.turn(() => importFile(taking, file, { taken, refused, room }));
  }
  const started: Omit<Task, "id"> = { kind: "import", receipts, sinceMs: 0, refused };
  const task = board.begin(callerOf(c), started);
  const search = rangeOf(new URL(c.req.url));
  search.set("import", task.id);
  return c.redirect(`/setup?${search}#explain`, 303);
}

interface Imported {
  taken(receipt: string, bytes: number): void;
  refused: { place: string; why: string }[];
  /** False when no more messages are taken. */
  room(): boolean;
}

async function importFile(
  { files, spool }: Taking,
  file: HandedFile,
  { taken, refused, room }: Imported,
): Promise<void> {
  for await (const message of files.messages(file)) {
    if ("why" in message) refused.push(message);
    else if (!room()) {
      refused.push({ place: file.name, why: TOO_MANY });
      return;
    } else {
      const receipt = await append(spool, message);
      if (typeof receipt === "string") taken(receipt, message.bytes.length);
      else refused.push(receipt);
    }
  }
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
  if (status === 429 || status === 503) c.header("Retry-After", String(BOUNDS.uploadRetrySeconds));
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
  const search = rangeOf(new URL(c.req.url));
  const range = search.size > 0 ? `?${search}` : "";
  const again = uploadForm(mayImport(callerOf(c), options), range);
  const whole = html`<section class="card full">${again}<p><a href="/setup${range}">Set-up</a></p></section>${body}`;
  return say(c, status, { title: "Explain report files", words: "", body: whole });
}
