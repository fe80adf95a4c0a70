// DKIM keys as they stand in DNS (RFC 6376 section 3.6.1): whether a key is one for a signature over a TLS
// report, and what is to be said of it.

import { BOUNDS } from "../bounds.ts";
import type { NoteCode } from "./notes.ts";
import type { KeyAnswer, Signature } from "./signature.ts";
import { listOf, parseTags, squeeze, type Tags } from "./tags.ts";

export type KeyReading =
  /** A record with nothing but version, type and key, and the notes on the others of its tags. */
  | { kind: "key"; record: string; notes: NoteCode[] }
  | { kind: "unknown" }
  | { kind: "unfit"; note: NoteCode };

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The key for a signature among the records at its name. With several, the first that will do is taken
 * (RFC 6376 section 6.1.2 leaves the choice), in an order that does not depend on that of DNS.
 */
export function readKey(answer: KeyAnswer, signature: Signature): KeyReading {
  if (answer === "unknown") return { kind: "unknown" };
  if (answer === "absent") return unfit("key-missing");
  const readings = [...answer].sort().map((record) => readRecord(record, signature));
  const found = readings.find(({ kind }) => kind === "key");
  if (found !== undefined) return found;
  // A reason that is about a key says more than that some other record is none.
  const telling = readings.find((one) => one.kind === "unfit" && one.note !== "key-unusable");
  return telling ?? readings[0] ?? unfit("key-missing");
}

function readRecord(record: string, signature: Signature): KeyReading {
  const tags = record.length > BOUNDS.dkimKeyCharsMax ? null : parseTags(record);
  if (tags === null) return unfit("key-unusable");
  // RFC 6376 section 3.6.1: v= is optional, but the first where it stands.
  const [first] = tags.keys();
  if (tags.has("v") && (first !== "v" || tags.get("v") !== "DKIM1")) return unfit("key-unusable");
  const key = tags.get("p");
  if (key === undefined) return unfit("key-unusable");
  if (squeeze(key) === "") return unfit("key-revoked");
  if (!BASE64.test(squeeze(key))) return unfit("key-unusable");
  if ((tags.get("k") ?? "rsa").toLowerCase() !== signature.keyType) return unfit("key-unusable");
  if (tags.has("h") && !listOf(tags.get("h") ?? "").includes("sha256")) {
    return unfit("key-unusable");
  }
  const flags = listOf(tags.get("t") ?? "");
  if (flags.includes("s") && !signature.identityExact) return unfit("identity-outside-domain");
  const service = serviceNote(tags);
  if (service === "key-not-for-reports") return unfit(service);
  // RFC 6376 section 3.6.1: mail of who is testing must not be treated other than unsigned mail.
  if (flags.includes("y")) return unfit("key-testing");
  const notes: NoteCode[] = service === null ? [] : [service];
  return { kind: "key", record: `v=DKIM1;k=${signature.keyType};p=${squeeze(key)}`, notes };
}

/**
 * RFC 8460 section 3 asks for s=tlsrpt, and lets a receiver ignore reports whose key has it not. Keys are
 * shared with all other mail in practice, so a key for all services will do and one for mail is noted.
 */
function serviceNote(tags: Tags): NoteCode | null {
  if (!tags.has("s")) return null;
  const services = listOf(tags.get("s") ?? "");
  if (services.includes("*") || services.includes("tlsrpt")) return null;
  return services.includes("email") ? "key-for-email-only" : "key-not-for-reports";
}

function unfit(note: NoteCode): KeyReading {
  return { kind: "unfit", note };
}
