// Settings of log-in that are right one by one and wrong together; see contradictions.ts.

import { BOUNDS } from "../core/bounds.ts";
import type { Rule } from "./contradictions.ts";

export const LOGIN_RULES: readonly Rule[] = [
  {
    about: ["oidc.issuer", "oidc.client_id"],
    serving: true,
    find: ({ oidc }) => {
      if ((oidc.issuer === null) === (oidc.clientId === null)) return null;
      const [has, lacks] = oidc.issuer === null ? ["client_id", "issuer"] : ["issuer", "client_id"];
      return {
        message: `oidc.${has} without oidc.${lacks}`,
        hint: `set oidc.${lacks} as well: the provider shows both where the client is registered`,
      };
    },
  },
  {
    about: ["oidc.client_secret", "oidc.issuer"],
    serving: true,
    find: ({ oidc }) => {
      if (oidc.clientSecret === null || oidc.issuer !== null) return null;
      return {
        message: "oidc.client_secret without oidc.issuer",
        hint: "set oidc.issuer as well, or remove the secret",
      };
    },
  },
  {
    about: ["oidc.issuer", "public.url"],
    serving: true,
    find: (settings) => {
      if (settings.oidc.issuer === null || settings.public.url !== null) return null;
      return {
        message: "oidc.issuer without public.url, to which the provider sends people back",
        hint: "set public.url, and register <public.url>/login/oidc/callback at the provider",
      };
    },
  },
  {
    about: ["oidc.scopes"],
    serving: true,
    find: ({ oidc }) => {
      if (oidc.scopes.includes("openid")) return null;
      return {
        message: "oidc.scopes lacks openid, without which a provider says nothing of who it is",
        hint: "add openid (OpenID Connect Core section 3.1.2.1)",
      };
    },
  },
  {
    about: ["auth.groups", "oidc.issuer", "auth.user_header"],
    serving: true,
    find: ({ auth, oidc }) => {
      const named = oidc.issuer !== null ? "oidc.issuer" : "auth.user_header";
      if (oidc.issuer === null && auth.userHeader === null) return null;
      if (auth.groups.length > 0) return null;
      return {
        message: `${named} without auth.groups: nobody could see anything`,
        hint: "grant something, as in postmasters=default:read; the group * is everybody",
      };
    },
  },
  {
    about: ["auth.user_header", "proxies"],
    serving: true,
    find: ({ auth, proxies }) => {
      if (auth.userHeader === null || proxies.length > 0) return null;
      return {
        message: "auth.user_header without proxies: the header counts from named addresses only",
        hint: "set proxies to the address of the proxy that asks people who they are",
      };
    },
  },
  {
    about: ["auth.groups_header", "auth.user_header"],
    serving: true,
    find: ({ auth }) => {
      if (auth.groupsHeader === null || auth.userHeader !== null) return null;
      return {
        message: "auth.groups_header without auth.user_header",
        hint: "set auth.user_header to the header with the person's name",
      };
    },
  },
  {
    about: ["auth.groups"],
    serving: true,
    find: ({ auth }) => {
      if (auth.groups.length <= BOUNDS.groupGrantsMax) return null;
      return {
        message: `auth.groups has ${auth.groups.length} grants and may have \
${BOUNDS.groupGrantsMax}`,
        hint: "grant several tenants to one group: group=one+two+three",
      };
    },
  },
];
