// The explanation of a failure, for the reader's own names: the entry of the catalogue, what it means for the
// mail under this policy, and commands that can be run as they are.

import { domainOrNone } from "../dns/name.ts";
import { entryOf } from "./catalogue.ts";
import { OLD_COPIES, UNKNOWN } from "./catalogue-sts.ts";
import { type Entry, READ_REASON } from "./entry.ts";
import type { Explanation, FailureKind } from "./explanation.ts";
import { isKnownReason } from "./reason.ts";

/** Names that stand in the report: text from outside. */
export interface FailureNames {
  domain?: string;
  mx?: string;
}

/**
 * What a failure means, what usually causes it, and what to do. Names replace DOMAIN and MX_HOST where they
 * are domain names, so that a command stays safe to run whatever a report says.
 */
export function explain(kind: FailureKind, names: FailureNames = {}): Explanation {
  const entry = entryOf(kind);
  const { mail = mailOfType(kind), underDane, ...said } = entry ?? UNKNOWN;
  const fitting = kind.policyType === "tlsa" ? { ...said, ...underDane } : said;
  const meaning = `${fitting.meaning} ${mailUnder(kind, mail)}`;
  const fix = hasOwnWords(kind) ? withReasonFirst(fitting.fix) : fitting.fix;
  return { ...filled({ ...fitting, meaning, fix }, names), known: entry !== undefined };
}

/** What the result type alone says of the mail, where the reason says nothing of it. */
function mailOfType({ resultType, policyType, policyMode }: FailureKind): string | undefined {
  return entryOf({ resultType, reason: "", policyType, policyMode })?.mail;
}

type Texts = Omit<Entry, "mail" | "underDane">;

function hasOwnWords({ reason }: FailureKind): boolean {
  return reason !== "" && !isKnownReason(reason);
}

function withReasonFirst(fix: readonly string[]): string[] {
  return [READ_REASON, ...fix.filter((step) => step !== READ_REASON)];
}

/** What becomes of the mail of such a session (RFC 8461 section 5, RFC 7672 section 2.2). */
function mailUnder({ policyType, policyMode }: FailureKind, own: string | undefined): string {
  if (own === OLD_COPIES && policyType === "sts") {
    const mode = modeOf(policyMode);
    return mode === "unknown" ? own : `${own} This sender has a copy in mode ${mode}.`;
  }
  if (own !== undefined) return own;
  if (policyType === "tlsa") {
    return (
      "Senders that check DANE do not deliver to this MX while this lasts: they try the next " +
      "one, or hold the mail back."
    );
  }
  if (policyType === "no-policy-found") {
    return "No policy asked for protection: the mail was most likely delivered, perhaps in clear text.";
  }
  if (policyType !== "sts") return "What became of the mail the report does not say.";
  return MAIL_BY_MODE[modeOf(policyMode)];
}

const MAIL_BY_MODE = {
  enforce:
    "The policy is in mode enforce: the mail was not delivered to this MX. The sender tries the " +
    "next MX, or later again.",
  testing:
    "The policy is in mode testing: the mail was delivered, perhaps in clear text. In mode " +
    "enforce it would be held back.",
  none: "The policy is in mode none: the mail was most likely delivered, perhaps in clear text.",
  unknown:
    "The report does not say the mode of the policy: in enforce the mail was held back, in " +
    "testing it was delivered.",
} as const;

/** The words of the RFC alone are repeated; the mode is text from outside. */
function modeOf(policyMode: string): keyof typeof MAIL_BY_MODE {
  return policyMode === "enforce" || policyMode === "testing" || policyMode === "none"
    ? policyMode
    : "unknown";
}

function filled(texts: Texts, { domain = "", mx = "" }: FailureNames): Texts {
  const own: Record<string, string> = { DOMAIN: domainOrNone(domain), MX_HOST: domainOrNone(mx) };
  const fill = (text: string) =>
    text.replaceAll(/\b(?:DOMAIN|MX_HOST)\b/g, (name) => own[name] || name);
  return {
    ...texts,
    meaning: fill(texts.meaning),
    causes: texts.causes.map(fill),
    fix: texts.fix.map(fill),
    verify: texts.verify.map(fill),
  };
}
