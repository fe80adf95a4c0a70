// The kind of the option dns.servers: addresses of resolvers, as node:dns takes them.

import { isIPv4, isIPv6 } from "node:net";
import { accept, type Kind, reject, textual } from "./kinds.ts";

const PORT_LAST = 65_535;

/** An IP address, with a port when it is not 53; IPv6 stands in brackets before a port. */
export function dnsServer(): Kind<string> {
  return textual({
    placeholder: "address",
    expects: "addresses such as 192.0.2.53, 127.0.0.1:5353 or [2001:db8::53]:53",
    parse: (text) => {
      if (isIPv4(text)) return accept(text);
      if (isIPv6(text)) return accept(`[${text}]`);
      const match = /^(?:\[([^\]]*)\]|([^:]*))(?::([0-9]{1,5}))?$/.exec(text);
      const [, six, four, port = "53"] = match ?? [];
      const known = six === undefined ? isIPv4(four ?? "") : isIPv6(six);
      if (!known) return reject("not an IP address; a resolver cannot be named");
      if (Number(port) < 1 || Number(port) > PORT_LAST) return reject(`no port ${port}`);
      return accept(text);
    },
    print: (text) => text,
  });
}
