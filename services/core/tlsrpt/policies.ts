// The policies of a report with their summaries and failure details (RFC 8460 section 4.3 and 4.4).

import { BOUNDS } from "../bounds.ts";
import { type MissingCount, readCount } from "./counts.ts";
import {
  atDetail,
  atPolicy,
  type Cursor,
  fail,
  isObject,
  type JsonObject,
  nameSent,
  note,
  ONLY_ELEMENT,
  readText,
} from "./cursor.ts";
import { readDomain, readIp, readType } from "./names.ts";
import { readMxPatterns, readPolicyLines } from "./policy-lines.ts";
import type { FailureDetail, Policy } from "./report.ts";
import { isKnownResultType } from "./result-types.ts";
import { MEMBERS, POLICY_TYPES } from "./wire.ts";

/** Reads all policies; with a fault on the cursor the list is not complete. */
export function readPolicies(cursor: Cursor, report: JsonObject): Policy[] {
  cursor.policiesName = nameSent(cursor, report, MEMBERS.policies, "");
  const rest = `/${cursor.policiesName}`;
  const sent = report[cursor.policiesName];
  if (isObject(sent)) {
    note(cursor, "policies-not-array", rest, sent);
    return policiesOf(cursor, [sent], ONLY_ELEMENT);
  }
  if (!Array.isArray(sent)) {
    const found = sent === undefined ? "there is no policies member" : "policies is no array";
    fail(cursor, "policies-missing", rest, found);
    return [];
  }
  if (sent.length === 0) fail(cursor, "policies-missing", rest, "policies is an empty array");
  if (sent.length > BOUNDS.policiesMax) {
    fail(cursor, "too-many-policies", rest, `${sent.length} policies in one report`);
  }
  return cursor.fault === null ? policiesOf(cursor, sent, 0) : [];
}

function policiesOf(cursor: Cursor, elements: unknown[], first: number): Policy[] {
  const policies: Policy[] = [];
  for (const [i, element] of elements.entries()) {
    atPolicy(cursor, first + i);
    if (isObject(element)) policies.push(readPolicy(cursor, element));
    else fail(cursor, "policy-invalid", "", "an element of policies is not an object");
    if (cursor.fault !== null) break;
  }
  atPolicy(cursor, undefined);
  return policies;
}

const TYPE_CODES = { missing: "policy-type-missing", unknown: "policy-type-unknown" } as const;
const NO_TOTAL: MissingCount = { count: 0, code: "count-missing" };
const isPolicyType = (type: string) => POLICY_TYPES.has(type);

function readPolicy(cursor: Cursor, element: JsonObject): Policy {
  const member = element[MEMBERS.policy[0]];
  const wrapped = isObject(member);
  if (!wrapped) note(cursor, "policy-member-missing", "/policy", member ?? "");
  const policy = wrapped ? member : element;
  const parent = wrapped ? "/policy" : "";
  const type = readType(cursor, policy, MEMBERS.policyType, parent, isPolicyType, TYPE_CODES);
  const sentDomain = readText(
    cursor,
    policy,
    MEMBERS.policyDomain,
    parent,
    "policy-domain-missing",
  );
  const lines = readPolicyLines(cursor, policy, parent, type);
  const { successful, failed } = readSummary(cursor, element);
  const details = readDetails(cursor, element);
  if (details.length > 0) checkSum(cursor, details, failed);
  return {
    type,
    domain: readDomain(cursor, sentDomain, `${parent}/policy-domain`),
    lines,
    mxPatterns: readMxPatterns(cursor, policy, parent),
    mode: type === "sts" ? modeOf(lines) : "",
    successful,
    failed,
    details,
  };
}

/** mode of an MTA-STS policy (RFC 8461 section 3.2); of several the first. */
function modeOf(lines: string[]): string {
  for (const line of lines) {
    if (/^mode:/i.test(line)) return line.slice("mode:".length).trim().toLowerCase();
  }
  return "";
}

function readSummary(cursor: Cursor, element: JsonObject): { successful: number; failed: number } {
  const summary = element[MEMBERS.summary[0]];
  if (!isObject(summary)) {
    note(cursor, "summary-missing", "/summary", summary ?? "");
    return { successful: 0, failed: 0 };
  }
  return {
    successful: readCount(cursor, summary, MEMBERS.totalSuccessful, "/summary", NO_TOTAL),
    failed: readCount(cursor, summary, MEMBERS.totalFailure, "/summary", NO_TOTAL),
  };
}

/** Section 4: types may overlap, so that the sum is no total; the difference is worth a word. */
function checkSum(cursor: Cursor, details: FailureDetail[], failed: number): void {
  let sum = 0;
  for (const detail of details) sum += detail.failed;
  if (sum === failed) return;
  const value = `details ${sum}, summary ${failed}`;
  note(cursor, "details-disagree-with-summary", "/failure-details", value);
}

function readDetails(cursor: Cursor, element: JsonObject): FailureDetail[] {
  const sent = element[MEMBERS.failureDetails[0]];
  if (sent === undefined) return [];
  if (Array.isArray(sent)) return detailsOf(cursor, sent, 0);
  if (sent === null || sent === "") {
    note(cursor, "member-blank", "/failure-details", sent);
    return [];
  }
  note(cursor, "failure-details-not-array", "/failure-details", sent);
  return isObject(sent) ? detailsOf(cursor, [sent], ONLY_ELEMENT) : [];
}

function detailsOf(cursor: Cursor, elements: unknown[], first: number): FailureDetail[] {
  cursor.details += elements.length;
  if (cursor.details > BOUNDS.failureDetailsMax) {
    const message = `more than ${BOUNDS.failureDetailsMax} failure details in one report`;
    fail(cursor, "too-many-details", "/failure-details", message);
    return [];
  }
  const details: FailureDetail[] = [];
  for (const [i, element] of elements.entries()) {
    atDetail(cursor, first + i);
    if (isObject(element)) details.push(readDetail(cursor, element));
    else note(cursor, "detail-not-object", "", element);
    if (cursor.fault !== null) break;
  }
  atDetail(cursor, undefined);
  return details;
}

const RESULT_CODES = { missing: "result-type-missing", unknown: "result-type-unknown" } as const;
const ONE_SESSION: MissingCount = { count: 1, code: "detail-count-missing" };

/** All members but result-type and count may be absent: a policy that cannot be fetched has no MX. */
function readDetail(cursor: Cursor, detail: JsonObject): FailureDetail {
  const mx = readText(cursor, detail, MEMBERS.receivingMxHostname, "");
  return {
    resultType: readType(cursor, detail, MEMBERS.resultType, "", isKnownResultType, RESULT_CODES),
    sendingIp: readIp(cursor, detail, MEMBERS.sendingMtaIp),
    receivingMx: readDomain(cursor, mx, "/receiving-mx-hostname"),
    receivingMxHelo: readText(cursor, detail, MEMBERS.receivingMxHelo, ""),
    receivingIp: readIp(cursor, detail, MEMBERS.receivingIp),
    failed: readCount(cursor, detail, MEMBERS.failedSessionCount, "", ONE_SESSION),
    additionalInformation: readText(cursor, detail, MEMBERS.additionalInformation, ""),
    reasonCode: readText(cursor, detail, MEMBERS.failureReasonCode, ""),
  };
}
