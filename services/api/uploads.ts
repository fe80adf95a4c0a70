// Files that a browser hands in by a form, within bounds: so many at a time, so large, so many in one.

import type { Context } from "hono";
import { BOUNDS } from "../core/bounds.ts";
import { BodyAborted, type Hold } from "../core/limits/body.ts";
import { cutText } from "../core/text.ts";
import { shareKeyOf } from "./access.ts";
import type { HandedFile } from "./options.ts";
import { createUploadBodies, dropUploadBody, readUploadBody } from "./upload-body.ts";
import { readUploadForm } from "./upload-form.ts";
import { createUploadTurns, type Seat } from "./upload-turns.ts";

/** Name of the form's field. */
export const FILES_FIELD = "file";

/** Why nothing is done with an upload. */
export interface Refusal {
  status: 400 | 403 | 413 | 429 | 503;
  text: string;
}

export interface Uploads {
  /**
   * Takes the files of a request and does something with them, while there is room for one more.
   * @param work is given the files in the order of the form, one at least, and what waits for its turn
   */
  take<T>(
    c: Context,
    work: (files: HandedFile[], turn: Seat["turn"]) => Promise<T>,
    refuse: (refusal: Refusal) => T | Promise<T>,
  ): Promise<T>;
}

const MIB = 1024 * 1024;
const BUSY: Refusal = {
  status: 429,
  text: "Others are handing in files right now, or you are. Try again in a moment.",
};
const TOO_LARGE: Refusal = {
  status: 413,
  text: `That is more than ${BOUNDS.uploadBytesMax / MIB} MiB. Hand in fewer files, or run sealwatch report or \
sealwatch import where the files are.`,
};
const TOO_MANY: Refusal = {
  status: 413,
  text: `That is more than ${BOUNDS.uploadFilesMax} files: run sealwatch import where they are.`,
};
const NO_FORM: Refusal = { status: 400, text: "Please use the form of the page Set-up." };
const UNREADABLE: Refusal = {
  status: 400,
  text: "The form could not be read: it ends early, or is not made as forms are. Send it again.",
};
const NO_FILE: Refusal = {
  status: 400,
  text: "No file came with the form. Choose one first.",
};

/** Makes room for uploads: in memory while they come, then on seats, where they take turns. */
export function createUploads(): Uploads {
  const bodies = createUploadBodies();
  const turns = createUploadTurns({
    runningMax: BOUNDS.uploadsMax,
    seatsMax: BOUNDS.uploadsWaitingMax,
    seatsMaxEach: BOUNDS.uploadsWaitingMaxEach,
  });
  return {
    take: async (c, work, refuse) => {
      const caller = shareKeyOf(c);
      const hold = bodies.open(caller);
      try {
        const read = await readFiles(c, hold);
        if ("status" in read) return await refuse(read);
        // Nobody has a seat before all of it is there, so that slow senders keep none.
        const seat = turns.sit(caller);
        if (seat === null) return await refuse(BUSY);
        try {
          return await work(read, seat.turn);
        } finally {
          seat.leave();
        }
      } finally {
        hold.resize(0);
      }
    },
  };
}

/** Answers without a look at the files, but takes them off the line: see dropUploadBody. */
export async function refuseUpload<T>(c: Context, refuse: () => T | Promise<T>): Promise<T> {
  await dropUploadBody(c).catch(onlyAborted);
  return refuse();
}

function onlyAborted(error: unknown): null {
  // Nobody is there any more to be told.
  if (error instanceof BodyAborted) return null;
  throw error;
}

async function readFiles(c: Context, hold: Hold): Promise<HandedFile[] | Refusal> {
  const type = c.req.header("Content-Type") ?? "";
  if (!/^multipart\/form-data\b/i.test(type)) return refuseUpload(c, () => NO_FORM);
  const body = await readUploadBody(c, hold).catch(onlyAborted);
  if (body === null) return UNREADABLE;
  if (body.refusal !== null) return body.refusal === "too-large" ? TOO_LARGE : BUSY;
  const form = await readUploadForm(type, body.bytes(), FILES_FIELD);
  // The files are no larger than what they came in.
  const { length } = body.bytes();
  body.release();
  hold.resize(length);
  if (!form.ok) return form.why === "too-many" ? TOO_MANY : UNREADABLE;
  // A form without a chosen file sends one without a name.
  const files = form.files.filter(({ name, bytes }) => name !== "" || bytes.length > 0);
  if (files.length === 0) return NO_FILE;
  return files.map(({ name, bytes }) => ({ name: cutText(name, BOUNDS.textCharsMax), bytes }));
}
