// From one received message to its items: decode, read, parse, validate, make rows. The same bytes
// give the same items, and whatever the bytes are, there is at least one item and no exception.

import { hash } from "node:crypto";
import { organizationalDomain } from "../authenticate/organizational-domain.ts";
import { checkSignatures } from "../authenticate/signatures.ts";
import { BOUNDS } from "../core/bounds.ts";
import { type Deviation, Deviations } from "../core/deviation.ts";
import {
  type AttributionBasis,
  attributeMessage,
  attributeReport,
  recipientsFor,
} from "../core/directory/attribute.ts";
import { OPERATOR_TENANT } from "../core/directory/directory.ts";
import {
  type CheckedSignature,
  describeVerdict,
  judgeSignatures,
  type ReportingNames,
} from "../core/dkim/judge.ts";
import { type DkimVerdict, NOT_LOOKED_AT } from "../core/dkim/verdict.ts";
import { domainOfAddress, domainOrNone } from "../core/dns/name.ts";
import type { QuarantineReason } from "../core/outcome.ts";
import type { Raw } from "../core/raw.ts";
import { readJson } from "../core/tlsrpt/json-text.ts";
import { checkMessage, hintsOf, type MessageParts } from "../core/tlsrpt/message.ts";
import { parseReport } from "../core/tlsrpt/parse.ts";
import type { Delivery, Report } from "../core/tlsrpt/report.ts";
import { policyDigester, reportRows } from "../core/tlsrpt/rows.ts";
import { type Trust, trustRank } from "../core/trust.ts";
import { type Decoded, decode, type Found } from "../decode/decode.ts";
import { conforms, violations } from "../validate/validate.ts";
import type { IngestContext } from "./context.ts";
import {
  evidenceOf,
  type HeaderEvidence,
  keyDigest,
  partsOf,
  readHeaderEvidence,
} from "./evidence.ts";
import { holdsMail, withoutForwarded } from "./forwarded.ts";
import type { Item, QuarantineItem } from "./item.ts";

const policyDigest = policyDigester(hash128);

interface Problem {
  reason: QuarantineReason;
  message: string;
  place?: string;
  deviations?: Deviation[];
  media?: string;
  /** That of the message when not given. */
  tenant?: string;
  dkim?: DkimVerdict;
}

/**
 * Turns one received message into items, in the order of the message: the reports in it, and what
 * claims to be one but cannot be used. Never throws; at most `reportsPerMessageMax` and one more.
 */
export async function ingest(raw: Raw, context: IngestContext): Promise<Item[]> {
  try {
    const decoded = decode(raw);
    return await itemsOf(message(raw, context, await decoded));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [failedItem("decode-crashed", message)];
  }
}

/** The item of a message whose decoding gave nothing at all, not even its headers. */
export function failedItem(
  reason: "decode-crashed" | "decode-timeout",
  message: string,
): QuarantineItem {
  const delivery = { media: "", subject: "", messageId: "", headerFrom: "" };
  return {
    kind: "quarantine",
    tenant: OPERATOR_TENANT,
    trust: "unverified",
    dkim: NOT_LOOKED_AT,
    reason,
    message,
    place: "",
    delivery,
    deviations: [],
  };
}

/** One message with what it was decoded to, and what is known of all that is in it. */
interface Message {
  raw: Raw;
  context: IngestContext;
  decoded: Decoded;
  /** Whose the message is, as far as it says outside of its reports. */
  tenant: string;
  /** What its header says of whom it is for. */
  outer: HeaderEvidence;
  /** Its signatures, checked when the first report asks. */
  signatures(): Promise<CheckedSignature[]>;
  /** Whether there is a mail in it, looked for when the first report asks. */
  holdsMail(): boolean;
}

function message(raw: Raw, context: IngestContext, decoded: Decoded): Message {
  let checked: Promise<CheckedSignature[]> | null = null;
  const signatures = () => {
    checked ??= checkSignatures(raw.bytes, context.keys, raw.arrival.receivedAtMs);
    return checked;
  };
  let holding: boolean | null = null;
  const holds = () => {
    holding ??= holdsMail(raw.bytes);
    return holding;
  };
  const outer = readHeaderEvidence(raw, decoded);
  const tenant = attributeMessage(context.directory, evidenceOf(raw, outer, decoded, null));
  return { raw, context, decoded, tenant, outer, signatures, holdsMail: holds };
}

