// Files that a browser hands in by a form, within bounds: so many at a time, so large, so many in one.

import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { BOUNDS } from "../core/bounds.ts";
import { cutText } from "../core/text.ts";
import type { HandedFile } from "./options.ts";

/** Name of the form's field. */
export const FILES_FIELD = "file";

/** Why nothing is done with an upload. */
export interface Refusal {
  status: 400 | 403 | 413 | 429 | 503;
  text: string;
}

export type Upload = { ok: true; files: HandedFile[] } | { ok: false; refusal: Refusal };

export interface Uploads {
  /**
   * Takes the files of a request and does something with them, while there is room for one more.
   * @param work is given the files in the order of the form, one at least
   */
  take<T>(
    c: Context,
    work: (files: HandedFile[]) => Promise<T>,
    refuse: (refusal: Refusal) => T | Promise<T>,
  ): Promise<T>;
}

const MIB = 1024 * 1024;
const TOO_LARGE = `That is more than ${BOUNDS.uploadBytesMax / MIB} MiB. Hand in fewer files, or run \
sealwatch report or sealwatch import where the files are.`;

/** Makes room for BOUNDS.uploadsMax uploads. */
export function createUploads(): Uploads {
  let running = 0;
  return {
    take: async (c, work, refuse) => {
      if (running >= BOUNDS.uploadsMax) {
        const text = "Others are handing in files right now. Try again in a moment.";
        return refuse({ status: 429, text });
      }
      running += 1;
      try {
        const upload = await readUpload(c);
        return upload.ok ? await work(upload.files) : await refuse(upload.refusal);
      } finally {
        running -= 1;
      }
    },
  };
}

async function readUpload(c: Context): Promise<Upload> {
  const type = c.req.header("Content-Type") ?? "";
  if (!/^multipart\/form-data\b/i.test(type)) {
    return refused(400, "Please use the form of the page Set-up.");
  }
  const parsed: { form?: FormData } = {};
  const limited = await bounded(c, async () => {
    parsed.form = await c.req.formData().catch(() => new FormData());
  });
  return limited === undefined ? readFiles(parsed.form ?? new FormData()) : refused(413, TOO_LARGE);
}

const bounded = bodyLimit({
  maxSize: BOUNDS.uploadBytesMax,
  onError: () => new Response(null, { status: 413 }),
});

async function readFiles(form: FormData): Promise<Upload> {
  // A form without a chosen file sends one without a name.
  const chosen = form.getAll(FILES_FIELD).filter((one) => typeof one !== "string");
  const files = chosen.filter(({ name, size }) => name !== "" || size > 0);
  if (files.length === 0) return refused(400, "No file came with the form. Choose one first.");
  if (files.length > BOUNDS.uploadFilesMax) {
    const text = `That is more than ${BOUNDS.uploadFilesMax} files: run sealwatch import where they are.`;
    return refused(413, text);
  }
  const read = files.map(async (file) => ({
    name: cutText(baseName(file.name), BOUNDS.textCharsMax),
    bytes: new Uint8Array(await file.arrayBuffer()),
  }));
  return { ok: true, files: await Promise.all(read) };
}

/** A browser may send the way to a file within a folder that was dropped. */
function baseName(name: string): string {
  return name.split(/[\\/]/).at(-1) ?? "";
}

function refused(status: Refusal["status"], text: string): Upload {
  return { ok: false, refusal: { status, text } };
}
