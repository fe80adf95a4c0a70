// The list of domains of the page Set-up: what a caller may see, found and in pages, however many.

import { describe, expect, test } from "vitest";
import { setupReceive, setupTry } from "../../../services/api/pages/parts/setup-receive.ts";
import { setupDomain, setupPage } from "../../../services/api/setup-domains.ts";
import { targetsOf } from "../../../services/api/setup-targets.ts";
import { buildDirectory, type DomainEntry } from "../../../services/core/directory/directory.ts";
import { viewAt } from "../../support/view.ts";

const NOTHING = { aliases: [], mx: [], addresses: [], keys: [] };
const ALL = { tenants: "all" } as const;
const RED = { tenants: ["red"] };

const entries: DomainEntry[] = [
  {
    ...NOTHING,
    domain: "example.com",
    tenant: "red",
    aliases: ["alias.example"],
    addresses: ["t@example.com"],
  },
  { ...NOTHING, domain: "xn--bcher-kva.example", tenant: "red" },
  { ...NOTHING, domain: "cheese.example", tenant: "blue", keys: ["0".repeat(64)] },
];
const directory = buildDirectory(entries);
const names = (scope: { tenants: readonly string[] | "all" }, search = "") =>
  setupPage(directory, scope, search, 0).domains.map(({ name }) => name);

describe("what is listed", () => {
  test("domains and aliases by name, of the tenants of the caller alone", () => {
    expect(names(ALL)).toEqual([
      "alias.example",
      "cheese.example",
      "example.com",
      "xn--bcher-kva.example",
    ]);
    expect(names(RED)).toEqual(["alias.example", "example.com", "xn--bcher-kva.example"]);
    expect(names({ tenants: [] })).toEqual([]);
    expect(setupPage(directory, RED, "", 0)).toMatchObject({ found: 3, total: 3 });
  });

  test("a search finds a part of the name, in U-labels too, and none of others", () => {
    expect(names(ALL, "CHEESE")).toEqual(["cheese.example"]);
    expect(names(ALL, "b\u00fccher.example")).toEqual(["xn--bcher-kva.example"]);
    expect(names(RED, "cheese")).toEqual([]);
  });

  test("one by its name, unless it is another tenant's", () => {
    expect(setupDomain(directory, ALL, "alias.example")).toMatchObject({
      countedOn: "example.com",
      addresses: ["t@example.com"],
      hasKey: false,
    });
    expect(setupDomain(directory, RED, "cheese.example")).toBeNull();
    expect(setupDomain(directory, ALL, "none.example")).toBeNull();
  });
});

describe("where reports are to go", () => {
  const known = {
    reportUrl: "https://reports.example/v1/tlsrpt",
    reportAddress: "tlsrpt@reports.example",
  };

  test("its own address before that of everybody", () => {
    const own = setupDomain(directory, ALL, "example.com");
    expect(targetsOf(known, own).map(({ target }) => target)).toEqual([
      "t@example.com",
      known.reportUrl,
    ]);
    expect(targetsOf(known, null)[0]).toMatchObject({ target: known.reportAddress, note: "" });
  });

  test("a key is asked for, and no digest is told", () => {
    const [, https] = targetsOf(known, setupDomain(directory, ALL, "cheese.example"));
    expect(https?.target).toBe("https://reports.example/v1/tlsrpt/KEY");
    expect(https?.note).toContain("key");
  });

  test("examples say that they are some; http is none that senders use", () => {
    for (const reportUrl of [null, "http://127.0.0.1:8080/v1/tlsrpt"]) {
      const targets = targetsOf({ reportUrl, reportAddress: null }, null);
      expect(targets.map(({ note }) => note.startsWith("An example"))).toEqual([true, true]);
      expect(targets[1]?.target).toMatch(/^https:/);
    }
  });
});

test("50,000 domains are pages of 25, each domain on one of them", () => {
  const many = buildDirectory(
    Array.from({ length: 50_000 }, (_, i) => ({
      ...NOTHING,
      domain: `d${i}.example`,
      tenant: `t${i % 100}`,
    })),
  );
  const seen = new Set<string>();
  for (let next: number | null = 0; next !== null; ) {
    const page: ReturnType<typeof setupPage> = setupPage(many, ALL, "", next);
    for (const { name } of page.domains) seen.add(name);
    next = page.next;
  }
  expect(seen.size).toBe(50_000);
  const last = setupPage(many, ALL, "", 10_000_000);
  expect([last.first, last.before, last.next, last.domains.length]).toEqual([
    49_975,
    49_950,
    null,
    25,
  ]);
  expect(setupPage(many, { tenants: ["t7"] }, "", 0)).toMatchObject({
    total: 500,
    found: 500,
    first: 0,
  });
  expect(setupPage(many, ALL, "d49999", -5)).toMatchObject({ found: 1, before: null, next: null });
});

describe("how reports get here", () => {
  const at = async (publicOrigin: string) =>
    String(await setupReceive(await viewAt("/", { options: { publicOrigin } })));

  test("an MX record leads to a name, and never to an address", async () => {
    expect(await at("https://tls.example")).toContain("3600 IN MX 10 tls.example.");
    for (const origin of ["http://127.0.0.1:8080", "http://[2001:db8::1]"]) {
      const page = await at(origin);
      expect(page).toContain("3600 IN MX 10 host.example.");
      expect(page).toContain("an MX record takes no address");
    }
  });

  test("a report URL needs a name too", () => {
    const [, https] = targetsOf(
      { reportUrl: "https://192.0.2.1/v1/tlsrpt", reportAddress: null },
      null,
    );
    expect(https?.target).toBe("https://reports.example/v1/tlsrpt");
    expect(https?.note).toContain("Set public.url");
  });

  test("the test report is about a domain that the caller has", async () => {
    const options = { directory: () => directory };
    const tried = async (tenants: readonly string[], search = "") =>
      /domain=([^"]+)/.exec(
        String(await setupTry(await viewAt(`/${search}`, { options, tenants }))),
      )?.[1];
    expect(await tried(["blue"])).toBe("cheese.example");
    expect(await tried(["green"])).toBe("example.com");
    expect(await tried(["blue"], "?domain=example.net")).toBe("example.net");
  });
});
