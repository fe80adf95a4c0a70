// Spellings of IP addresses.

import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalIp } from "../../../../services/core/tlsrpt/ip.ts";

const good = (text: string, canonical = text) => expect(canonicalIp(text)).toBe(canonical);
const bad = (text: string) => expect(canonicalIp(text)).toBe("");

test("addresses", () => {
  good("192.0.2.1");
  good("0.0.0.0");
  good("255.255.255.255");
  good("::");
  good("::1");
  good("1::");
  good("2001:db8::1");
  good("2001:DB8::A", "2001:db8::a");
  good("2001:db8:abcd:0012::1", "2001:db8:abcd:12::1"); // as printed in the RFC
  good("2001:0db8:0:0:0:0:0:1", "2001:db8::1");
  good("2001:db8:0:1:1:1:1:1"); // one zero group is not shortened
  good("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
  good("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"); // the longest run
  good("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"); // the first of two
  good("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0");
  good("::ffff:192.0.2.1", "192.0.2.1");
  good("::ffff:c000:201", "192.0.2.1");
  good("64:ff9b::192.0.2.1", "64:ff9b::c000:201");
  good("1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201");
});

test("texts that are none", () => {
  bad("");
  bad("x.x.x.x");
  bad("192.0.2");
  bad("192.0.2.256");
  bad("192.0.2.01"); // octal to some
  bad("192.0.2.1 ");
  bad("192.0.2.1:25");
  bad("1.2.3.4.5");
  bad(":");
  bad(":::");
  bad("1::2::3");
  bad(":1:2:3:4:5:6:7");
  bad("1:2:3:4:5:6:7:");
  bad("1:2:3:4:5:6:7:8:9");
  bad("1:2:3:4:5:6:7::8");
  bad("1:2:3:4:5:6:7");
  bad("12345::");
  bad("g::");
  bad("::192.0.2.1:1");
  bad("::192.0.2.999");
  bad("fe80::1%eth0");
  bad("1:2:3:4:5:6:7:192.0.2.1");
  bad("192.0.2.1::");
  bad(":".repeat(100));
});

test("what Node calls an address is one, and nothing else is", () => {
  const groups = fc.array(fc.constantFrom("", "0", "1", "db8", "00fF", "12345", "g", "1.2.3.4"));
  const octets = fc.array(fc.constantFrom("0", "1", "01", "99", "255", "256", "", "-1", "1 "));
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    groups.map((each) => each.join(":")),
    octets.map((each) => each.join(".")),
    fc.string({ unit: fc.constantFrom(..."019afg:.%"), maxLength: 46 }),
  );
  fc.assert(
    fc.property(text, (address) => {
      const known = isIPv4(address) || (isIPv6(address) && !address.includes("%"));
      expect([address, canonicalIp(address) !== ""]).toEqual([address, known]);
    }),
    { numRuns: 2_000 },
  );
});
