// Readiness and policies where reports are doubtful, on the real engine: who saw the policy is silent, or
// most reports are forged.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Panel } from "../../services/query/panel.ts";
import { policies } from "../../services/query/panels/policies.ts";
import { readiness } from "../../services/query/panels/readiness.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { askPanel, only } from "./panel-asking.ts";
import { days, each, tell } from "./told.ts";

const TESTING = "version: STSv1\nmode: testing\nmx: mx1.d.example\nmax_age: 604800";
const ENFORCE = TESTING.replace("testing", "enforce");

let opened: TestStore;
/** The thirty days that end with the last complete one. */
const run = (panel: Panel, given: Record<string, string | string[]>) =>
  askPanel(opened.store, panel, { from: "2026-02-19", ...given });

beforeAll(async () => {
  opened = await startTestStore();
  const [alpha, beta] = ["Alpha Mail", "Beta Post"];
  const domain = (name: string, text: string) => ({ domain: `${name}.example`, text });
  await tell(opened, [
    ...each([alpha, beta], days(1, 20), domain("clean", TESTING)),
    ...each([alpha, beta], days(1, 20), { domain: "none.example", type: "no-policy-found" }),
    ...each([alpha, beta], days(-8, 5), domain("left", ENFORCE)),
    // The one sender that saw enforce fell silent; another one looks and finds nothing.
    ...each([alpha], days(-8, 5), domain("lost", ENFORCE)),
    ...each([beta], days(1, 20), { domain: "lost.example", type: "no-policy-found" }),
    // Forged reports have the most votes.
    ...each(["Google Inc."], days(1, 20), domain("forged", TESTING)),
    ...each([alpha, beta], days(1, 20), {
      ...domain("forged", TESTING.replace("mx1.d.example", "mx.attacker.example")),
      trust: "unverified",
    }),
  ]);
});

afterAll(() => opened?.stop());

describe("readiness", () => {
  test("takes MX hosts to publish from proven reports alone", async () => {
    const { rows } = await run(readiness, { domain: ["clean.example", "forged.example"] });
    const steps = new Map(
      rows.map((row) => [row["domain"], [row["next_steps"]].flat().join("\n")]),
    );
    expect(only(rows, "domain", "policy_proven").sort()).toEqual([
      ["clean.example", true],
      ["forged.example", false],
    ]);
    expect(steps.get("clean.example")).toContain("\nmx: mx1.d.example\n");
    expect(steps.get("forged.example")).toContain("\nmx: <each MX host of the domain>\n");
    expect(steps.get("forged.example")).not.toContain("attacker");
  });

  test("says of a policy that is not confirmed what the panel of policies says", async () => {
    const words = "last seen on 2026-03-05, not confirmed since";
    const ready = await run(readiness, { domain: "lost.example" });
    expect(ready.rows[0]?.["sentence"]).toContain(`${words} (13 days); 1 organization found no`);
    const seen = await run(policies, { domain: ["lost.example", "left.example"] });
    const told = seen.rows.filter((row) => row["policy_type"] === "sts");
    const sentence = `The policy as most senders saw it: ${words}.`;
    expect(only(told, "status", "current", "sentence")).toEqual([
      ["unconfirmed", false, sentence],
      ["unconfirmed", false, sentence],
    ]);
  });

  test("knows no silence where no report came", async () => {
    const { rows } = await run(readiness, { domain: "none.example" });
    expect(only(rows, "because", "silent_days")).toEqual([["no-sts", null]]);
  });
});
