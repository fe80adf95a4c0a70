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
    doc: "What people of a group may see and do, as group=tenant+tenant:scope+scope. The groups are \
those of the identity provider or the proxy, * as group is everybody they name, * as tenant is all \
tenants, and the scopes are read (meant without any), reprocess and admin.",
  }),
  "auth.user_header": option({
    kind: orUnset(headerName()),
    default: () => null,
    defaultWords: "none",
    doc: "Header in which a proxy names the person it has asked for a password. It counts from \
addresses in proxies only; the proxy must remove it from what its clients send.",
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
    doc: "How the password is sent: in a header (client_secret_basic, what providers expect when \
nothing else was registered) or in the body (client_secret_post).",
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
