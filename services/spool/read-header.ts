// Reads the header line of a record. It was written by this program, but perhaps by another version of
// it: members that are missing get their empty value, members that are unknown are left out.

import { REFUSAL_REASONS, type RefusalReason } from "../core/outcome.ts";
import { type Arrival, CHANNELS, type Channel } from "../core/raw.ts";
import { RECEIPT_PATTERN } from "../core/receipt.ts";
import { readJson } from "./format.ts";
import type { RefusalCount, SpoolRecord } from "./port.ts";

type Members = Record<string, unknown>;

/** Makes a record of header text and body; null when the header is not one that this program knows. */
export function readRecord(headerText: string, body: Uint8Array): SpoolRecord | null {
  const header = members(readJson(headerText));
  if (header === null) return null;
  const receipt = text(header["receipt"]);
  const receivedAtMs = header["receivedAtMs"];
  if (!RECEIPT_PATTERN.test(receipt) || typeof receivedAtMs !== "number") return null;
  if (header["kind"] === "refusals") {
    return { kind: "refusals", receipt, receivedAtMs, refusals: refusals(header["refusals"]) };
  }
  const channel = channelOf(header["channel"]);
  if (header["kind"] !== "message" || channel === null) return null;
  const arrival = readArrival(header, receipt, receivedAtMs, channel);
  return { kind: "message", raw: { arrival, bytes: body } };
}

function readArrival(
  header: Members,
  receipt: string,
  receivedAtMs: number,
  channel: Channel,
): Arrival {
  const rcptTo = header["rcptTo"];
  return {
    receipt,
    receivedAtMs,
    channel,
    peer: text(header["peer"]),
    helo: text(header["helo"]),
    tls: text(header["tls"]),
    mailFrom: text(header["mailFrom"]),
    rcptTo: Array.isArray(rcptTo) ? rcptTo.map(text) : [],
    contentType: text(header["contentType"]),
    fileName: text(header["fileName"]),
    key: text(header["key"]),
    reprocess: header["reprocess"] === true,
  };
}

function refusals(value: unknown): RefusalCount[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry): RefusalCount[] => {
    const of = members(entry);
    const channel = channelOf(of?.["channel"]);
    const reason = reasonOf(of?.["reason"]);
    const count = of?.["count"];
    if (channel === null || reason === null || typeof count !== "number") return [];
    return [{ channel, reason, count }];
  });
}

function channelOf(value: unknown): Channel | null {
  return CHANNELS.find((channel) => channel === value) ?? null;
}

function reasonOf(value: unknown): RefusalReason | null {
  return typeof value === "string" && isReason(value) ? value : null;
}

function isReason(value: string): value is RefusalReason {
  return Object.hasOwn(REFUSAL_REASONS, value);
}

function members(value: unknown): Members | null {
  return typeof value === "object" && value !== null ? { ...value } : null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
