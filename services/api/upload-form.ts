// A form with files (multipart/form-data, RFC 7578) that is there as a whole, taken apart within bounds and
// in slices, so that however it is made, others have their turn.

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as othersTurn } from "node:timers/promises";
import { Busboy } from "@fastify/busboy";
import { BOUNDS } from "../core/bounds.ts";
import type { HandedFile } from "./options.ts";

export type UploadForm =
  | { ok: true; files: HandedFile[] }
  | { ok: false; why: "unreadable" | "too-many" };

const LIMITS = {
  parts: BOUNDS.uploadFilesMax + BOUNDS.uploadFieldsMax,
  files: BOUNDS.uploadFilesMax,
  fields: BOUNDS.uploadFieldsMax,
  fieldSize: BOUNDS.uploadFieldBytesMax,
  headerPairs: BOUNDS.uploadHeadersMax,
  headerSize: BOUNDS.uploadHeaderBytesMax,
} as const;

/** Reading stops at the first bound that is passed. */
class TooMany extends Error {}

/**
 * Gives the files of one field, in their order.
 * @param type the request's Content-Type, which has the boundary
 */
export async function readUploadForm(
  type: string,
  body: Uint8Array,
  field: string,
): Promise<UploadForm> {
  const files: { name: string; pieces: Uint8Array[] }[] = [];
  try {
    const parser = new Busboy({ headers: { "content-type": type }, limits: LIMITS });
    const stop = () => parser.destroy(new TooMany());
    parser.on("partsLimit", stop).on("filesLimit", stop).on("fieldsLimit", stop);
    parser.on("file", (name, stream, fileName) => {
      const pieces: Uint8Array[] = [];
      stream.on("data", (piece: Uint8Array) => pieces.push(piece));
      // That a part ends early is said of the whole form too.
      stream.on("error", () => {});
      if (name === field) files.push({ name: fileName ?? "", pieces });
    });
    const signal = AbortSignal.timeout(BOUNDS.uploadFormMsMax);
    await pipeline(Readable.from(slices(body)), parser, { signal });
  } catch (error) {
    return { ok: false, why: error instanceof TooMany ? "too-many" : "unreadable" };
  }
  return { ok: true, files: files.map(({ name, pieces }) => ({ name, bytes: joined(pieces) })) };
}

async function* slices(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += BOUNDS.uploadSliceBytesMax) {
    yield body.subarray(at, at + BOUNDS.uploadSliceBytesMax);
    await othersTurn();
  }
}

/** In memory of its own, which can be handed to a thread. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
