// Whose fault a failure is, as a table of small worlds: who reports, who saw it, at which hosts.

import fc from "fast-check";
import { expect, test } from "vitest";
import {
  DISTRIBUTIONS,
  type Distribution,
  type DistributionEvidence,
  distribution,
} from "../../../../services/core/problems/distribution.ts";

/** Six report, all of them saw it at one of two hosts, for a week. */
const ALL_AT_ONE: DistributionEvidence = {
  resultType: "certificate-expired",
  mx: "mx1.example.com",
  failedSessions: 120,
  daysActive: 7,
  firstDay: "2026-03-03",
  organizations: 6,
  organizationsAnywhere: 6,
  organizationsReporting: 6,
  organizationsWorking: 6,
  organizationsBefore: 0,
  mxHosts: 1,
  mxHostsKnown: 2,
  startDaysApart: 0,
  sendingNetwork: "",
  receivingAddress: "",
  chosenOrganizations: false,
  cut: false,
};
const EVERYWHERE = { mxHosts: 2 };
const ONE_SENDER = { organizations: 1, organizationsAnywhere: 1, organizationsWorking: 1 };
const NO_TLS = { resultType: "starttls-not-supported" };
const NETWORK = { sendingNetwork: "192.0.2.0/24" };
const UNNAMED = { mx: "", mxHosts: 0, mxHostsKnown: 2 };
const NO_MX = { ...UNNAMED, resultType: "sts-policy-invalid" };
const FETCH = { ...UNNAMED, resultType: "sts-policy-fetch-error" };

type Case = [
  what: string,
  evidence: Partial<DistributionEvidence>,
  kind: Distribution["kind"],
  confidence: Distribution["confidence"],
];

const CASES: Case[] = [
  ["all senders at one of two hosts", {}, "at-mx", "high"],
  ["all senders at the only host known", { mxHostsKnown: 1 }, "at-mx", "high"],
  ["all senders at two of three hosts", { mxHosts: 2, mxHostsKnown: 3 }, "at-mx", "high"],
  ["half of the senders is widespread", { organizationsAnywhere: 3 }, "at-mx", "high"],
  ["less than half is neither", { organizationsAnywhere: 2 }, "mixed", "high"],
  [
    "two of five at every host",
    { ...EVERYWHERE, organizationsAnywhere: 2, organizationsReporting: 5 },
    "mixed",
    "high",
  ],
  ["all senders at every host, ever", EVERYWHERE, "every-mx", "high"],
  [
    "all senders at every host from one day on",
    { ...EVERYWHERE, organizationsBefore: 6 },
    "your-change",
    "high",
  ],
  [
    "that half of them had successes before is enough",
    { ...EVERYWHERE, organizationsBefore: 3 },
    "your-change",
    "high",
  ],
  [
    "fewer do not show that it worked before",
    { ...EVERYWHERE, organizationsBefore: 2 },
    "every-mx",
    "high",
  ],
  [
    "hosts that began a day apart began at once",
    { ...EVERYWHERE, organizationsBefore: 6, startDaysApart: 1 },
    "your-change",
    "high",
  ],
  [
    "hosts that began two days apart did not",
    { ...EVERYWHERE, organizationsBefore: 6, startDaysApart: 2 },
    "every-mx",
    "high",
  ],
  [
    "one host alone is no change of all",
    { mxHostsKnown: 1, organizationsBefore: 6 },
    "at-mx",
    "high",
  ],
  ["all senders, and no host named", NO_MX, "not-at-a-host", "high"],
  ["some senders, and no host named", { ...NO_MX, organizationsAnywhere: 2 }, "mixed", "high"],
  ["one sender, and no host named", { ...NO_MX, ...ONE_SENDER }, "one-sender", "high"],
  ["all senders, none of which names the host", UNNAMED, "cannot-tell", "low"],
  ["one sender that does not name the host", { ...UNNAMED, ...ONE_SENDER }, "cannot-tell", "low"],
  [
    "the same from one network",
    { ...UNNAMED, ...ONE_SENDER, ...NO_TLS, ...NETWORK },
    "cannot-tell",
    "low",
  ],
  [
    "the policy kept away from one network",
    { ...FETCH, ...ONE_SENDER, ...NETWORK },
    "on-the-path",
    "high",
  ],
  ["the policy not fetched by one sender", { ...FETCH, ...ONE_SENDER }, "one-sender", "high"],
  [
    "other TLSA records from one network",
    { ...ONE_SENDER, ...NETWORK, resultType: "tlsa-invalid" },
    "on-the-path",
    "high",
  ],
  ["one sender at every host", { ...ONE_SENDER, ...EVERYWHERE }, "one-sender", "high"],
  [
    "one sender at the only host, which others reach",
    { ...ONE_SENDER, mxHostsKnown: 1 },
    "one-sender",
    "high",
  ],
  ["one sender at one of two hosts", ONE_SENDER, "one-sender-one-mx", "high"],
  [
    "one sender at two of three hosts",
    { ...ONE_SENDER, mxHosts: 2, mxHostsKnown: 3 },
    "mixed",
    "high",
  ],
  [
    "no STARTTLS from one network of a sender that works",
    { ...ONE_SENDER, ...NO_TLS, ...NETWORK },
    "on-the-path",
    "high",
  ],
  [
    "the same at every host",
    { ...ONE_SENDER, ...NO_TLS, ...NETWORK, ...EVERYWHERE },
    "on-the-path",
    "high",
  ],
  [
    "another certificate from one network",
    { ...ONE_SENDER, ...NETWORK, resultType: "certificate-not-trusted" },
    "on-the-path",
    "high",
  ],
  [
    "an expired one is yours wherever it is seen from",
    { ...ONE_SENDER, ...NETWORK },
    "one-sender-one-mx",
    "high",
  ],
  [
    "a sender of one network that never works",
    { ...ONE_SENDER, ...NO_TLS, ...NETWORK, ...EVERYWHERE, organizationsWorking: 0 },
    "one-sender",
    "high",
  ],
  [
    "a sender of several networks",
    { ...ONE_SENDER, ...NO_TLS, ...EVERYWHERE },
    "one-sender",
    "high",
  ],
  ["several senders of one network", { ...NO_TLS, ...NETWORK }, "at-mx", "high"],
  [
    "a single session of one sender from one network",
    { ...ONE_SENDER, ...NO_TLS, ...NETWORK, failedSessions: 1, daysActive: 1 },
    "one-sender-one-mx",
    "low",
  ],
  [
    "four sessions on one day are too few for it",
    { ...ONE_SENDER, ...NO_TLS, ...NETWORK, failedSessions: 4, daysActive: 1 },
    "one-sender-one-mx",
    "low",
  ],
  [
    "five are not",
    { ...ONE_SENDER, ...NO_TLS, ...NETWORK, failedSessions: 5, daysActive: 1 },
    "on-the-path",
    "medium",
  ],
  [
    "nor are two days",
    { ...ONE_SENDER, ...NO_TLS, ...NETWORK, failedSessions: 2, daysActive: 2 },
    "on-the-path",
    "low",
  ],
  [
    "one organization reports at all",
    { ...ONE_SENDER, organizationsReporting: 1 },
    "cannot-tell",
    "low",
  ],
  [
    "the same from one network",
    { ...ONE_SENDER, ...NO_TLS, ...NETWORK, organizationsReporting: 1 },
    "cannot-tell",
    "low",
  ],
  ["nobody reports, by contradicting numbers", { organizationsReporting: 0 }, "cannot-tell", "low"],
  ["organizations were chosen", { chosenOrganizations: true }, "cannot-tell", "low"],
  [
    "two report, both saw it",
    { organizations: 2, organizationsAnywhere: 2, organizationsReporting: 2 },
    "at-mx",
    "low",
  ],
  [
    "two report, one saw it",
    { ...ONE_SENDER, ...EVERYWHERE, organizationsReporting: 2 },
    "one-sender",
    "low",
  ],
  ["few sessions", { failedSessions: 4 }, "at-mx", "low"],
  ["enough sessions", { failedSessions: 5 }, "at-mx", "medium"],
  ["many, on two days", { daysActive: 2 }, "at-mx", "medium"],
  [
    "many, of four reporters",
    { organizationsAnywhere: 4, organizationsReporting: 4 },
    "at-mx",
    "medium",
  ],
];

