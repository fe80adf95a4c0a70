// Where somebody goes after log-in. It comes from outside, so it must be a place of this server.

import { BOUNDS } from "../core/bounds.ts";

/** A base that no text can be a path of by chance. */
const BASE = "http://next.invalid";
const HOME = "/";

/** Backslashes are slashes to browsers; controls are left out by them, which may join two slashes. */
const CUNNING = /[\p{Cc}\\]/u;

/** A token in an address, which would be written into histories and logs again. */
const TOKEN = /swt_/i;

/** The path and query to go to: the given one when it is of this server, else the first page. */
export function localNext(text: string | undefined): string {
  if (text === undefined || text.length > BOUNDS.nextCharsMax) return HOME;
  if (!text.startsWith("/") || CUNNING.test(text) || !URL.canParse(text, BASE)) return HOME;
  const { origin, pathname, search } = new URL(text, BASE);
  if (TOKEN.test(decoded(pathname + search))) return HOME;
  // "/.//host" is a path here and would be another host where it is sent to.
  if (origin !== BASE || pathname.startsWith("//")) return HOME;
  return /^\/log(?:in|out)(?:\/|$)/.test(pathname) ? HOME : pathname + search;
}

/** As a reader sees it; what cannot be decoded stays. */
function decoded(text: string): string {
  return text.replace(/%[2-7][0-9a-f]/gi, (code) =>
    String.fromCharCode(parseInt(code.slice(1), 16)),
  );
}
