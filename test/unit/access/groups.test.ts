// Groups to rights: the grammar of a grant, and that several grants never give more than each by itself.

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { addGrants, marksOf } from "../../../services/access/groups.ts";
import {
  type GroupGrant,
  parseGroupGrant,
  printGroupGrant,
} from "../../../services/core/group-grant.ts";
import { SCOPES } from "../../../services/core/scopes.ts";

function grant(text: string): GroupGrant {
  const parsed = parseGroupGrant(text);
  if (typeof parsed === "string") throw new Error(`${text}: ${parsed}`);
  return parsed;
}

describe("the grammar of a grant", () => {
  const good = (text: string, printed: string) =>
    it(`takes ${text}`, () => expect(printGroupGrant(grant(text))).toBe(printed));
  const bad = (text: string, why: string) =>
    it(`refuses ${text}`, () => expect(parseGroupGrant(text)).toBe(why));

  good("staff=default", "staff=default:read"); // read is meant
  good("staff=one+two", "staff=one+two:read");
  good("admins=*:admin", "admins=*:read+admin"); // read belongs to all
  good(" staff = one + two : reprocess ", "staff=one+two:read+reprocess"); // blanks do not matter
  good("cn=staff,ou=mail,dc=example=one", "cn=staff,ou=mail,dc=example=one:read"); // LDAP names
  good("urn:example:staff=one:read", "urn:example:staff=one:read"); // colons before the last =
  good("*=one", "*=one:read"); // everybody who is named
  bad("staff", "no = between group and tenants");
  bad("=one", "no group before =");
  bad("staff=", "no name of a tenant behind =");
  bad("staff=One", "no name of a tenant behind ="); // tenants are lower case
  bad("staff=one+one", "a tenant twice");
  bad("staff=*+one", "* beside other tenants");
  bad("staff=one:write", "a scope other than read, reprocess, admin");
  bad("staff=one:", "a scope other than read, reprocess, admin"); // a colon announces one
  bad("staff=one:read:admin", "more than one : behind the tenants");
  bad(`${"g".repeat(256)}=one`, "a group of too many characters");
});

const GRANTS = ["staff=one", "leads=two:admin", "msp=*:reprocess", "root=*:admin"].map(grant);
const rights = (groups: string[], grants = GRANTS) => addGrants(marksOf(groups, grants), grants);

test("nobody without a granted group gets anything", () => {
  expect(rights([])).toBeNull();
  expect(rights(["Staff", "staff ", "*", "other"])).toBeNull();
});

test("one group gives what it says", () => {
  expect(rights(["staff", "other"])).toEqual({ tenants: ["one"], scopes: ["read"] });
  expect(rights(["root"])).toEqual({ tenants: "all", scopes: [...SCOPES] });
});

test("scopes of one tenant do not reach another", () => {
  expect(rights(["staff", "leads"])).toEqual({ tenants: ["one", "two"], scopes: ["read"] });
  expect(rights(["leads", "msp"])).toEqual({ tenants: "all", scopes: ["read", "reprocess"] });
  expect(rights(["leads", "root"])).toEqual({ tenants: "all", scopes: [...SCOPES] });
});

test("* is everybody who is named, whatever their groups", () => {
  const grants = [grant("*=one"), grant("leads=one:admin")];
  expect(rights([], grants)).toEqual({ tenants: ["one"], scopes: ["read"] });
  expect(rights(["leads"], grants)).toEqual({ tenants: ["one"], scopes: [...SCOPES] });
});

const someGrant = fc
  .record({
    group: fc.constantFrom("a", "b", "c", "d"),
    tenants: fc.oneof(
      fc.constant("all" as const),
      fc.uniqueArray(fc.constantFrom("one", "two", "three"), { minLength: 1 }),
    ),
    more: fc.subarray([...SCOPES]),
  })
  .map(({ group, tenants, more }) => ({
    group,
    tenants,
    scopes: SCOPES.filter((scope) => scope === "read" || more.includes(scope)),
  }));

test("whatever is granted together was granted by itself, tenant by tenant", () => {
  const gives = ({ tenants, scopes }: Omit<GroupGrant, "group">, tenant: string, scope: string) =>
    (tenants === "all" || tenants.includes(tenant)) &&
    (scopes.includes("admin") || scopes.some((one) => one === scope));
  fc.assert(
    fc.property(fc.array(someGrant), fc.subarray(["a", "b", "c", "d"]), (grants, groups) => {
      const together = rights(groups, grants);
      const held = grants.filter(({ group }) => groups.includes(group));
      if (together === null) return held.length === 0;
      return ["one", "two", "three", "unheard-of"].every((tenant) =>
        SCOPES.every(
          (scope) =>
            !gives(together, tenant, scope) || held.some((one) => gives(one, tenant, scope)),
        ),
      );
    }),
  );
});

test("a printed grant reads back as itself", () => {
  fc.assert(
    fc.property(someGrant, (one) => {
      expect(parseGroupGrant(printGroupGrant(one))).toEqual(one);
    }),
  );
});