async function itemsOf(of: Message): Promise<Item[]> {
  const items: Item[] = [];
  /** Broken things that nothing calls a report: told of only when there is nothing else. */
  const doubtful: Item[] = [];
  for (const found of of.decoded.found) {
    if (items.length > BOUNDS.reportsPerMessageMax) break;
    const item = await itemOf(of, found, items.length);
    (found.claimed || item.kind === "report" ? items : doubtful).push(item);
  }
  if (items.length === 0) return [doubtful[0] ?? quarantine(of, of.decoded.otherwise)];
  if (items.length > BOUNDS.reportsPerMessageMax) {
    const message = `more than ${BOUNDS.reportsPerMessageMax} reports are in one message`;
    items.pop();
    items.push(quarantine(of, { reason: "too-many-reports", message }));
  }
  return keepApart(items);
}

/**
 * The bytes of a message are kept with what is quarantined of it. When its reports belong to several
 * tenants, none of them may see the others' there (invariant 7): then it is the operator's.
 */
function keepApart(items: Item[]): Item[] {
  const tenants = new Set(items.map((item) => item.tenant));
  if (tenants.size < 2) return items;
  return items.map((item) =>
    item.kind === "quarantine" ? { ...item, tenant: OPERATOR_TENANT } : item,
  );
}

function quarantine(of: Message, problem: Problem): QuarantineItem {
  const { reason, message, place = "", deviations = [], tenant, dkim = NOT_LOOKED_AT } = problem;
  const delivery = deliveryOf(of.decoded, problem.media ?? of.decoded.media);
  return {
    kind: "quarantine",
    tenant: mayBeShown(of, tenant ?? of.tenant) ? (tenant ?? of.tenant) : OPERATOR_TENANT,
    trust: trustOf(of, NOT_LOOKED_AT),
    dkim,
    reason,
    message,
    place,
    delivery,
    deviations,
  };
}

/**
 * What is quarantined is shown with its envelope and key: with those of another tenant it is the
 * operator's (invariant 7).
 */
