// Routes of single records and the first page, on the real engine.

import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAccess } from "../../services/access/access.ts";
import { everybodyWay, MACHINE } from "../../services/access/ways.ts";
import { createApi } from "../../services/api/app.ts";
import { silent } from "../../services/observe/events.ts";
import { listenHttp } from "../../services/receive/http-listener.ts";
import { type Arriving, SpoolRefusal, type SpoolWriter } from "../../services/spool/port.ts";
import { migrate } from "../../services/store/migrate.ts";
import { type OpenedStore, openStore } from "../../services/store/open.ts";
import type { Store } from "../../services/store/port.ts";
import { receipt, seedQuarantine, seedReceipt, seedReport, uuid } from "./seed.ts";

const NOW = Date.parse("2026-03-20T10:00:00Z");
const EVIL = "<script>alert(1)</script>\"'&";
// Neither UTF-8 nor text: the bytes must come back as they came.
const BYTES = new Uint8Array([0x7b, 0xff, 0x00, 0xc3, 0x28, 0x7d]);
const RAW = { raw_base64: Buffer.from(BYTES).toString("base64"), raw_bytes: BYTES.length };

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client without types reads them
const bodyOf = async (response: Response): Promise<any> => response.json();

let folder = "";
let opened: OpenedStore;
const appended: { arriving: Arriving; bytes: Uint8Array }[] = [];

/** Stands for the spool's receiving end: what is asked here is what the API hands over. */
const spool: SpoolWriter = {
  async append(arriving, bytes) {
    if (arriving.fileName === "full") throw new SpoolRefusal("spool-full", "The spool is full");
    appended.push({ arriving, bytes });
    return arriving.receipt ?? "";
  },
  refuse() {},
  async seal() {},
  async close() {},
};

/** The store, and how many rows with bytes were read from it. */
function countingBytes(): { store: Store; state: { rows: number } } {
  const state = { rows: 0 };
  const store: Store = {
    insert: (...given) => opened.store.insert(...given),
    command: (sql) => opened.store.command(sql),
    ping: () => opened.store.ping(),
    close: async () => {},
    async select<Row>(...given: Parameters<Store["select"]>) {
      const rows = await opened.store.select<Row>(...given);
      if (given[0].includes("base64Encode")) state.rows += rows.length;
      return rows;
    },
  };
  return { store, state };
}

function app(tenants = ["default"], clock = () => NOW, store: Store = opened.store) {
  return createApi({
    store,
    spool,
    ready: async () => ({ ready: true, checks: {} }),
    metrics: async () => ({ contentType: "text/plain", text: "" }),
    emit: silent,
    access: createAccess([everybodyWay({ ...MACHINE, tenants })]),
    loginPath: null,
    reportUrl: "https://reports.example/v1/tlsrpt",
    reportAddress: "tlsrpt@reports.example",
    version: "1.2.3",
    clock,
  });
}

async function seed(): Promise<void> {
  const { store } = opened;
  const details = [
    { type: "certificate-expired", mx: "mx1.example.com", failed: 2, sendingIp: "192.0.2.9" },
    { type: "starttls-not-supported", mx: EVIL, failed: 3, sendingIp: "2001:db8::1" },
  ];
  const report = {
    n: 1,
    day: "2026-03-02",
    organization: EVIL,
    policies: [
      { domain: "example.com", type: "sts", successful: 10, failed: 5, details },
      { domain: "example.net", type: "no-policy-found", successful: 1, failed: 0 },
    ],
  };
  const deviations = {
    conforming: false,
    deviation_codes: ["schema-violation", "a-later-code"],
    deviation_places: ["/policies/0", ""],
    deviation_values: [EVIL, "x"],
  };
  await seedReport(store, { ...report, report: { ...RAW, ...deviations } });
  const conflict = { status: "conflict", rows_hash: uuid(99), content_hash: uuid(99) };
  await seedReport(store, { ...report, report: conflict });
  await seedReport(store, { ...report, n: 2, tenant: "other" });
  const held = { received_at: "2026-03-05 13:00:00.123", reason: "not-json", message: EVIL };
  const key = {
    url_key: "k1",
    helo: "mail.example",
    file_name: "a.json",
    mail_from: "a@b.example",
  };
  await seedQuarantine(store, { ...held, ...RAW, ...key, receipt: receipt(5) });
  await seedQuarantine(store, { ...held, receipt: receipt(5), item: 1, reason: "not-a-report" });
  await seedQuarantine(store, { ...held, receipt: receipt(6), tenant: "other" });
  await seedQuarantine(store, { ...held, receipt: receipt(7), file_name: "full" });
  const outcome = { outcome: "quarantined", reason: "not-json", processed_at: held.received_at };
  await seedReceipt(store, { receipt: receipt(5), ...outcome, received_at: held.received_at });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwatch-api-"));
  const topology = { kind: "single" } as const;
  opened = await openStore({ dataFolder: folder, clickhouseUrl: null, topology, emit: silent });
  await migrate(opened.store, topology);
  await seed();
});

