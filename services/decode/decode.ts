// From the bytes of one message to the report texts in it: gzip, zip and mail in any sensible order,
// told by their first bytes. It says where each text was found and how its labels differ from
// RFC 8460; it does not look into the JSON.

import { BOUNDS } from "../core/bounds.ts";
import type { Deviation, DeviationCode } from "../core/deviation.ts";
import type { Raw } from "../core/raw.ts";
import { classifyMail, isDeliveryStatus } from "./classify.ts";
import { type Failure, type Inflated, inflate } from "./inflate.ts";
import { essence, isMessage, isReportName, labelDeviations, mayHoldReport } from "./labels.ts";
import { type MailHeader, type MailPart, readMail } from "./mail.ts";
import { tooDeep } from "./mail-bounds.ts";
import { bufferOf, isDmarcXml, sniff, unlabelledBase64 } from "./media.ts";
import { unzip } from "./unzip.ts";

type Reasoned = Pick<Failure, "reason" | "message">;

/** A text that may be a report, or a thing that could not be unfolded. */
export interface Found {
  /** Why it could not be unfolded; null when `bytes` are the text. */
  failure: Reasoned | null;
  bytes: Buffer;
  /** "mail > gzip > json": what was unfolded, outermost first. */
  media: string;
  /** Name of the attachment, zip entry or imported file; "" without one. */
  fileName: string;
  /** Part number within a mail, "" otherwise. */
  place: string;
  /** True when something says that this is a TLS report, so that a failure is worth its own item. */
  claimed: boolean;
  /** Header of the innermost mail around it; null outside of mails. */
  header: MailHeader | null;
  /** How many mails are around it: 1 for a part of the message itself. */
  mails: number;
  deviations: Deviation[];
}

export interface Decoded {
  /** Header of the outermost mail; null when the message is no mail. */
  header: MailHeader | null;
  /** What the message is by its first bytes. */
  media: string;
  /** In the order of the message. */
  found: Found[];
  /** What to say of the message when nothing in it gives an item. */
  otherwise: Reasoned;
}

/** Something on its way to be unfolded. */
interface Piece extends Found {
  mayBeMail: boolean;
  compressions: number;
  /** Declared media type; null where nothing is declared by nature: files and zip entries. */
  contentType: string | null;
}

interface State {
  bytesLeft: number;
  partsLeft: number;
  decoded: Decoded;
  nullSender: boolean;
}

const NOTHING = { reason: "not-json", message: "no JSON text was found" } as const;
const EMPTY = { reason: "empty", message: "it has no bytes, or white space only" } as const;
const DMARC = {
  reason: "dmarc-report",
  message: "it is the XML of a DMARC aggregate report",
} as const;

/**
 * Finds the report texts of one message. All bounds are those of core/bounds.ts. A promise where
 * something is waited for, which small reports outside of mails need not.
 */
export function decode({ arrival, bytes }: Raw): Decoded | Promise<Decoded> {
  const decoded: Decoded = { header: null, media: "", found: [], otherwise: NOTHING };
  const state: State = {
    bytesLeft: BOUNDS.decodedBytesMax,
    partsLeft: BOUNDS.mailPartsMax,
    decoded,
    nullSender: arrival.channel === "smtp" && arrival.mailFrom === "",
  };
  const piece: Piece = {
    failure: null,
    bytes: bufferOf(bytes),
    media: "",
    fileName: arrival.fileName,
    place: "",
    claimed: true,
    header: null,
    deviations: [],
    mayBeMail: true,
    compressions: 0,
    mails: 0,
    contentType: arrival.channel === "https" ? essence(arrival.contentType) : null,
  };
  // What comes by SMTP is a mail even without a header.
  const isMail = arrival.channel === "smtp" && sniff(bytes, true) === "other";
  const unfolded = isMail ? unfoldMail(piece, state) : unfold(piece, state);
  return unfolded === undefined ? decoded : unfolded.then(() => decoded);
}

/** A promise only where something is waited for: small reports are unfolded in one go. */
type Unfolded = Promise<void> | undefined;

function unfold(piece: Piece, state: State): Unfolded {
  const media = sniff(piece.bytes, piece.mayBeMail);
  if (state.decoded.media === "") state.decoded.media = media;
  switch (media) {
    case "gzip":
      return unfoldGzip(inside(piece, media), state);
    case "zip":
      return unfoldZip(inside(piece, media), state);
    case "mail":
      return unfoldMail(piece, state);
    case "json":
      return keep(inside(piece, media), state);
    case "empty":
      return fail(piece, state, EMPTY);
    case "xml":
      return unfoldXml(inside(piece, media), state);
    case "other":
      return unfoldOther(piece, state);
  }
}

function unfoldGzip(piece: Piece, state: State): Unfolded {
  if (!enterCompression(piece, state)) return;
  const inflated = inflate(piece.bytes, outputMax(state));
  return inflated instanceof Promise
    ? inflated.then((later) => unfoldInflated(piece, later, state))
    : unfoldInflated(piece, inflated, state);
}

function unfoldInflated(piece: Piece, inflated: Inflated, state: State): Unfolded {
  if (!inflated.ok) return fail(piece, state, inflated);
  state.bytesLeft -= inflated.bytes.length;
  const { trailingBytes } = inflated;
  if (trailingBytes > 0)
    deviate(piece, "trailing-bytes", AROUND, `${trailingBytes} bytes after gzip`);
  piece.bytes = inflated.bytes;
  return unfold(piece, state);
}

