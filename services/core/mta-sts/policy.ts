// An MTA-STS policy (RFC 8461 section 3.2) as a sender saw it: the lines of policy-string. Senders leave
// lines out and change their order, so what is there is read and what is wrong is named. Nothing is fetched.

import { isDomainName, normalizeDomain } from "../dns/name.ts";

/** What of a policy is not as RFC 8461 section 3.2 wants it. */
export type PolicyFault =
  | "version-missing"
  | "version-unknown"
  | "mode-missing"
  | "mode-unknown"
  | "max-age-missing"
  | "max-age-invalid"
  | "max-age-short"
  | "mx-missing"
  | "mx-invalid";

/** The faults in words, for whoever publishes the policy. */
export const POLICY_FAULTS: Readonly<Record<PolicyFault, string>> = {
  "version-missing": "The line `version: STSv1` is missing.",
  "version-unknown": "The version is not STSv1.",
  "mode-missing": "The line `mode:` is missing.",
  "mode-unknown": "The mode is none of enforce, testing, none.",
  "max-age-missing": "The line `max_age:` is missing.",
  "max-age-invalid": "max_age is not a number of seconds from 0 to 31557600.",
  "max-age-short": "max_age is less than a day, so that senders hardly keep the policy.",
  "mx-missing": "No line `mx:` names an MX host.",
  "mx-invalid": "An `mx:` line is neither a host name nor `*.` and a domain.",
};

export interface StsPolicy {
  /** As seen; "" when the line is missing. */
  version: string;
  /** In lower case; enforce, testing, none, or what else was seen; "" when the line is missing. */
  mode: string;
  /** Seconds; null when it is missing or out of bounds. */
  maxAgeSeconds: number | null;
  /** Patterns in normal form, as seen from first to last. */
  mx: readonly string[];
  faults: readonly PolicyFault[];
}

/** RFC 8461 section 3.2: a year. */
const MAX_AGE_SECONDS_MAX = 31_557_600;
/** Below a day senders that refresh daily (section 3.3) have no policy in between. */
const MAX_AGE_SECONDS_SHORT = 86_400;
/** Faults that leave no doubt of what is meant; many senders leave the version line out. */
export const HARMLESS_FAULTS: ReadonlySet<PolicyFault> = new Set([
  "version-missing",
  "max-age-short",
]);
const MODES = new Set(["enforce", "testing", "none"]);
const FIELD = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,31}):(.*)$/;

/**
 * Reads the lines of a policy. Of a key that comes twice the first line counts, but for mx; unknown
 * keys are passed over (RFC 8461 section 3.2). Keys are taken in any case, since senders change it.
 * @returns null for a text without any line: the sender told of no policy, which is not a policy
 */
export function readStsPolicy(text: string): StsPolicy | null {
  const fields = new Map<string, string[]>();
  for (const line of text.split(/\r?\n/)) {
    const [, key = "", value = ""] = FIELD.exec(line.trim()) ?? [];
    const name = key.toLowerCase();
    if (name !== "") fields.set(name, [...(fields.get(name) ?? []), value.trim()]);
  }
  if (text.trim() === "") return null;
  const version = fields.get("version")?.[0] ?? "";
  const mode = (fields.get("mode")?.[0] ?? "").toLowerCase();
  const age = fields.get("max_age")?.[0] ?? "";
  const maxAgeSeconds = readMaxAge(age);
  const mx = (fields.get("mx") ?? []).map(normalizePattern).filter((pattern) => pattern !== "");
  const faults: PolicyFault[] = [];
  if (version !== "STSv1") faults.push(version === "" ? "version-missing" : "version-unknown");
  if (!MODES.has(mode)) faults.push(mode === "" ? "mode-missing" : "mode-unknown");
  if (maxAgeSeconds === null) faults.push(age === "" ? "max-age-missing" : "max-age-invalid");
  if (maxAgeSeconds !== null && maxAgeSeconds < MAX_AGE_SECONDS_SHORT && mode !== "none") {
    faults.push("max-age-short");
  }
  if (mx.length === 0 && mode !== "none") faults.push("mx-missing");
  if (!mx.every(isMxPattern)) faults.push("mx-invalid");
  return { version, mode, maxAgeSeconds, mx, faults };
}

/**
 * What a policy says, whatever its spelling: two texts of one meaning are one policy. The order of lines and
 * MX hosts, the case of letters, unknown lines and a missing version line carry no meaning.
 * @returns null for a text that breaks RFC 8461 section 3.2: what it means is anybody's guess
 */
export function meaningOfStsPolicy(text: string): string | null {
  const policy = readStsPolicy(text);
  if (policy === null || !policy.faults.every((fault) => HARMLESS_FAULTS.has(fault))) return null;
  const mx = [...new Set(policy.mx)].sort();
  return [`mode: ${policy.mode}`, `max_age: ${policy.maxAgeSeconds}`, ...mx].join("\n");
}

/** One to ten digits, of leading zeros as many as they like (RFC 8461 section 3.2). */
function readMaxAge(text: string): number | null {
  const seconds = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return seconds <= MAX_AGE_SECONDS_MAX ? seconds : null;
}

function normalizePattern(text: string): string {
  return text.startsWith("*.") ? `*.${normalizeDomain(text.slice(2))}` : normalizeDomain(text);
}

/** Whether a text in normal form is a host name, or `*.` and a domain name (RFC 8461 section 3.2). */
export function isMxPattern(pattern: string): boolean {
  return isDomainName(pattern.startsWith("*.") ? pattern.slice(2) : pattern);
}

/**
 * Whether an MX host matches a pattern: the same name, or for `*.example.com` exactly one label in place
 * of the star, so that neither example.com nor a.b.example.com does (RFC 8461 section 4.1). Both are
 * taken in any case.
 */
export function matchesMxPattern(pattern: string, host: string): boolean {
  const [wanted, name] = [normalizePattern(pattern.trim()), normalizeDomain(host)];
  if (!isMxPattern(wanted) || !isDomainName(name)) return false;
  if (!wanted.startsWith("*.")) return name === wanted;
  const dot = name.indexOf(".");
  return dot > 0 && name.slice(dot + 1) === wanted.slice(2);
}

/** Whether an MX host matches one of the patterns. */
export function matchesAnyMxPattern(patterns: readonly string[], host: string): boolean {
  return patterns.some((pattern) => matchesMxPattern(pattern, host));
}
