// The options about IP addresses that reports name: what else is told of them. Part of the table in
// options.ts.

import { resolve } from "node:path";
import { orUnset, path, yesOrNo } from "./kinds.ts";
import type { Option } from "./options.ts";

const option = <Value>(entry: Option<Value>): Option<Value> => entry;

export const ADDRESS_OPTIONS = {
  "dns.reverse_names": option({
    kind: yesOrNo(),
    default: () => true,
    doc: "Asks DNS for the names of the sending addresses that are shown. See docs/addresses.md.",
    commands: ["query"],
    live: true,
  }),
  asn_database: option({
    kind: orUnset(path("file", resolve)),
    default: () => null,
    defaultWords: "none",
    doc: "File in the MaxMind DB format (.mmdb) that says which network an address is in; read \
again when it changes. See docs/addresses.md.",
    commands: ["query"],
    live: true,
  }),
};
