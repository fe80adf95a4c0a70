// The pages of records over the seeded set: what they say is what the API says, to each caller what that one
// may see, and text from outside is text.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccess } from "../../services/access/access.ts";
import type { Caller } from "../../services/access/caller.ts";
import { everybodyWay, MACHINE } from "../../services/access/ways.ts";
import { createApi } from "../../services/api/app.ts";
import { silent } from "../../services/observe/events.ts";
import type { Row } from "../../services/query/panel.ts";
import type { SpoolWriter } from "../../services/spool/port.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { NOW_MS, seedPostmaster } from "../support/postmaster.ts";
import { ALL_DAYS } from "../support/postmaster-questions.ts";
import { seedQuarantine, seedReceipt, seedReport, uuid } from "./seed.ts";

const RANGE = `from=${ALL_DAYS.from}&to=${ALL_DAYS.to}`;
const HOSTILE = "<script>alert(1)</script>\u202eevil\u0007";
const HOSTILE_RECEIPT = "01KN6K9M0044YSQPP54GNWVNZZ";

let at: TestStore;
const appended: string[] = [];
const spool: SpoolWriter = {
  append: async ({ receipt = "" }) => {
    appended.push(receipt);
    return receipt;
  },
  refuse: () => {},
  seal: async () => {},
  close: async () => {},
};

beforeAll(async () => {
  at = await startTestStore();
  await seedPostmaster(at.store);
  const outside = { subject: HOSTILE, report_id: HOSTILE };
  const raw = Buffer.from(JSON.stringify({ "organization-name": HOSTILE }));
  const held = { tenant: "red", receipt: HOSTILE_RECEIPT, received_at: "2026-04-29 10:00:00.000" };
  await seedReport(at.store, {
    n: 9,
    tenant: "red",
    day: "2026-04-29",
    organization: HOSTILE,
    policies: [{ domain: "hostile.example", type: "sts", successful: 1, failed: 0 }],
    report: { ...outside, raw_base64: raw.toString("base64"), raw_bytes: raw.length },
  });
  await seedQuarantine(at.store, {
    ...held,
    reason: "not-json",
    message: HOSTILE,
    subject: HOSTILE,
    header_from: HOSTILE,
    raw_base64: raw.toString("base64"),
    raw_bytes: raw.length,
  });
  await seedReceipt(at.store, {
    ...held,
    outcome: "quarantined",
    reason: "not-json",
    processed_at: "2026-04-29 10:00:01.000",
  });
});
afterAll(() => at?.stop());

function app(caller: Partial<Caller> = {}, withSpool: SpoolWriter | null = spool) {
  return createApi({
    store: at.store,
    spool: withSpool,
    spoolBytes: () => 1234,
    ready: async () => ({ ready: false, checks: { spool: { ok: false, detail: "disk <full>" } } }),
    metrics: async () => ({ contentType: "text/plain", text: "" }),
    emit: silent,
    access: createAccess([everybodyWay({ ...MACHINE, ...caller })]),
    loginPath: null,
    reportUrl: null,
    reportAddress: null,
    version: "1.2.3",
    clock: () => NOW_MS,
  });
}

const RED: Partial<Caller> = { tenants: ["red"] };
const BLUE: Partial<Caller> = { tenants: ["blue"] };

async function page(path: string, caller: Partial<Caller> = {}, status = 200): Promise<string> {
  const answer = await app(caller).request(path, { headers: { Accept: "text/html" } });
  expect(answer.status, path).toBe(status);
  const text = await answer.text();
  expect(text).not.toContain("cannot be shown now");
  return text.replaceAll("<wbr>", "");
}

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client without types reads them
type Untyped = any;

interface Answer<Told> {
  data: Told;
  meta: { totals: Row };
}

async function api<Told = Row[]>(
  path: string,
  caller: Partial<Caller> = {},
): Promise<Answer<Told>> {
  const answer: Untyped = await (await app(caller).request(`/api/v1/${path}`)).json();
  return answer;
}

/** Text as a template escapes it. */
const escaped = (text: unknown) =>
  String(text)
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");