function mayBeShown({ raw, context: { directory } }: Message, tenant: string): boolean {
  const { rcptTo, key } = raw.arrival;
  if (tenant === OPERATOR_TENANT) return true;
  const keyOwners = directory.keys.get(keyDigest(key));
  const own = recipientsFor(directory, tenant, rcptTo).length === rcptTo.length;
  return own && (keyOwners === undefined || keyOwners.has(tenant));
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
async function itemOf(of: Message, found: Found, index: number): Promise<Item> {
  const { raw, context, decoded } = of;
  const deviations = new Deviations();
  for (const { code, place, value } of found.deviations) deviations.add(code, place, value);
  if (found.failure !== null) return refused(of, found, deviations, found.failure);

  const read = readJson(found.bytes, deviations);
  if (!read.ok) return refused(of, found, deviations, read);
  const parts = partsOf(decoded, found);
  const hints = hintsOf(parts);
  const parsed = parseReport(read.value, hints, raw.arrival.receivedAtMs, deviations);
  if (!parsed.ok) return refused(of, found, deviations, parsed);
  const { report } = parsed;
  // Before anything that costs more: reports for others may come in floods (RFC 8460 section 7).
  const evidence = evidenceOf(raw, of.outer, decoded, found);
  const owner = attributeReport(context.directory, evidence, report.policies);
  if (!owner.known) return refused(of, found, deviations, { ...owner, tenant: OPERATOR_TENANT });
  const { tenant } = owner;
  const keyFault = missingKey(of, owner.basis);
  if (keyFault !== null) return refused(of, found, deviations, { ...keyFault, tenant });
  const names = reportingNames(decoded, parts, report);
  const dkim = withoutForwarded(await verdictOn(of, names), decoded, found, of.holdsMail);
  const unsigned = dkimFault(of, dkim, names);
  if (unsigned !== null) return refused(of, found, deviations, { ...unsigned, tenant, dkim });
  if (rowChars(report) > BOUNDS.reportRowCharsMax) {
    const message = "its names are too long to be repeated in so many failure details";
    const problem = { reason: "too-many-details", message, tenant, dkim } as const;
    return refused(of, found, deviations, problem);
  }
  const conforming = noteViolations(read.value, deviations);
  checkMessage(report, parts, deviations);
  const trust = trustOf(of, dkim, owner.basis);
  const rows = reportRows({
    item: index,
    report,
    plain: read.plain,
    hints,
    arrival: {
      ...raw.arrival,
      rcptTo: recipientsFor(context.directory, tenant, raw.arrival.rcptTo),
    },
    delivery: deliveryOf(decoded, found.media),
    deviations: deviations.finish(),
    conforming,
    trust,
    dkim,
    attribution: owner.basis,
    countedOn: owner.domains,
    rawBase64: found.bytes.toString("base64"),
    rawBytes: found.bytes.length,
    tenant,
    hash: hash128,
    policyDigest,
  });
  return { kind: "report", tenant, trust, trustRank: trustRank(trust, dkim.basis), ...rows };
}

/** A post without a key that is known, where one is asked for. */
function missingKey({ raw, context }: Message, basis: AttributionBasis): Problem | null {
  if (!context.keyRequired || raw.arrival.channel !== "https" || basis === "key") return null;
  return { reason: "key-required", message: "it was posted without the key of a domain" };
}

/** Who may have signed for a report (RFC 8460 section 3). */
function reportingNames(decoded: Decoded, parts: MessageParts, report: Report): ReportingNames {
  return {
    contact: domainOfAddress(report.contactInfo),
    submitter: domainOrNone(parts.submitterHeader),
    from: domainOfAddress(decoded.header?.from ?? ""),
  };
}

/** Signatures are looked at on mail that came by SMTP or from a file; a post is taken as a post. */
async function verdictOn(of: Message, names: ReportingNames): Promise<DkimVerdict> {
  const { raw, context, decoded } = of;
  if (context.dkim === "off" || decoded.header === null || raw.arrival.channel === "https") {
    return NOT_LOOKED_AT;
  }
  return judgeSignatures(await of.signatures(), names, organizationalDomain);
}

/**
 * RFC 8460 section 3: reports without a valid signature MUST be ignored; they are kept in quarantine.
 * While DNS does not answer nobody knows, so the message is put back and tried again. A file is the
 * operator's own word.
 */
function dkimFault(
  { raw, context }: Message,
  dkim: DkimVerdict,
  names: ReportingNames,
): Problem | null {
  if (raw.arrival.channel !== "smtp" || context.dkim === "off" || dkim.verified) return null;
  const ageMs = context.nowMs - raw.arrival.receivedAtMs;
  const patienceMs =
    context.dkim === "require" ? BOUNDS.dkimRetryMsMaxRequire : BOUNDS.dkimRetryMsMaxFlag;
  // A signature that is not aligned would not help either when its key is found.
  const mayVerify = dkim.result === "temperror" && dkim.basis !== "";
  if (mayVerify && ageMs < patienceMs) {
    return { reason: "dkim-deferred", message: describeVerdict(dkim, names) };
  }
  if (context.dkim === "flag") return null;
  return { reason: "dkim-unverified", message: describeVerdict(dkim, names) };
}

function trustOf(
  { raw, context }: Message,
  dkim: DkimVerdict,
  basis: AttributionBasis | "" = "",
): Trust {
  if (dkim.verified) return "verified";
  const { channel, key } = raw.arrival;
  if (channel === "import") return "imported";
  if (channel === "smtp") return "unverified";
  // Of a report it must be the key of whose it is; what is no report may have any.
  const keyed = basis === "" ? context.directory.keys.has(keyDigest(key)) : basis === "key";
  return keyed ? "keyed" : "posted";
}

/** The item of a found thing that cannot be used. */
function refused(
  of: Message,
  found: Found,
  deviations: Deviations,
  problem: Problem,
): QuarantineItem {
  return quarantine(of, {
    ...problem,
    place: [found.place, problem.place ?? ""].filter((text) => text !== "").join(" "),
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
