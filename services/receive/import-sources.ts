// Finds and reads what `sealwatch import` is given: report files, mails, mbox files, Maildirs and
// folders of these, and standard input. It knows names and containers, not reports: what a file holds
// is decided later, by its bytes.

import { createReadStream, type Dirent } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { Readable } from "node:stream";
import { ImportFileError, openImportFile } from "./import-file.ts";
import { splitMbox } from "./mbox.ts";

/** One message to import, or why there is none at this place. */
export type Source =
  | { kind: "message"; place: string; fileName: string; bytes: Uint8Array }
  | { kind: "skipped"; place: string; why: string }
  | { kind: "failed"; place: string; why: string };

/** What a folder is searched for; a file named on the command line is taken whatever its name. */
const EXTENSIONS = new Set([".json", ".gz", ".eml", ".mbox", ".mbx", ".zip", ".msg", ".mime"]);

/** Names of standard input beside -. */
const STANDARD_INPUT = new Set(["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]);

const MBOX_HEAD = Buffer.from("From ");

const MAILDIR_FOLDERS = new Set(["cur", "new"]);

/** A path that is a file to read. */
interface Found {
  kind: "file";
  path: string;
}

/** Lists the files below the paths, in the order given and by name within a folder. */
export async function* findFiles(
  paths: readonly string[],
): AsyncGenerator<Found | Exclude<Source, { kind: "message" }>> {
  for (const path of paths) {
    if (STANDARD_INPUT.has(path)) {
      yield { kind: "file", path: "-" };
      continue;
    }
    try {
      const found = await stat(path);
      if (found.isDirectory()) yield* walk(path);
      else yield { kind: "file", path };
    } catch (error) {
      yield failed(path, error);
    }
  }
}

async function* walk(folder: string): AsyncGenerator<Found | Exclude<Source, { kind: "message" }>> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    yield failed(folder, error);
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const maildir = MAILDIR_FOLDERS.has(basename(folder));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      // Maildir keeps half-delivered mails in tmp (https://cr.yp.to/proto/maildir.html).
      const isMaildirTmp = entry.name === "tmp" && entries.some((one) => one.name === "cur");
      if (!isMaildirTmp) yield* walk(path);
    } else if (maildir || EXTENSIONS.has(extname(entry.name).toLowerCase())) {
      yield { kind: "file", path };
    } else {
      yield { kind: "skipped", place: path, why: "not a name of a report, mail or mbox" };
    }
  }
}

/**
 * Reads one file that findFiles found: one message, or each message of an mbox.
 * @param bytesMax messages over it are told as failed, the rest of an mbox goes on
 */
export async function* readSource(
  path: string,
  bytesMax: number,
  standardInput: Readable,
): AsyncGenerator<Source> {
  const fileName = path === "-" ? "" : basename(path);
  try {
    if (path === "-") {
      yield* readStream(standardInput, "standard input", "", bytesMax);
      return;
    }
    const opened = openImportFile(path, bytesMax);
    if (opened.kind === "pipe") {
      yield* readStream(opened.stream, path, "", bytesMax);
      return;
    }
    const { bytes } = opened;
    if (bytes === null) {
      if (await isMboxFile(path)) {
        yield* readStream(createReadStream(path), path, fileName, bytesMax);
      } else yield tooLarge(path, bytesMax);
    } else yield* readBytes(bytes, path, fileName, bytesMax);
  } catch (error) {
    yield failed(path === "-" ? "standard input" : path, error);
  }
}

/**
 * The messages of a file that is in memory: one, or each of an mbox.
 * @param bytesMax messages over it are told as failed
 */
export async function* readBytes(
  bytes: Buffer,
  place: string,
  fileName: string,
  bytesMax: number,
): AsyncGenerator<Source> {
  if (bytes.length > bytesMax && !isMbox(bytes)) yield tooLarge(place, bytesMax);
  else if (isMbox(bytes)) yield* readStream(Readable.from([bytes]), place, fileName, bytesMax);
  else yield { kind: "message", place, fileName, bytes };
}

async function* readStream(
  stream: Readable,
  place: string,
  fileName: string,
  bytesMax: number,
): AsyncGenerator<Source> {
  let number = 0;
  for await (const message of splitMbox(stream, bytesMax)) {
    number += 1;
    const at = message.mbox ? `${place}, message ${number}` : place;
    // The name of an mbox says nothing about the reports in it.
    const name = message.mbox ? "" : fileName;
    yield message.bytes === null
      ? tooLarge(at, bytesMax)
      : { kind: "message", place: at, fileName: name, bytes: message.bytes };
  }
}

async function isMboxFile(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(MBOX_HEAD.length);
    await file.read(head, 0, head.length, 0);
    return isMbox(head);
  } finally {
    await file.close();
  }
}

function isMbox(bytes: Buffer): boolean {
  return bytes.subarray(0, MBOX_HEAD.length).equals(MBOX_HEAD);
}

function tooLarge(place: string, bytesMax: number): Source {
  const why = `is larger than the ${bytesMax} bytes that one message may have (message_bytes_max)`;
  return { kind: "failed", place, why };
}

function failed(place: string, error: unknown): Exclude<Source, { kind: "message" }> {
  if (error instanceof ImportFileError) return { kind: "failed", place, why: error.message };
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why: Record<string, string> = {
    ENOENT: "does not exist",
    EACCES: "cannot be read: permission denied; run as a user who may, or change its mode",
    EPERM: "cannot be read: not permitted",
    EISDIR: "is a folder",
  };
  return { kind: "failed", place, why: why[code] ?? String(error) };
}
