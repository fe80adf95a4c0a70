// How far senders are known, as a reader of one record and of the page sees it, on the real engine.

import { afterAll, beforeAll, expect, test } from "vitest";
import { createAccess } from "../../services/access/access.ts";
import { everybodyWay, MACHINE } from "../../services/access/ways.ts";
import { createApi } from "../../services/api/app.ts";
import { silent } from "../../services/observe/events.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { receipt, seedQuarantine, seedReport, uuid } from "./seed.ts";
import { seedPanels } from "./seed-panels.ts";

const SIGNED = {
  dkim_result: "pass",
  dkim_domain: "sender.example",
  dkim_selector: "s1",
  dkim_basis: "submitter",
  dkim_notes: ["contact-not-aligned", "a-later-code"],
  attribution: "key",
};
const DAY = "2026-03-12";
let stored: TestStore;

beforeAll(async () => {
  stored = await startTestStore();
  await seedPanels(stored.store);
  const policies = [{ domain: "example.org", type: "sts", successful: 3, failed: 0 }];
  const signed = {
    n: 30,
    day: DAY,
    organization: "Signed\u202e",
    policies,
    trust: "verified",
  } as const;
  await seedReport(stored.store, { ...signed, report: SIGNED });
  const held = {
    receipt: receipt(31),
    reason: "dkim-unverified",
    received_at: `${DAY} 13:00:00.000`,
  };
  await seedQuarantine(stored.store, { ...held, dkim_result: "fail", dkim_domain: "b.example" });
});
afterAll(() => stored?.stop());

async function get(path: string, open = false): Promise<string> {
  const api = createApi({
    store: stored.store,
    spool: null,
    ready: async () => ({ ready: true, checks: {} }),
    metrics: async () => ({ contentType: "text/plain", text: "" }),
    emit: silent,
    access: createAccess([everybodyWay({ ...MACHINE, tenants: ["default"] })]),
    loginPath: null,
    reportUrl: null,
    reportAddress: null,
    openDirectory: () => open,
    version: "1.2.3",
    clock: () => Date.parse("2026-03-20T10:00:00Z"),
  });
  const response = await api.request(path);
  expect(response.status, path).toBe(200);
  return response.text();
}

test("a report says who signed it, what that means, and why it belongs to its tenant", async () => {
  const text = await get(`/api/v1/reports/${uuid(30)}`);
  expect(JSON.parse(text).data).toMatchObject({
    organization: "Signed\u202e",
    trust: "verified",
    trust_title: "Verified",
    trust_meaning: expect.stringContaining("valid DKIM signature"),
    dkim_result: "pass",
    dkim_domain: "sender.example",
    dkim_selector: "s1",
    dkim_basis: "submitter",
    dkim_words: "a valid signature of sender.example, the submitter",
    dkim_notes: [
      { code: "contact-not-aligned", title: expect.stringMatching(/\w/), rule: expect.any(String) },
      { code: "a-later-code", title: "", meaning: "" },
    ],
    attribution: "key",
    attribution_words: "It was posted to a URL with the key of the domain.",
    policies: [{ domain: "example.org", policy_domain: "example.org" }],
  });
  expect(text).toContain("Signed\\u202e"); // exact for a program, harmless on a terminal
});

test("a quarantined message says what its signature was worth", async () => {
  const { data } = JSON.parse(await get(`/api/v1/quarantine/${receipt(31)}`));
  expect(data).toMatchObject({
    trust: "unverified",
    trust_title: "Unverified",
    dkim_words: "a signature that is not valid of b.example",
    dkim_notes: [],
    items: [{ reason: "dkim-unverified" }],
  });
  expect(data).not.toHaveProperty("attribution_words");
});

test("lists name the level, the signer and the attribution", async () => {
  const { data } = JSON.parse(await get(`/api/v1/reports?from=${DAY}`));
  expect(data).toMatchObject([
    { trust: "verified", dkim_domain: "sender.example", attribution: "key" },
  ]);
  const held = JSON.parse(await get("/api/v1/quarantine?trust=unverified")).data;
  expect(held).toMatchObject([{ trust: "unverified", dkim_result: "fail" }]);
});

test("the page says how much is verified, by level, and marks who is not", async () => {
  const text = (await get("/")).replaceAll(/\s+/g, " ");
  expect(text).toContain("<strong>70.00 %</strong> of the sessions come from reports signed"); // 203 of 290
  for (const title of ["Verified", "Posted with key", "Imported", "Posted", "Unverified"]) {
    expect(text).toMatch(new RegExp(`<a href="/\\?trust=[a-z]+">${title}</a>`));
  }
  expect(text).toMatch(
    /Quiet Sender<\/a> <span class="mark" title="Reports: Posted">posted<\/span>/,
  );
  expect(text).toMatch(
    /Example Mail<\/a> <span class="mark" title="[^"]+">partly [a-z, ]+<\/span>/,
  );
  expect(text).toMatch(/Big Sender<\/a><\/th>/);
  expect(await get("/reports")).toContain("Signed\\u{202e}"); // cannot turn the text around it
  const one = await get("/?trust=posted");
  expect(one).toContain('<option value="posted" selected>');
  expect(one).toContain("<strong>No session</strong>");
  expect(await get("/?trust=verified")).toContain("<strong>All sessions</strong>");
  expect(await get("/?trust=trusted")).toContain("trust takes verified, keyed, imported");
});

test("while no domain is configured, pages and answers say so", async () => {
  const words = "takes reports for every";
  expect(await get("/", true)).toContain(words);
  expect(await get("/", false)).not.toContain(words);
  expect(JSON.parse(await get("/api/v1/overview", true)).meta.open).toBe(true);
  expect(JSON.parse(await get("/api/v1/overview", false)).meta.open).toBe(false);
});
