// What people of a group may see and do, as the option auth.groups writes it:
// `<group>=<tenant>[+<tenant>...][:<scope>[+<scope>...]]`.

import { BOUNDS } from "./bounds.ts";
import { TENANT_PATTERN } from "./directory/directory.ts";
import { type AccessScope, isScope, SCOPES } from "./scopes.ts";

export interface GroupGrant {
  /** As the provider or the proxy names it; "*" is everybody they name. */
  group: string;
  tenants: readonly string[] | "all";
  /** With `read` always, since nothing can be done to what cannot be seen. */
  scopes: readonly AccessScope[];
}

/**
 * Reads one grant; without scopes it is `read`.
 * @returns the grant, or why the text is none (without the text)
 */
export function parseGroupGrant(text: string): GroupGrant | string {
  // Names of groups may hold "=" and ":" (cn=staff,ou=mail, urn:example:staff); tenants hold neither.
  const end = text.lastIndexOf("=");
  if (end < 0) return "no = between group and tenants";
  const group = text.slice(0, end).trim();
  const [tenantText = "", scopeText = "read", ...rest] = text.slice(end + 1).split(":");
  if (group === "") return "no group before =";
  if (group.length > BOUNDS.groupCharsMax) return "a group of too many characters";
  if (rest.length > 0) return "more than one : behind the tenants";
  const tenants = readTenants(tenantText);
  if (typeof tenants === "string") return tenants;
  const given = scopeText.split("+").map((part) => part.trim());
  const scopes = SCOPES.filter((scope) => scope === "read" || given.includes(scope));
  if (!given.every(isScope)) return `a scope other than ${SCOPES.join(", ")}`;
  return { group, tenants: tenants.all ? "all" : tenants.names, scopes };
}

function readTenants(text: string): { all: boolean; names: string[] } | string {
  const names = text.split("+").map((part) => part.trim());
  if (names.includes("*")) {
    return names.length === 1 ? { all: true, names: [] } : "* beside other tenants";
  }
  if (!names.every((name) => TENANT_PATTERN.test(name))) return "no name of a tenant behind =";
  return new Set(names).size === names.length ? { all: false, names } : "a tenant twice";
}

/** Writes a grant as `parseGroupGrant` reads it. */
export function printGroupGrant({ group, tenants, scopes }: GroupGrant): string {
  return `${group}=${tenants === "all" ? "*" : tenants.join("+")}:${scopes.join("+")}`;
}
