// What to do next: commands that can be run whatever a report says, and advice that is so.

import { describe, expect, it } from "vitest";
import { readStsPolicy } from "../../../../services/core/mta-sts/policy.ts";
import { type ReadinessFacts, readiness } from "../../../../services/core/readiness/readiness.ts";
import { CLEAN, ENFORCED, FAILED, TESTING } from "../../../support/readiness-facts.ts";

const STATES: readonly Partial<ReadinessFacts>[] = [
  ...[{}, FAILED, ENFORCED, { reported_days: 0 }, { mode: "none" }, { silent_days: 33 }],
  { ...ENFORCED, ...FAILED },
  { ...ENFORCED, ...FAILED, withheld_sessions: 9, policy_fetch_sessions: 2 },
  { ...ENFORCED, silent_days: 33 },
  { mode: "", policy: null },
  { policy_faults: 1 },
  { stale_wait_days: 3, stale_organizations: 1 },
];

describe("the steps", () => {
  it("ask the hosts that fail, but for names that are none", () => {
    const failing_mx = ["mx1.example.com", "a;reboot", "mx2.example.com"];
    const withheld = { ...ENFORCED, ...FAILED, withheld_sessions: 9, failing_mx };
    const steps = readiness({ ...CLEAN, ...withheld }).nextSteps.join("\n\n");
    expect(steps.match(/-connect \S+/g)).toEqual([
      "-connect mx1.example.com:25",
      "-connect mx2.example.com:25",
    ]);
    expect(steps).not.toContain("reboot");
  });

  it.each(STATES)("have no command with a domain that is none: %o", (facts) => {
    const told = readiness({ ...CLEAN, ...facts, domain: "x.example;reboot" });
    expect(told.nextSteps.join("\n")).not.toContain("reboot");
  });

  it("name no MX host that only unproven reports tell of", () => {
    const unproven = readiness({ ...CLEAN, policy_proven: false }).nextSteps.join("\n");
    expect(unproven).not.toContain("mx1.example.com");
    expect(unproven).toContain("mx: <each MX host of the domain>");
    expect(unproven).toContain("$ dig +short MX example.com");
  });

  it("say of silence what is so, and what to look at", () => {
    const silent = { silent_days: 33, last_day: "2026-02-13", no_policy_organizations: 1 };
    for (const mode of ["enforce", "testing"]) {
      const { sentence, nextSteps } = readiness({ ...CLEAN, ...silent, mode });
      expect(sentence).toContain("last seen on 2026-02-13, not confirmed since (33 days)");
      expect(sentence).toContain("1 organization found no policy");
      expect(nextSteps.join()).toContain(
        "fell silent, and others find none: check that its record",
      );
      expect(nextSteps.join()).not.toContain("longer time");
    }
  });

  it("take a version line that a sender left out for a note", () => {
    const policy = readStsPolicy(TESTING.replace("version: STSv1\n", ""));
    expect(readiness({ ...CLEAN, policy }).reasons).toContain(
      "Note: The line `version: STSv1` is missing.",
    );
  });
});
