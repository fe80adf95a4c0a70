// From one received message to its items: decode, read, parse, validate, make rows. The same bytes
// give the same items, and whatever the bytes are, there is at least one item and no exception.

import { hash } from "node:crypto";
import { BOUNDS } from "../core/bounds.ts";
import { type Deviation, Deviations } from "../core/deviation.ts";
import type { QuarantineReason } from "../core/outcome.ts";
import type { Raw } from "../core/raw.ts";
import { readJson } from "../core/tlsrpt/json-text.ts";
import { checkMessage, hintsOf, type MessageParts } from "../core/tlsrpt/message.ts";
import { parseReport } from "../core/tlsrpt/parse.ts";
import type { Delivery, Report } from "../core/tlsrpt/report.ts";
import { policyDigester, reportRows } from "../core/tlsrpt/rows.ts";
import { type Decoded, decode, type Found } from "../decode/decode.ts";
import { conforms, violations } from "../validate/validate.ts";
import type { Item, QuarantineItem } from "./item.ts";

const policyDigest = policyDigester(hash128);

interface Problem {
  reason: QuarantineReason;
  message: string;
  place?: string;
  deviations?: Deviation[];
  media?: string;
}

/**
 * Turns one received message into items, in the order of the message: the reports in it, and what
 * claims to be one but cannot be used. Never throws; at most `reportsPerMessageMax` and one more.
 */
export async function ingest(raw: Raw, tenant: string): Promise<Item[]> {
  try {
    const decoded = decode(raw);
    return itemsOf(raw, tenant, decoded instanceof Promise ? await decoded : decoded);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [failedItem(tenant, "decode-crashed", message)];
  }
}

/** The item of a message whose decoding gave nothing at all, not even its headers. */
export function failedItem(
  tenant: string,
  reason: "decode-crashed" | "decode-timeout",
  message: string,
): QuarantineItem {
  const delivery = { media: "", subject: "", messageId: "", headerFrom: "" };
  return { kind: "quarantine", tenant, reason, message, place: "", delivery, deviations: [] };
}

function itemsOf(raw: Raw, tenant: string, decoded: Decoded): Item[] {
  const items: Item[] = [];
  /** Broken things that nothing calls a report: told of only when there is nothing else. */
  const doubtful: Item[] = [];
  for (const found of decoded.found) {
    if (items.length > BOUNDS.reportsPerMessageMax) break;
    const item = itemOf(raw, tenant, decoded, found, items.length);
    (found.claimed || item.kind === "report" ? items : doubtful).push(item);
  }
  if (items.length === 0) return [doubtful[0] ?? quarantine(tenant, decoded, decoded.otherwise)];
  if (items.length > BOUNDS.reportsPerMessageMax) {
    const message = `more than ${BOUNDS.reportsPerMessageMax} reports are in one message`;
    items.pop();
    items.push(quarantine(tenant, decoded, { reason: "too-many-reports", message }));
  }
  return items;
}

function quarantine(tenant: string, decoded: Decoded, problem: Problem): QuarantineItem {
  const { reason, message, place = "", deviations = [] } = problem;
  const delivery = deliveryOf(decoded, problem.media ?? decoded.media);
  return { kind: "quarantine", tenant, reason, message, place, delivery, deviations };
}

function deliveryOf({ header }: Decoded, media: string): Delivery {
  return {
    media,
    subject: header?.subject ?? "",
    messageId: header?.messageId ?? "",
    headerFrom: header?.from ?? "",
  };
}

/** One text that may be a report, or a thing that could not be unfolded. */
function itemOf(raw: Raw, tenant: string, decoded: Decoded, found: Found, index: number): Item {
  const deviations = new Deviations();
  for (const { code, place, value } of found.deviations) deviations.add(code, place, value);
  if (found.failure !== null) return refused(tenant, decoded, found, deviations, found.failure);

  const read = readJson(found.bytes, deviations);
  if (!read.ok) return refused(tenant, decoded, found, deviations, read);
  const parts = partsOf(decoded, found);
  const hints = hintsOf(parts);
  const parsed = parseReport(read.value, hints, raw.arrival.receivedAtMs, deviations);
  if (!parsed.ok) return refused(tenant, decoded, found, deviations, parsed);
  if (rowChars(parsed.report) > BOUNDS.reportRowCharsMax) {
    const message = "its names are too long to be repeated in so many failure details";
    const problem = { reason: "too-many-details", message } as const;
    return refused(tenant, decoded, found, deviations, problem);
  }
  const conforming = noteViolations(read.value, deviations);
  checkMessage(parsed.report, parts, deviations);
  const list = deviations.finish();
  const rows = reportRows({
    item: index,
    report: parsed.report,
    plain: read.plain,
    hints,
    arrival: raw.arrival,
    delivery: deliveryOf(decoded, found.media),
    deviations: list,
    conforming,
    rawBase64: found.bytes.toString("base64"),
    rawBytes: found.bytes.length,
    tenant,
    hash: hash128,
    policyDigest,
  });
  return { kind: "report", tenant, ...rows };
}

/** The item of a found thing that cannot be used. */
function refused(
  tenant: string,
  decoded: Decoded,
  found: Found,
  deviations: Deviations,
  { reason, message, place = "" }: Problem,
): QuarantineItem {
  return quarantine(tenant, decoded, {
    reason,
    message,
    place: [found.place, place].filter((text) => text !== "").join(" "),
    deviations: deviations.finish(),
    media: found.media,
  });
}

/** About how much the rows of a report take. */
function rowChars({ organization, policies }: Report): number {
  return policies.reduce((sum, { domain, type, details }) => {
    const repeated = organization.length + domain.length + type.length + FIXED_ROW_CHARS;
    return sum + details.length * repeated;
  }, 0);
}

/** Keys, dates, addresses and numbers of one failure detail. */
const FIXED_ROW_CHARS = 300;

/** The texts around a report: those of the mail that holds it, then those of the mail around that. */
function partsOf(decoded: Decoded, found: Found): MessageParts {
  const inner = found.header;
  const outer = decoded.header;
  return {
    mail: inner !== null,
    subject: inner?.subject || outer?.subject || "",
    reportDomainHeader: inner?.reportDomain || outer?.reportDomain || "",
    submitterHeader: inner?.submitter || outer?.submitter || "",
    fileName: found.fileName,
  };
}

/** Notes differences from the schema where no deviation speaks of the place; true without any. */
function noteViolations(value: unknown, deviations: Deviations): boolean {
  if (conforms(value)) return true;
  const known = new Set(deviations.list.map(({ place }) => place));
  for (const { pointer, message } of violations(value, BOUNDS.schemaViolationsMax)) {
    if (pointer === "" || !known.has(pointer)) {
      deviations.add("schema-violation", pointer, message);
    }
  }
  return false;
}

/** 128 bits of SHA-256 over the UTF-8 text, written as a UUID. */
export function hash128(text: string): string {
  const hex = hash("sha256", text, "hex");
  const [a, b, c] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16)];
  return `${a}-${b}-${c}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
