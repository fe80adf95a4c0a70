// Where cells lead, and what addresses of pages keep and let go of.

import { describe, expect, test } from "vitest";
import { controlsOf } from "../../../../services/api/pages/controls.ts";
import { linkOf, linkOfValue, pageLink } from "../../../../services/api/pages/links.ts";
import { BOUNDS } from "../../../../services/core/bounds.ts";
import { viewAt } from "../../../support/view.ts";

const PROBLEM = "0123456789abcdef0123456789abcdef";
const REPORT = "01234567-89ab-cdef-0123-456789abcdef";

describe("links", () => {
  test.each([
    ["domain", { domain: "example.com" }, "/domains/example.com"],
    ["domain", { domain: "a/b?c#d%" }, "/domains/a%2Fb%3Fc%23d%25"],
    ["domain", { domain: ".." }, null], // a step in the path
    ["domain", { domain: "" }, null],
    ["domains", { domains: 3 }, null], // a count of them
    ["organization", { organization: "A & B" }, "/organizations?organization=A+%26+B"],
    ["mx", { mx: "mx.example" }, "/?mx=mx.example"],
    ["id", { id: PROBLEM }, `/problems/${PROBLEM}`],
    ["id", { id: PROBLEM, domain: "example.com" }, `/problems/${PROBLEM}?domain=example.com`],
    ["id", { id: REPORT }, `/reports/${REPORT}`],
    ["id", { id: "../../logout" }, null],
    ["receipt", { receipt: "r1", reason: "x" }, "/quarantine/r1"],
    ["receipt", { receipt: "r1", id: REPORT }, null], // of a report, which has a page of its own
    ["constructor", { constructor: "x" }, null],
  ])("%s of %j leads to %s", async (column, row, href) => {
    expect(linkOf(column, row, await viewAt("/"))).toBe(href);
  });

  test("they keep the range, and the filters that the other page has", async () => {
    const view = await viewAt("/?last=7d&timezone=Europe/Berlin&trust=verified&cursor.a=x");
    expect(linkOf("domain", { domain: "example.com" }, view)).toBe(
      "/domains/example.com?last=7d&timezone=Europe%2FBerlin&trust=verified",
    );
    expect(pageLink(view, "/reports", { domain: "example.com", trust: null })).toBe(
      "/reports?last=7d&timezone=Europe%2FBerlin&domain=example.com",
    );
  });

  test("a page without the filter is reached without it", async () => {
    const page = { path: "/domains/:domain", controls: ["last", "tenant", "mx"] } as const;
    const view = await viewAt("/domains/example.com?tenant=red&mx=mx.example", { page });
    expect(pageLink(view, "/organizations")).toBe("/organizations?tenant=red&domain=example.com");
    expect(pageLink(view, "/problems")).toBe(
      "/problems?tenant=red&mx=mx.example&domain=example.com",
    );
    expect(pageLink(view, "/setup")).toBe("/setup");
    expect(pageLink(view, "/organizations", { domain: null, tenant: "blue" })).toBe(
      "/organizations?tenant=blue",
    );
  });

  test("why sessions failed is not asked of pages of messages, nor the other way", async () => {
    const failures = { path: "/problems", controls: ["reason", "mx", "result_type"] } as const;
    const messages = { path: "/quarantine", controls: ["reason", "channel"] } as const;
    const failed = await viewAt("/problems?reason=mx-not-in-policy", { page: failures });
    expect(pageLink(failed, "/reports")).toBe("/reports?reason=mx-not-in-policy");
    expect(pageLink(failed, "/quarantine")).toBe("/quarantine");
    const held = await viewAt("/quarantine?reason=not-json", { page: messages });
    expect(pageLink(held, "/ingest")).toBe("/ingest?reason=not-json");
    expect(pageLink(held, "/reports")).toBe("/reports");
  });

  test("a domain is named with its tenant for who sees several, and where there can be some", async () => {
    const row = { domain: "example.com", tenant: "red" };
    const open = { openDirectory: () => true };
    const parted = { openDirectory: () => false };
    const named = "/domains/example.com?tenant=red";
    expect(linkOf("domain", row, await viewAt("/", { options: parted }))).toBe(named);
    expect(linkOf("domain", row, await viewAt("/", { tenants: ["red", "blue"] }))).toBe(named);
    expect(linkOf("id", { ...row, id: PROBLEM }, await viewAt("/", { options: parted }))).toBe(
      `/problems/${PROBLEM}?domain=example.com&tenant=red`,
    );
    const bare = "/domains/example.com";
    expect(linkOf("domain", row, await viewAt("/", { options: open }))).toBe(bare);
    expect(linkOf("domain", row, await viewAt("/", { tenants: ["red"], options: parted }))).toBe(
      bare,
    );
  });

  test("a value filters the page that it is on, from its first rows", async () => {
    const view = await viewAt("/?last=7d&cursor.a=x&sort.a=mx");
    expect(linkOfValue("failing_mx", "mx.example", {}, view)).toBe(
      "/?last=7d&sort.a=mx&mx=mx.example",
    );
    const without = await viewAt("/?last=7d", { page: { controls: ["last"] } });
    expect(linkOf("mx", { mx: "mx.example" }, without)).toBe("/?last=7d&mx=mx.example");
    expect(linkOf("result_type", { result_type: "x" }, without)).toBeNull();
  });
});

