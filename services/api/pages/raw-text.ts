// Bytes as they came, made fit to be read on a page: JSON laid out token by token with nothing of it changed,
// other text by its lines, and all else in hexadecimal. The exact bytes are a download.

import { BOUNDS } from "../../core/bounds.ts";

export interface RawText {
  lines: readonly string[];
  form: "json" | "text" | "hex";
  /** True when there is more than what is shown. */
  cut: boolean;
}

const INDENTS_MAX = 20;
const HEX_BYTES_MAX = 4096;
const HEX_ROW = 16;

/**
 * The beginning of some bytes as lines; what is in them still has to be made printable.
 * @param size of all of them, where `bytes` are their beginning
 */
export function rawText(bytes: Uint8Array, size = bytes.length): RawText {
  const shown = bytes.subarray(0, BOUNDS.pageRawBytesMax);
  const text = decode(shown);
  if (text === null) {
    const rows = hexRows(shown.subarray(0, HEX_BYTES_MAX));
    return { lines: rows, form: "hex", cut: size > HEX_BYTES_MAX };
  }
  const cut = size > shown.length;
  return /^\s*[[{]/.test(text)
    ? { lines: layOutJson(text), form: "json", cut }
    : { lines: text.split(/\r?\n/), form: "text", cut };
}

/** UTF-8, also when it was cut within a character; null for what is no text. */
function decode(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s"{}[\],:]+/gs;

/** JSON, or what was meant to be, with a line for each member; each token is as it was. */
export function layOutJson(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  let depth = 0;
  const end = () => {
    if (line.trim() !== "") lines.push(line);
    line = "  ".repeat(Math.min(depth, INDENTS_MAX));
  };
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "}" || token === "]") {
      depth = Math.max(depth - 1, 0);
      if (!/[[{]$/.test(lines.at(-1) ?? "") || line.trim() !== "") end();
      else line = lines.pop() ?? "";
      line += token;
    } else if (token === "{" || token === "[") {
      line += token;
      depth += 1;
      end();
    } else if (token === ",") {
      line += token;
      end();
    } else line += token === ":" ? ": " : token;
  }
  depth = 0;
  end();
  return lines;
}

/** Offset, bytes, and what of them is printable ASCII. */
function hexRows(bytes: Uint8Array): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += HEX_ROW) {
    const row = bytes.subarray(at, at + HEX_ROW);
    const hex = [...row].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const ascii = [...row].map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
    );
    rows.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(47)}  ${ascii.join("")}`);
  }
  return rows;
}