/** What a page says, without what its names mean. */
const words = (text: string) =>
  text
    .replace(/<button [^>]*class="tip".*?<\/span>/gs, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

describe("a report", () => {
  test("its page says what the API says", async () => {
    // Those with most to say.
    const { data: rows } = await api(`reports?${RANGE}&sort=-deviations,-failed_sessions&limit=5`);
    expect(rows).toHaveLength(5);
    for (const { id } of rows) {
      const text = words(await page(`/reports/${id}`));
      const { data } = await api<Record<string, unknown>>(`reports/${id}`);
      expect(text).toContain(
        `${data["successful_sessions"]} session${data["successful_sessions"] === 1 ? "" : "s"} succeeded`,
      );
      expect(text).toContain(`${data["failed_sessions"]} session`);
      expect(text).toContain(escaped(data["trust_meaning"]));
      for (const { words: said, ...policy } of [data["policies"]].flat() as Row[]) {
        expect(text).toContain(escaped(policy["details_words"]));
      }
      for (const deviation of [data["deviations"]].flat() as Row[]) {
        expect(text).toContain(escaped(deviation["meaning"]));
      }
    }
  });

  test("conflicts are told with what differs, and copies are counted", async () => {
    const { data: rows } = await api(`reports?${RANGE}&limit=200`);
    const conflict = rows.find(({ status }) => status === "conflict");
    const { data } = await api<{
      conflicts: { differences: { words: string; column: string }[] }[];
    }>(`reports/${conflict?.["id"]}`);
    const text = words(await page(`/reports/${conflict?.["id"]}`));
    const said = data.conflicts.flatMap(({ differences }) => differences);
    expect(said.length).toBeGreaterThan(1);
    for (const { words: sentence, column } of said) {
      if (column !== "content_hash") expect(text).toContain(escaped(sentence));
    }
  });

  test("failure details come in pages that lead on to each other", async () => {
    const { data: rows } = await api(`reports?${RANGE}&sort=-failed_sessions&limit=10`);
    let [id, most] = ["", 0];
    for (const row of rows) {
      const { data } = await api<{ failure_details: Row[] }>(`reports/${row["id"]}`);
      const count = data.failure_details.length;
      if (count > most) [id, most] = [String(row["id"]), count];
    }
    expect(most).toBeGreaterThan(1);
    let path: string | undefined = `/reports/${id}?limit.failure-details=1`;
    let pages = 0;
    while (path !== undefined) {
      const text: string = await page(path);
      pages += 1;
      path = /href="([^"#]+)#failure-details" rel="next"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
    }
    expect(pages).toBe(most);
  });

  test("a failure detail leads to its problem, in a range that has it", async () => {
    const { data: rows } = await api(`reports?${RANGE}&sort=-failed_sessions&limit=2`);
    for (const { id } of rows) {
      const { data } = await api<{ failure_details: Row[] }>(`reports/${id}`);
      const [{ problem, title } = {}] = data.failure_details;
      for (const range of ["", `?${RANGE}`]) {
        const text = (await page(`/reports/${id}${range}`)).replaceAll("&amp;", "&");
        const href = new RegExp(`"(/problems/${problem}\\?[^"]+)"`).exec(text)?.[1] ?? "";
        expect(href.includes(RANGE)).toBe(range !== "");
        const said = words(await page(href));
        expect(said).not.toContain("was not seen");
        expect(said).toContain(escaped(title));
      }
    }
  });

  test("none of another tenant, of no id, and of what is none", async () => {
    const { data: rows } = await api(`reports?${RANGE}&limit=1`, RED);
    const id = rows[0]?.["id"];
    await page(`/reports/${id}`, RED);
    const none = "00000000-0000-0000-0000-000000000000";
    const shut = [
      await page(`/reports/${id}`, BLUE, 404),
      await page(`/reports/${none}`, BLUE, 404),
    ];
    const same = shut.map((text, i) =>
      text.replaceAll(String([id, none][i]), "").replaceAll(String([id, none][i]).slice(0, 8), ""),
    );
    expect(same[0]).toBe(same[1]);
    expect(shut[0]).toContain("No report has this id");
    await page("/reports/x%22%3E", {}, 404);
  });

  test("text from outside stays text and is written out", async () => {
    for (const path of [
      `/reports/${uuid(9)}`,
      `/reports?${RANGE}`,
      `/organizations?${RANGE}`,
      `/quarantine?${RANGE}`,
      `/quarantine/${HOSTILE_RECEIPT}`,
    ]) {
      const text = await page(path);
      expect(text, path).not.toContain("<script>alert");
      expect(text, path).not.toContain("\u202e");
      expect(text, path).not.toContain("\u0007");
      expect(text, path).toContain("&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}evil");
    }
  });
});

test("of long bytes a page reads and shows the beginning, and tells the size of all", async () => {
  const long = Buffer.alloc(200_000, "a line of text\n");
  const raw = { raw_base64: long.toString("base64"), raw_bytes: long.length };
  const receipt = "01KN6K9M0044YSQPP54GNWVNZY";
  const held = { tenant: "red", receipt, received_at: "2026-04-29 10:00:00.000" };
  await seedQuarantine(at.store, { ...held, reason: "not-json", ...raw });
  await seedReceipt(at.store, {
    ...held,
    outcome: "quarantined",
    reason: "not-json",
    processed_at: "2026-04-29 10:00:01.000",
  });
  await seedReport(at.store, {
    ...{ n: 10, tenant: "red", day: "2026-04-28", organization: "Long" },
    policies: [{ domain: "long.example", type: "sts", successful: 1, failed: 0 }],
    report: raw,
  });
  for (const path of [`/quarantine/${receipt}`, `/reports/${uuid(10)}`]) {
    const text = await page(path, RED);
    expect(text).toContain("200,000 bytes");
    expect(text).toContain("This is the beginning.");
    expect(text.length).toBeLessThan(120_000);
  }
});

describe("lists", () => {
  test("organizations: silence is told in the words of the panel, with a strip of days", async () => {
    const text = await page("/organizations?last=90d");
    const { data } = await api("organizations?last=90d");
    for (const row of data) expect(words(text)).toContain(escaped(row["status_words"]));
    const reported = text.match(/<i class="on"/g)?.length ?? 0;
    const { data: buckets } = await api("trend?last=90d&by=organization&step=day");
    expect(reported).toBe(buckets.length);
  });

  test("policies: what changed is told by signs, not by colour alone", async () => {
    const text = await page(`/policies?${RANGE}&domain=example.com&policy_type=sts`);
    expect(text).toContain('<del><span aria-hidden="true">− </span>mode: testing</del>');
    expect(text).toContain('<ins><span aria-hidden="true">+ </span>mode: enforce</ins>');
    const { data } = await api(`policies?${RANGE}&domain=example.com&policy_type=sts`);
    for (const row of data) expect(words(text)).toContain(escaped(row["sentence"]));
  });

  test("quarantine: each reason with its count, title and advice", async () => {
    const text = words(await page(`/quarantine?${RANGE}`));
    const { data, meta } = await api(`quarantine?${RANGE}`);
    expect(text).toContain(`${meta.totals["quarantined"]} in quarantine.`);
    for (const row of data) {
      expect(text).toContain(escaped(row["reason_advice"]));
      const count = data.filter(({ reason }) => reason === row["reason"]).length;
      expect(text).toContain(`${count} ${escaped(row["reason_title"])}`);
    }
  });

  test("ingest: the counts of the panel, and what waits before them", async () => {
    const text = words(await page(`/ingest?${RANGE}`));
    const { meta } = await api(`ingest?${RANGE}`);
    const { received, stored, duplicate, conflict, quarantined, refused } = meta.totals;
    expect(text).toContain(
      `${received} received = ${stored} stored + ${duplicate} duplicate + ${conflict} conflict + ${quarantined} quarantined.`,
    );
    expect(text).toContain(`Refused ${refused}`);
    expect(text).toContain("1,234 bytes of messages wait in the spool");
    const some = words(await page(`/ingest?${RANGE}`, RED));
    expect(some).not.toContain("1,234 bytes");
    expect(text).toContain("disk &lt;full&gt;");
  });

  test("the state of the program is not for callers of some tenants", async () => {
    expect(await page(`/ingest?${RANGE}`, RED)).not.toContain("disk &lt;");
  });

  test("nothing of another tenant stands on any of them", async () => {
    for (const path of ["organizations", "policies", "reports", "quarantine", "ingest"]) {
      const text = await page(`/${path}?${RANGE}`, BLUE);
      expect(text, path).not.toContain("example.com<");
      expect(text, path).not.toContain("hostile");
    }
    expect(await page(`/reports?${RANGE}`, BLUE)).toContain("cheese.example");
  });
});

describe("trying again", () => {
  const form = (receipt: string) => `action="/quarantine/${receipt}/reprocess"`;
  const post = (
    path: string,
    caller: Partial<Caller> = {},
    headers = {},
    own = spool as SpoolWriter | null,
  ) => app(caller, own).request(path, { method: "POST", headers });

  test("the button is there for who may, where there is a spool", async () => {
    const path = `/quarantine/${HOSTILE_RECEIPT}`;
    expect(await page(path)).toContain(form(HOSTILE_RECEIPT));
    expect(await page(path, { scopes: ["read"] })).not.toContain('<button type="submit">Reprocess');
    expect(await (await app({}, null).request(path)).text()).not.toContain("Reprocess</button>");
  });

  test("a form takes the message and leads back to what became of it", async () => {
    appended.length = 0;
    const answer = await post(`/quarantine/${HOSTILE_RECEIPT}/reprocess`, RED);
    expect(answer.status).toBe(303);
    expect(appended).toEqual([HOSTILE_RECEIPT]);
    const back = answer.headers.get("location") ?? "";
    expect(back).toMatch(/^\/quarantine\/\w+\?tried=2026-04-29T10/);
    expect(words(await page(back, RED))).toContain("Waiting");
    const later = back.replace(/tried=[^#]+/, "tried=2026-04-29T10:00:00.000Z");
    expect(words(await page(later, RED))).toContain("In quarantine again");
  });

  test("without the scope, from another site, without a spool and of others nothing is tried", async () => {
    appended.length = 0;
    const path = `/quarantine/${HOSTILE_RECEIPT}/reprocess`;
    const all = `/quarantine/reprocess?reason=not-json&${RANGE}`;
    for (const one of [path, all]) {
      expect((await post(one, { scopes: ["read"] })).status).toBe(403);
      expect((await post(one, {}, { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
      expect((await post(one, {}, {}, null)).status).toBe(503);
    }
    const other = await post(path, BLUE);
    expect(other.headers.get("location")).toContain("refused=gone");
    expect((await post(`/quarantine/reprocess?${RANGE}`)).status).toBe(400);
    expect((await post(`/quarantine/reprocess?reason=nonsense&${RANGE}`)).status).toBe(400);
    await post(all, BLUE);
    expect(appended).not.toContain(HOSTILE_RECEIPT);
  });

  test("all of a reason are tried for one caller after the other", async () => {
    const held: (() => void)[] = [];
    const slow: SpoolWriter = {
      ...spool,
      append: () => new Promise((resolve) => held.push(() => resolve(HOSTILE_RECEIPT))),
    };
    const api1 = app({}, slow);
    const begin = () =>
      api1.request(`/quarantine/reprocess?reason=not-json&${RANGE}`, {
        method: "POST",
        headers: { Accept: "text/html" },
      });
    expect((await begin()).status).toBe(303);
    const second = await begin();
    expect(second.status).toBe(429);
    expect(await second.text()).toContain("being tried again already");
    await expect
      .poll(async () => {
        for (const release of held.splice(0)) release();
        return (await begin()).status;
      })
      .toBe(303);
    for (const release of held.splice(0)) release();
  });

  test("all of a reason are tried, and who began it sees how far it is", async () => {
    appended.length = 0;
    const { data } = await api(`quarantine?${RANGE}&reason=not-json`);
    const api1 = app();
    const answer = await api1.request(`/quarantine/reprocess?reason=not-json&${RANGE}`, {
      method: "POST",
    });
    expect(answer.status).toBe(303);
    const back = answer.headers.get("location") ?? "";
    expect(back).toContain("progress=");
    const text = words(await (await api1.request(back)).text());
    expect(text).toMatch(/: 0 of \d+ messages?;/);
    await expect
      .poll(() => appended.toSorted())
      .toEqual(data.map(({ receipt }) => receipt).toSorted());
    expect(words(await page(back))).toContain("Nothing that you began is known");
  });
});