beforeEach(() => {
  appended.length = 0;
});

afterAll(async () => {
  await opened?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("a page of another name cannot read what the listener on loopback tells", async () => {
  const { fetch } = app();
  const target = { host: "127.0.0.1", port: 0, name: "http", connectionsMax: 10, emit: silent };
  const running = await listenHttp({ ...target, fetch });
  const { port } = new URL(`http://${running.address}`);
  const statusFor = (host: string) =>
    new Promise((resolve, reject) => {
      const path = "/api/v1/overview";
      request({ host: "127.0.0.1", port, path, headers: { Host: host } }, (response) => {
        response.resume().on("end", () => resolve(response.statusCode));
      })
        .on("error", reject)
        .end();
    });
  try {
    expect(await statusFor(`evil.example:${port}`)).toBe(403);
    expect(await statusFor(`127.0.0.1:${port}`)).toBe(200);
  } finally {
    await running.stop();
  }
});

describe("a report", () => {
  test("is shown whole, with deviations in words", async () => {
    const response = await app().request(`/api/v1/reports/${uuid(1)}`);
    expect(response.status).toBe(200);
    const { data } = await bodyOf(response);
    expect(data).toMatchObject({
      id: uuid(1),
      status: "stored",
      organization: EVIL,
      policies: [
        { policy_index: 0, domain: "example.com", policy_type: "sts", policy_failed: 5 },
        { policy_index: 1, domain: "example.net" },
      ],
      failure_details: [
        { detail_index: 0, sending_ip: "192.0.2.9", receiving_ip: "", failed_sessions: 2 },
        { detail_index: 1, sending_ip: "2001:db8::1", mx: EVIL },
      ],
      deviations: [
        { code: "schema-violation", place: "/policies/0", value: EVIL },
        { code: "a-later-code", title: "", meaning: "", value: "x" },
      ],
      conflicts: [{ status: "conflict", content_hash: uuid(99) }],
    });
    expect(data.deviations[0].meaning).toMatch(/\w/);
  });

  test("has its failure details in pages", async () => {
    const path = `/api/v1/reports/${uuid(1)}?limit=1`;
    const first = await bodyOf(await app().request(path));
    const next = await app().request(`${path}&cursor=${first.meta.next_cursor}`);
    const second = await bodyOf(next);
    expect(second.data.failure_details).toMatchObject([{ detail_index: 1 }]);
    expect(second.meta.next_cursor).toBeNull();
    expect(second.data.policies).toHaveLength(2);
  });

  test("gives its bytes exactly, and those of a conflict", async () => {
    const response = await app().request(`/api/v1/reports/${uuid(1)}/raw`);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(BYTES);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(response.headers.get("Content-Disposition")).toMatch(
      /^attachment; filename="tls-report-/,
    );
    const other = await app().request(`/api/v1/reports/${uuid(1)}/raw?content_hash=${uuid(99)}`);
    expect(await other.text()).toBe("{}");
    const none = await app().request(`/api/v1/reports/${uuid(1)}/raw?content_hash=${uuid(98)}`);
    expect(none.status).toBe(404);
  });

  test("is read alone, without the bytes of its conflicts", async () => {
    for (const query of ["", `?content_hash=${uuid(99)}`]) {
      const { store, state } = countingBytes();
      const of = app(["default"], () => NOW, store);
      expect((await of.request(`/api/v1/reports/${uuid(1)}/raw${query}`)).status).toBe(200);
      expect([query, state.rows]).toEqual([query, 1]);
    }
  });

  test("of another tenant does not exist", async () => {
    for (const path of [uuid(2), `${uuid(2)}/raw`, uuid(77)]) {
      expect((await app().request(`/api/v1/reports/${path}`)).status, path).toBe(404);
    }
    expect((await app(["other"]).request(`/api/v1/reports/${uuid(2)}`)).status).toBe(200);
  });
});

describe("a quarantined message", () => {
  const path = `/api/v1/quarantine/${receipt(5)}`;

  test("tells why, for each of its items", async () => {
    const { data } = await bodyOf(await app().request(path));
    expect(data).toMatchObject({
      receipt: receipt(5),
      url_key: "k1",
      items: [
        { item: 0, reason: "not-json", reason_title: "The report is not JSON", message: EVIL },
        { item: 1, reason: "not-a-report" },
      ],
    });
  });

  test("gives its bytes exactly, as no type that a browser would show", async () => {
    const response = await app().request(`${path}/raw`);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(BYTES);
    expect(response.headers.get("Content-Type")).toBe("application/octet-stream");
    expect(response.headers.get("Content-Disposition")).toMatch(/^attachment/);
  });

  test("is read alone, without the bytes of its other items", async () => {
    const { store, state } = countingBytes();
    const response = await app(["default"], () => NOW, store).request(`${path}/raw`);
    expect([response.status, state.rows]).toEqual([200, 1]);
  });

  test("goes back into the spool as it came", async () => {
    const response = await app().request(`${path}/reprocess`, { method: "POST" });
    expect(response.status).toBe(202);
    expect(appended).toEqual([
      {
        arriving: {
          receipt: receipt(5),
          receivedAtMs: Date.parse("2026-03-05T13:00:00.123Z"),
          channel: "smtp",
          peer: "192.0.2.1",
          helo: "mail.example",
          tls: "",
          mailFrom: "a@b.example",
          rcptTo: ["tlsrpt@example.com"],
          contentType: "",
          fileName: "a.json",
          key: "k1",
          reprocess: true,
        },
        bytes: Buffer.from(BYTES),
      },
    ]);
  });

  test("is not reprocessed for another tenant or another site, nor into a full spool", async () => {
    const post = (n: number, headers = {}) =>
      app().request(`/api/v1/quarantine/${receipt(n)}/reprocess`, { method: "POST", headers });
    expect((await post(6)).status).toBe(404);
    expect((await post(5, { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    expect((await post(5, { Origin: "null" })).status).toBe(403);
    const full = await post(7);
    expect([full.status, full.headers.get("Retry-After")]).toEqual([503, "5"]);
    expect(appended).toEqual([]);
  });
});

describe("the first page", () => {
  const page = async (search = "", of = app(), path = "/") => {
    const response = await of.request(`${path}${search}`);
    expect(response.status).toBe(200);
    return response.text();
  };

  test("shows the same numbers as the panels, and outside text as text", async () => {
    const text = await page();
    expect(text).toContain("68.75 %"); // 11 of 16
    expect(text).toContain("1 received");
    expect(text).toContain("Certificate expired");
    expect(text).toContain("&lt;script&gt;");
    expect(text).not.toMatch(/<script(?! type="module" async src="\/assets\/[\w./-]+"><\/script>)/);
    expect(text).not.toMatch(/ style="|onclick|other\.example/);
  });

  test("keeps what was typed, escaped, and passes it on to the panels", async () => {
    for (const path of ["/", "/panels/failures-by-mx"]) {
      const text = await page(`?domain=${encodeURIComponent('"><img src=x>')}`, app(), path);
      expect(text).not.toContain("<img");
      expect(text).toContain('value="&quot;&gt;&lt;img');
      if (path === "/") continue;
      expect(text).toContain("/api/v1/failures-by-mx?domain=%22%3E%3Cimg");
      expect(text).toContain(
        "sealwatch query failures-by-mx --domain &#39;&quot;&gt;&lt;img src=x&gt;&#39;",
      );
    }
  });

  test("says where the data is when the range has none", async () => {
    const text = await page(
      "",
      app(["default"], () => Date.parse("2027-06-01")),
    );
    expect(text).toContain("The newest report of all");
    expect(text).toContain('href="/?from=2026-03-01&amp;to=2026-04-01"');
    expect(await page("?from=2026-03-01&to=2026-04-01")).not.toContain("newest report of all");
  });

  test("tells how to begin before the first report", async () => {
    const text = await page("", app(["nobody"]));
    expect(text).toContain("v=TLSRPTv1; rua=mailto:tlsrpt@reports.example");
    expect(text).toContain('href="/setup#try"');
    expect(await page("", app(["nobody"]), "/setup")).toContain("curl");
  });

  test("answers a range that cannot be with words and the usual one", async () => {
    const text = await page("?from=2026-03-01&to=2026-02-01");
    expect(text).toContain("from must be before to");
    expect(text).toContain("68.75 %");
  });
});
