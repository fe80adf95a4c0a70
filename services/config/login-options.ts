// The options about people who log in: groups, a proxy that asks who they are, an identity provider. Part of
// the table in options.ts.

import { BOUNDS } from "../core/bounds.ts";
import { choice, count, list, orUnset } from "./kinds.ts";
import { groupGrant, headerName, issuerUrl, secretText, word } from "./login-kinds.ts";
import type { Option } from "./options.ts";

const CLIENT_AUTHS = ["basic", "post"] as const;
const option = <Value>(entry: Option<Value>): Option<Value> => entry;

export const LOGIN_OPTIONS = {
  "auth.session_hours": option({
    kind: count({ min: 1, max: BOUNDS.sessionHoursMax }),
    default: () => BOUNDS.sessionHoursDefault,
    doc: "Hours after which somebody who logged in is asked again.",
  }),
  "auth.groups": option({
    kind: list(groupGrant(), { itemsMin: 0 }),
    default: () => [],
    defaultWords: "none",
    doc: "Grants to groups of people, as group=tenant+tenant:scope+scope; * as group is everybody, \
* as tenant all tenants. See docs/login.md.",
  }),
  "auth.user_header": option({
    kind: orUnset(headerName()),
    default: () => null,
    defaultWords: "none",
    doc: "Header in which one of proxies names the person it has asked for a password; it must \
remove the header from what its clients send.",
  }),
  "auth.groups_header": option({
    kind: orUnset(headerName()),
    default: () => null,
    defaultWords: "none",
    doc: "Header in which the same proxy names the person's groups, with commas between them.",
  }),
  "oidc.issuer": option({
    kind: orUnset(issuerUrl()),
    default: () => null,
    defaultWords: "no log-in at a provider",
    doc: "OpenID Connect provider at which people log in. It sends them back to \
<public.url>/login/oidc/callback, which is to be registered there.",
  }),
  "oidc.client_id": option({
    kind: orUnset(word("the client's id as the provider gave it")),
    default: () => null,
    defaultWords: "none",
    doc: "Name of this instance at the provider.",
  }),
  "oidc.client_secret": option({
    kind: orUnset(secretText()),
    default: () => null,
    defaultWords: "a public client, which proves itself by PKCE alone",
    doc: "Password of this instance at the provider.",
    secret: true,
  }),
  "oidc.client_auth": option({
    kind: choice(CLIENT_AUTHS),
    default: () => "basic" as const,
    doc: "How the password is sent, as it is registered at the provider: client_secret_basic or \
client_secret_post.",
  }),
  "oidc.groups_claim": option({
    kind: word("a claim such as groups, or a path such as realm_access.roles"),
    default: () => "groups",
    doc: "Claim in which the provider names a person's groups.",
  }),
  "oidc.scopes": option({
    kind: list(word("scopes such as openid"), { itemsMin: 1 }),
    default: () => ["openid", "profile", "email"],
    doc: "What is asked for at the provider; some need groups to tell groups.",
  }),
};