test.each(CASES)("%s", (_, evidence, kind, confidence) => {
  const judged = distribution({ ...ALL_AT_ONE, ...evidence });
  expect(judged).toMatchObject({ kind, confidence, whose: DISTRIBUTIONS[kind] });
});

test("the sentence has the numbers that it rests on", () => {
  const say = (evidence: Partial<DistributionEvidence>) =>
    distribution({ ...ALL_AT_ONE, ...evidence }).sentence;
  expect(say({ receivingAddress: "203.0.113.7" })).toBe(
    "6 of 6 organizations that report under this policy type saw it, at 1 of 2 known MX hosts. So " +
      "look at this host. All of it was at the address 203.0.113.7.",
  );
  expect(say({ ...EVERYWHERE, organizationsBefore: 6 })).toBe(
    "6 of 6 organizations that report under this policy type saw it, at 2 of 2 known MX hosts, since " +
      "2026-03-03; before, they reported successes. So look at what you changed then.",
  );
  expect(say({ ...ONE_SENDER, ...NO_TLS, ...NETWORK })).toMatch(
    /the network 192\.0\.2\.0\/24 alone/,
  );
  expect(say({ organizationsReporting: 1 })).toBe(
    "Cannot tell sender from MX host: only one organization reports under this policy type in " +
      "these days.",
  );
  expect(say(UNNAMED)).toBe(
    "6 of 6 organizations that report under this policy type saw it, and it is not said at which MX " +
      "host. So sender and host cannot be told apart.",
  );
  expect(say({ cut: true })).toMatch(/of the largest\.$/);
});

test("any numbers give a kind and whole sentences", () => {
  const number = fc.nat({ max: 50 });
  const evidence = fc.record<DistributionEvidence>({
    resultType: fc.constantFrom("starttls-not-supported", "certificate-expired", "own-word"),
    mx: fc.constantFrom("", "mx1.example.com"),
    failedSessions: number,
    daysActive: number,
    firstDay: fc.constant("2026-03-03"),
    organizations: number,
    organizationsAnywhere: number,
    organizationsReporting: number,
    organizationsWorking: number,
    organizationsBefore: number,
    mxHosts: number,
    mxHostsKnown: number,
    startDaysApart: number,
    sendingNetwork: fc.constantFrom("", "192.0.2.0/24"),
    receivingAddress: fc.constantFrom("", "203.0.113.7"),
    chosenOrganizations: fc.boolean(),
    cut: fc.boolean(),
  });
  fc.assert(
    fc.property(evidence, (one) => {
      const { kind, sentence, confidence } = distribution(one);
      expect(DISTRIBUTIONS).toHaveProperty([kind]);
      expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
      expect(sentence).not.toMatch(/undefined|NaN/);
      if (one.organizationsReporting < 2)
        expect([kind, confidence]).toEqual(["cannot-tell", "low"]);
    }),
  );
});