describe("addresses of a page", () => {
  test("more values than a page takes are left out, and said", async () => {
    const many = Array.from({ length: 1_500 }, (_, i) => `mx=${i}`).join("&");
    const view = await viewAt(`/?${many}&domain=example.com`);
    expect(view.given["mx"]).toHaveLength(BOUNDS.pageValuesMax);
    expect(view.given["domain"]).toEqual(["example.com"]);
    expect(view.address({ last: "7d" }).length).toBeLessThan(200);
    expect(view.leftOut).toEqual([expect.stringContaining("1480 of them were left out")]);
    expect(String(await controlsOf(view)).length).toBeLessThan(50_000);
  });

  test("of names that a page does not have, the first are said", async () => {
    const many = Array.from({ length: 2_400 }, (_, i) => `n${i}=1`).join("&");
    const { leftOut } = await viewAt(`/?${many}&${"x".repeat(1_000)}=1`);
    expect(leftOut).toHaveLength(BOUNDS.pageStrangeNamesMax + 2);
    expect(leftOut[1]).toBe("This page has no n0.");
    expect(leftOut.at(-1)).toBe("Nor has it 2396 more that the address names.");
  });

  test("long words are cut where they are said", async () => {
    const view = await viewAt(`/?domain=${"d".repeat(900)}&${"x".repeat(900)}=1`);
    expect(view.leftOut.join(" ").length).toBeLessThan(400);
    expect(String(await controlsOf(view))).toContain(`Take out Domain: ${"d".repeat(100)}…"`);
  });

  test("a change of one section leaves the others where they are", async () => {
    const view = await viewAt("/?cursor.a=x&cursor.b=y");
    expect(view.address({ "cursor.a": "z" })).toBe("/?cursor.a=z&cursor.b=y");
    expect(view.address({ "cursor.a": null })).toBe("/?cursor.b=y");
    expect(view.address({ domain: "example.com" })).toBe("/?domain=example.com");
  });

  test("what cannot be understood is left out and said", async () => {
    const view = await viewAt("/?trust=trusted&domain=example.com&nonsense=1&sort.a=mx");
    expect(view.given).toEqual({ domain: ["example.com"] });
    expect(view.leftOut).toEqual([
      "This page has no nonsense.",
      expect.stringMatching(/^trust takes verified, .* It was left out\.$/),
    ]);
    const empty = await viewAt("/?from=2026-03-02&to=2026-03-01&mx=mx.example");
    expect(empty.given).toEqual({ mx: ["mx.example"] });
    expect(empty.leftOut).toEqual([expect.stringContaining("from must be before to")]);
  });

  test("dates that were typed go before a usual range", async () => {
    const view = await viewAt("/?last=7d&from=2026-03-01&to=2026-03-03");
    expect(view.given).toEqual({ from: ["2026-03-01"], to: ["2026-03-03"] });
    expect(view.leftOut).toEqual(["last was left out: from and to say which days are meant."]);
  });

  test("a part of the path is a filter, which the address cannot change", async () => {
    const page = { path: "/domains/:domain", controls: ["last", "domain"] } as const;
    const view = await viewAt("/domains/example.com?domain=example.net", { page });
    expect(view.given).toEqual({ domain: ["example.com"] });
  });
});
