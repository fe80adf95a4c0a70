// The set that the panels over failure details are tested with, in two periods of ten days:
//
// | report | day   | organization | domain      | type | ok | failed | details: type, MX, address, sessions    |
// |--------|-------|--------------|-------------|------|----|--------|-----------------------------------------|
// | 1      | 03-02 | Alpha        | example.com | sts  | 90 | 10     | expired mx1 192.0.2.1 10                |
// | 2      | 03-03 | Beta         | example.net | sts  | 10 | 0      |                                         |
// | 3      | 03-12 | Alpha        | example.com | sts  | 80 | 20     | expired mx1 192.0.2.1 12                |
// |        |       |              |             |      |    |        | no-tls mx2 192.0.2.200 5                |
// |        |       |              |             |      |    |        | no-tls mx2 (not said) 3                 |
// | 4      | 03-13 | Beta         | example.com | tlsa | 50 | 6      | expired mx1 2001:db8:1::5 6, reason a   |
// |        |       |              |             | sts  | 50 | 6      | expired mx1 2001:db8:1::5 4, reason a   |
// |        |       |              |             |      |    |        | expired mx1 2001:db8:1:2::6 2, reason b |
// |        |       |              |             |      |    |        | odd-type mx2 "not an address" 1         |
// | 5      | 03-14 | GAMMA        | example.net | sts  | 30 | 3      |                                         |
//
// In report 4 `expired` at mx1 is listed with 6 sessions under tlsa and 6 under sts: the first in the order
// of policies, tlsa, counts. `odd-type` is listed under sts alone. So the details of 03-12 to 03-14 say
// 12 + 5 + 3 + 6 + 1 = 27 failed sessions, while the summaries say 20 + 6 + 3 = 29.

import type { Store } from "../../services/store/port.ts";
import { type SeedPolicy, seedReport } from "./seed.ts";

export const MX1 = "mx1.example.com";
export const MX2 = "mx2.example.com";
export const EXPIRED = "certificate-expired";
export const NO_TLS = "starttls-not-supported";
export const V4 = "::ffff:192.0.2.";

const expired = { type: EXPIRED, mx: MX1 };
const noTls = { type: NO_TLS, mx: MX2 };

function sts(domain: string, successful: number, failed: number): SeedPolicy {
  return { domain, type: "sts", mode: "enforce", successful, failed };
}

/** Inserts the table above. */
export async function seedFailures(store: Store): Promise<void> {
  const beta = [
    { ...expired, sendingIp: "2001:db8:1::5", failed: 4, reason: "a" },
    { ...expired, sendingIp: "2001:db8:1:2::6", failed: 2, reason: "b" },
    { type: "odd-type", mx: MX2, sendingText: "not an address", failed: 1 },
  ];
  const tlsa = [{ ...expired, sendingIp: "2001:db8:1::5", failed: 6, reason: "a" }];
  const reports: [string, string, SeedPolicy[]][] = [
    [
      "2026-03-02",
      "Alpha",
      [
        {
          ...sts("example.com", 90, 10),
          details: [{ ...expired, sendingIp: `${V4}1`, failed: 10 }],
        },
      ],
    ],
    ["2026-03-03", "Beta", [sts("example.net", 10, 0)]],
    [
      "2026-03-12",
      "Alpha",
      [
        {
          ...sts("example.com", 80, 20),
          details: [
            { ...expired, sendingIp: `${V4}1`, failed: 12 },
            { ...noTls, sendingIp: `${V4}200`, failed: 5 },
            { ...noTls, failed: 3 },
          ],
        },
      ],
    ],
    [
      "2026-03-13",
      "Beta",
      [
        { ...sts("example.com", 50, 6), type: "tlsa", mode: "", details: tlsa },
        { ...sts("example.com", 50, 6), mode: "testing", details: beta },
      ],
    ],
    ["2026-03-14", "GAMMA", [sts("example.net", 30, 3)]],
  ];
  for (const [i, [day, organization, policies]] of reports.entries()) {
    const trust = organization === "Alpha" ? "verified" : "posted";
    await seedReport(store, { n: i + 1, day, organization, policies, trust });
  }
}
