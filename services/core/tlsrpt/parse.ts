// From the JSON value of a report to our Report. Lenient wherever the meaning is clear, each time
// with a named deviation; refused only where counts or the day would be guesses (invariant 9).

import type { Deviations } from "../deviation.ts";
import { domainOfAddress } from "../dns/name.ts";
import {
  type Cursor,
  type Fault,
  isObject,
  type JsonObject,
  note,
  readText,
  startCursor,
} from "./cursor.ts";
import { readPeriod } from "./period.ts";
import { readPolicies } from "./policies.ts";
import type { Hints, Report } from "./report.ts";
import { MEMBERS, TOP_LEVEL } from "./wire.ts";

type ParsedReport = { ok: true; report: Report } | ({ ok: false } & Fault);

/**
 * Reads a report (RFC 8460 section 4.4). Members that we do not know are ignored.
 * @param value what JSON.parse gave
 * @param hints used only for the period, and only when the report has none
 * @param receivedAtMs epoch milliseconds; the reported day must not lie far ahead of it
 * @param deviations everything that was repaired or tolerated is added here
 */
export function parseReport(
  value: unknown,
  hints: Hints,
  receivedAtMs: number,
  deviations: Deviations,
): ParsedReport {
  if (!isObject(value)) {
    const message = "the JSON is not an object";
    return { ok: false, reason: "json-not-object", message, place: "" };
  }
  if (!TOP_LEVEL.some((names) => names.some((name) => value[name] !== undefined))) {
    const message = "the object has no member of a TLS report";
    return { ok: false, reason: "not-a-report", message, place: "" };
  }
  const cursor = startCursor(deviations);
  const organization = readText(
    cursor,
    value,
    MEMBERS.organizationName,
    "",
    "organization-name-missing",
  );
  const contactInfo = readContact(cursor, value);
  const reportId = readText(cursor, value, MEMBERS.reportId, "", "report-id-missing");
  const policies = readPolicies(cursor, value);
  const period = cursor.fault === null ? readPeriod(cursor, value, hints, receivedAtMs) : null;
  if (cursor.fault !== null) return { ok: false, ...cursor.fault };
  if (period === null) throw new Error("a period is missing without a fault");
  return { ok: true, report: { organization, contactInfo, reportId, ...period, policies } };
}

/** contact-info is an addr-spec; null is what Stalwart sends where none is configured. */
function readContact(cursor: Cursor, report: JsonObject): string {
  const text = readText(cursor, report, MEMBERS.contactInfo, "", "contact-info-missing");
  if (text !== "" && domainOfAddress(text) === "") {
    note(cursor, "contact-info-not-address", "/contact-info", text);
  }
  return text;
}
