// From the groups that a provider or a proxy names to tenants and scopes, by the grants of the
// configuration. Nothing but a configured grant gives anything.

import { createHash } from "node:crypto";
import type { GroupGrant } from "../core/group-grant.ts";
import { type AccessScope, SCOPES } from "../core/scopes.ts";

/** The grant that is everybody's who was named at all. */
const EVERYBODY = "*";
const MARK_CHARS = 16;

/** A short name for a group, so that a session with many of them fits into a cookie. */
export function markOf(group: string): string {
  return createHash("sha256").update(group, "utf8").digest("base64url").slice(0, MARK_CHARS);
}

/** Marks of those groups that a grant is about; "*" for everybody is always one of them. */
export function marksOf(groups: readonly string[], grants: readonly GroupGrant[]): string[] {
  const named = new Set([...groups.filter((group) => group !== EVERYBODY), EVERYBODY]);
  const known = new Set(grants.map((grant) => grant.group));
  return [...known].filter((group) => named.has(group)).map(markOf);
}

/** Groups that a grant is about, each once, in their order. */
export function groupsOf(grants: readonly GroupGrant[]): string[] {
  return [...new Set(grants.map(({ group }) => group))];
}

/** Says to somebody without a granted group what is missing, without naming groups of theirs. */
export function explainNoGroup(
  name: string,
  where: string,
  wanted: readonly string[],
  has: number,
): string {
  const groups = has === 0 ? "no groups" : has === 1 ? "1 other" : `${has} others`;
  return `${name} is known at the ${where} and may see nothing here: it takes one of the groups \
${wanted.join(", ")}, and the ${where} named ${groups}.`;
}

export interface Granted {
  tenants: readonly string[] | "all";
  scopes: readonly AccessScope[];
}

/**
 * Adds up the grants of somebody's groups. Tenants are those of all of them. A scope counts where the
 * grants that hold it reach every one of these tenants: who reads one tenant and administers another
 * only reads both, so that two grants together never give more than each by itself.
 * @returns null when no grant is about any of the groups
 */
export function addGrants(marks: readonly string[], grants: readonly GroupGrant[]): Granted | null {
  const held = grants.filter((grant) => marks.includes(markOf(grant.group)));
  if (held.length === 0) return null;
  const tenants = tenantsOf(held);
  const scopes = SCOPES.filter((scope) => {
    const giving = held.filter(({ scopes: given }) => holds(given, scope));
    return giving.length > 0 && reaches(tenantsOf(giving), tenants);
  });
  return { tenants, scopes };
}

function holds(scopes: readonly AccessScope[], scope: AccessScope): boolean {
  return scopes.includes(scope) || scopes.includes("admin");
}

function tenantsOf(grants: readonly GroupGrant[]): readonly string[] | "all" {
  const names = new Set<string>();
  for (const { tenants } of grants) {
    if (tenants === "all") return "all";
    for (const tenant of tenants) names.add(tenant);
  }
  return [...names];
}

function reaches(some: readonly string[] | "all", all: readonly string[] | "all"): boolean {
  if (some === "all") return true;
  return all !== "all" && all.every((tenant) => some.includes(tenant));
}
