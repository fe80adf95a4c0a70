// The names of addresses in DNS, as the RFCs print them.

import { expect, test } from "vitest";
import { reverseName } from "../../../../services/core/dns/reverse.ts";

test("an address has a name in reverse", () => {
  for (const [address, name] of [
    ["10.2.0.52", "52.0.2.10.in-addr.arpa"], // RFC 1035 section 3.5
    [
      "4321:0:1:2:3:4:567:89ab", // RFC 3596 section 2.5
      "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa",
    ],
    ["2001:DB8::", `${"0.".repeat(24)}8.b.d.0.1.0.0.2.ip6.arpa`],
    ["192.0.2", ""],
    ["192.0.2.01", ""],
    ["x.example", ""],
    ["", ""],
  ]) {
    expect([address, reverseName(address ?? "")]).toEqual([address, name]);
  }
});