async function unfoldZip(piece: Piece, state: State): Promise<void> {
  if (!enterCompression(piece, state)) return;
  deviate(piece, "zip-container", AROUND, piece.fileName);
  const { entries, failure, unread } = await unzip(piece.bytes, outputMax(state));
  if (failure !== null && entries.length === 0) return fail(piece, state, failure);
  for (const { name, bytes } of entries) {
    state.bytesLeft -= bytes.length;
    const claimed = entries.length === 1 ? piece.claimed : isReportName(name);
    const deviations = [...piece.deviations];
    await unfold({ ...piece, bytes, fileName: name, claimed, deviations }, state);
  }
  if (failure !== null) fail({ ...piece, claimed: true }, state, failure);
  if (unread > 0) {
    const message = `${unread} entries of the zip file are beyond ${BOUNDS.zipEntriesMax}`;
    fail({ ...piece, claimed: true }, state, { reason: "too-many-reports", message });
  }
}

async function unfoldMail(outer: Piece, state: State): Promise<void> {
  const piece = inside(outer, "mail");
  if (piece.mails >= BOUNDS.mailDepthMax) return fail(piece, state, tooDeep());
  const mail = await readMail(piece.bytes, state.bytesLeft);
  if (!mail.ok) return fail({ ...piece, claimed: true }, state, mail);
  const { header, parts, misnamed } = mail;
  if (misnamed) deviate(piece, "content-type-misnamed", "Content-Type", "ContentType");
  if (state.decoded.header === null) {
    state.decoded.header = header;
    state.decoded.otherwise = classifyMail(header, state.nullSender);
  }
  state.partsLeft -= parts.length;
  if (state.partsLeft < 0) {
    const message = `the mails have more than ${BOUNDS.mailPartsMax} parts together`;
    return fail({ ...piece, claimed: true }, state, { reason: "mail-too-many-parts", message });
  }
  for (const part of parts) {
    state.bytesLeft -= part.bytes.length;
    if (isDeliveryStatus(header) && isMessage(part)) continue;
    await unfoldPart({ ...piece, header, mails: piece.mails + 1 }, part, state);
  }
}

/** One leaf of a mail: kept when its bytes or its labels speak of a report. */
async function unfoldPart(mail: Piece, part: MailPart, state: State): Promise<void> {
  const { fileName, contentType } = part;
  const claimed = contentType.startsWith("application/tlsrpt") || isReportName(fileName);
  const deviations = [...mail.deviations];
  const place = [mail.place, part.number].filter((text) => text !== "").join(".");
  const mayBeMail = isMessage(part);
  const piece = { ...mail, bytes: part.bytes, fileName, place, claimed, deviations, mayBeMail };
  const labelled: Piece = { ...piece, contentType: mayBeMail ? null : contentType };
  if (claimed || mayHoldReport(part)) await unfold(labelled, state);
}

function unfoldXml(piece: Piece, state: State): undefined {
  if (isDmarcXml(piece.bytes)) fail(piece, state, DMARC);
  else if (piece.claimed) fail(piece, state, { reason: "not-json", message: "it is XML or HTML" });
}

/** Base64 without its header is unfolded; what claims to be JSON goes to its reader, to say why. */
async function unfoldOther(piece: Piece, state: State): Promise<void> {
  const hidden = piece.header === null ? null : unlabelledBase64(piece.bytes);
  if (hidden === null) {
    return piece.claimed ? keep(inside(piece, "other"), state) : fail(piece, state, NOTHING);
  }
  state.bytesLeft -= hidden.length;
  deviate(piece, "transfer-encoding-wrong", "Content-Transfer-Encoding", "base64 not declared");
  await unfold({ ...piece, bytes: hidden }, state);
}

/** True when there is room for one more layer of compression; says so when there is none. */
function enterCompression(piece: Piece, state: State): boolean {
  piece.compressions += 1;
  if (piece.compressions > BOUNDS.compressionLayersMax) {
    const message = `it is compressed more than ${BOUNDS.compressionLayersMax} times over`;
    fail(piece, state, { reason: "compression-too-deep", message });
    return false;
  }
  if (/zip > g?zip$/.test(piece.media)) deviate(piece, "double-compressed", AROUND, piece.media);
  return true;
}

/** Bytes that one more unfolding may give. */
function outputMax(state: State): number {
  return Math.max(0, Math.min(BOUNDS.reportBytesMax, state.bytesLeft));
}

function keep(piece: Piece, state: State): undefined {
  piece.deviations.push(...labelDeviations(piece));
  state.decoded.found.push(piece);
}

function fail(piece: Piece, state: State, failure: Reasoned): undefined {
  state.decoded.found.push({ ...piece, failure });
}

/** Place of what is about the file around the report, which may hold reports of others too. */
const AROUND = "file";

function deviate(piece: Piece, code: DeviationCode, place: string, value: string): void {
  piece.deviations.push({ code, place, value });
}

/** The same piece with one more layer written down; its deviations may be added to. */
function inside(piece: Piece, media: string): Piece {
  return { ...piece, media: piece.media === "" ? media : `${piece.media} > ${media}` };
}
