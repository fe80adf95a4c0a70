// The kinds of value that options of log-in have.

import { type GroupGrant, parseGroupGrant, printGroupGrant } from "../core/group-grant.ts";
import { accept, type Kind, reject, textual } from "./kinds.ts";

const HEADER_CHARS_MAX = 100;
const WORD_CHARS_MAX = 256;
const SECRET_CHARS_MAX = 4_096;

/** What people of a group may see and do. */
export function groupGrant(): Kind<GroupGrant> {
  return textual({
    placeholder: "group=tenants:scopes",
    expects: "grants such as postmasters=example-org:read or admins=*:read+reprocess",
    parse: (text) => {
      const grant = parseGroupGrant(text);
      return typeof grant === "string" ? reject(grant) : accept(grant);
    },
    print: printGroupGrant,
  });
}

// Headers that mean something to the server itself cannot say who somebody is.
const TAKEN = ["host", "cookie", "authorization", "connection", "origin", "forwarded"];

/** The name of an HTTP header (RFC 9110 section 5.1), in lower case. */
export function headerName(): Kind<string> {
  return textual({
    placeholder: "name",
    expects: "the name of a header such as X-Forwarded-User",
    parse: (text) => {
      const name = text.toLowerCase();
      if (text.length > HEADER_CHARS_MAX || !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) {
        return reject("not the name of a header");
      }
      return TAKEN.includes(name) ? reject("a header with another meaning") : accept(name);
    },
    print: (name) => name,
  });
}

/** A word without blanks, such as the name of a scope, a claim or a client. */
export function word(what: string): Kind<string> {
  return textual({
    placeholder: "name",
    expects: what,
    parse: (text) =>
      /^[\x21-\x7e]+$/.test(text) && text.length <= WORD_CHARS_MAX
        ? accept(text)
        : reject("not a word of printable ASCII"),
    print: (text) => text,
  });
}

/** Any text that somebody else has chosen to be secret. */
export function secretText(): Kind<string> {
  return textual({
    placeholder: "secret",
    expects: "a secret as it was given",
    parse: (text) =>
      text.length <= SECRET_CHARS_MAX ? accept(text) : reject("too many characters"),
    print: (text) => text,
  });
}

/**
 * The identifier of an OpenID provider, kept to the character: a last slash is part of it (OpenID
 * Connect Discovery section 4.3). http:// is for a provider on this machine, as in a test.
 */
export function issuerUrl(): Kind<string> {
  return textual({
    placeholder: "url",
    expects: "the issuer's https:// address, as the provider's own configuration has it",
    parse: (text) => {
      if (!URL.canParse(text)) return reject("not a URL");
      const { protocol, hostname, username, password, search, hash } = new URL(text);
      if (username + password + search + hash !== "") {
        return reject("a URL with a user, a query or a fragment");
      }
      const local = protocol === "http:" && isLoopbackName(hostname);
      return protocol === "https:" || local ? accept(text) : reject("not https://");
    },
    print: (text) => text,
  });
}

function isLoopbackName(name: string): boolean {
  return name === "localhost" || name === "[::1]" || /^127(?:\.[0-9]+){3}$/.test(name);
}
