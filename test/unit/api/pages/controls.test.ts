// The controls of a page: every choice is in an address, and can be taken back.

import { describe, expect, test } from "vitest";
import { controlsOf } from "../../../../services/api/pages/controls.ts";
import { type Viewed, viewAt } from "../../../support/view.ts";

const drawn = async (address: string, given: Viewed = {}) =>
  String(await controlsOf(await viewAt(address, given)));

describe("ranges", () => {
  test("usual ones are links that keep the filters, and the chosen one is marked", async () => {
    const html = await drawn("/?last=7d&domain=example.com&cursor.a=x&sort.a=mx");
    expect(html).toContain(
      'href="/?last=7d&amp;domain=example.com&amp;sort.a=mx" aria-current="true">7 days',
    );
    expect(html).toContain('href="/?last=90d&amp;domain=example.com&amp;sort.a=mx">90 days');
    expect(html.match(/aria-current/g)).toHaveLength(1);
  });

  test("the range is told as the days that lie in it", async () => {
    const days = (html: string) => html.match(/datetime="[^"]+"/g);
    expect(days(await drawn("/?from=2026-03-01&to=2026-03-08"))).toEqual([
      'datetime="2026-03-01"',
      'datetime="2026-03-07"',
    ]);
    expect(days(await drawn("/?from=2026-03-01&to=2026-03-02"))).toEqual(['datetime="2026-03-01"']);
    expect(days(await drawn("/"))).toEqual(['datetime="2026-02-19"', 'datetime="2026-03-20"']);
    expect(await drawn("/?last=7d&timezone=Asia/Tokyo")).toContain("(Asia/Tokyo)");
  });
});

describe("days in the address", () => {
  const settled = async (search: string) => {
    const { url, leftOut } = await viewAt(`/?${search}`);
    return [url.searchParams.toString(), ...leftOut];
  };

  test("so many days before an end begin so long before it", async () => {
    expect(await settled("last=90d&to=2026-03-01")).toEqual(["to=2026-03-01&from=2025-12-01"]);
    expect(await settled("last=12h&to=2026-03-01")).toEqual([
      "to=2026-03-01&from=2026-02-28T12%3A00%3A00Z",
    ]);
  });

  test("last beside other days is left out, and that is said", async () => {
    const said = "last was left out: from and to say which days are meant.";
    expect(await settled("last=3d&from=2026-01-01")).toEqual(["from=2026-01-01", said]);
    expect(await settled("last=3d&from=2026-01-01&to=2026-02-01")).toEqual([
      "from=2026-01-01&to=2026-02-01",
      said,
    ]);
    expect(await settled("last=x&to=2026-02-01")).toEqual(["to=2026-02-01", said]);
    expect(await settled("last=3d&from=&to=")).toEqual(["last=3d&from=&to="]);
  });

  test("the last day is the one before the end", async () => {
    expect(await settled("from=2026-03-01&until=2026-03-31")).toEqual([
      "from=2026-03-01&to=2026-04-01",
    ]);
    expect(await settled("until=x")).toEqual(["to=x", expect.stringContaining("to is not a day")]);
  });
});

describe("the form", () => {
  test("has what was chosen, keeps orders, and begins with the first rows", async () => {
    const html = await drawn("/?domain=example.com&trust=verified&sort.a=mx&cursor.a=x&last=7d");
    expect(html).toMatch(/name="domain" value="example.com"/);
    expect(html).toContain('<option value="verified" selected>');
    expect(html).toContain('<input type="hidden" name="sort.a" value="mx">');
    expect(html).toContain('<input type="hidden" name="last" value="7d">');
    expect(html).not.toContain("cursor.a");
  });

  test("a filter with several values has a field for each", async () => {
    const html = await drawn("/?domain=a.example&domain=b.example");
    expect(html.match(/name="domain"/g)).toHaveLength(2);
  });

  test("a range of instants is not put into a field for days, which would lose it", async () => {
    const html = await drawn("/?from=2026-03-01T06:00:00Z&to=2026-03-02");
    expect(html).toMatch(/type="text" name="from" value="2026-03-01T06:00:00Z"/);
    expect(html).toMatch(/type="date" name="until" value="2026-03-01"/);
  });

  test("days are those in force, the last one included, and go on moving while nobody changes them", async () => {
    const html = await drawn("/");
    expect(html).toContain('<input type="date" name="from" value="2026-02-19" data-filled>');
    expect(html).toContain('<input type="date" name="until" value="2026-03-20" data-filled>');
    expect(html).toContain('<input type="hidden" name="last" value="30d">');
    const sent = await viewAt("/?last=30d&from=2026-02-19&until=2026-03-20");
    expect([sent.url.search, sent.leftOut]).toEqual(["?last=30d", []]);
  });

  test("reasons are offered: of messages where those are listed, else of failures", async () => {
    const html = await drawn("/", { page: { id: "quarantine", controls: ["channel", "reason"] } });
    expect(html).toContain('placeholder="unknown-domain"');
    expect(html).toContain('<option value="not-json">');
    expect(html).not.toContain('<option value="spool-full">');
    for (const controls of [["reason"], ["channel", "reason", "result_type"]] as const) {
      const failures = await drawn("/", { page: { controls } });
      expect(failures).toContain('<option value="mx-not-in-policy">');
    }
  });

  test("only who sees several tenants can choose one", async () => {
    const page = { controls: ["tenant"] } as const;
    expect(await drawn("/", { page, tenants: ["red", "blue"] })).toContain('name="tenant"');
    expect(await drawn("/", { page, tenants: ["red"] })).not.toContain('name="tenant"');
  });

  test("a page without controls has none", async () => {
    expect(await drawn("/", { page: { controls: [] } })).toBe("");
  });
});

describe("chips", () => {
  test("each takes its own value back and no other", async () => {
    const html = await drawn("/?domain=a.example&domain=b.example&mx=mx.example&last=7d");
    expect(html.match(/class="chip"/g)).toHaveLength(3);
    expect(html).toContain('href="/?mx=mx.example&amp;last=7d&amp;domain=b.example"');
    expect(html).toContain('href="/?domain=a.example&amp;domain=b.example&amp;last=7d"');
    expect(await drawn("/?last=7d")).not.toContain("chip");
  });

  test("nobody has chosen the name of a task", async () => {
    const page = { controls: ["reason"], own: ["progress", "whose"] } as const;
    const html = await drawn("/?progress=52a0f6&whose=mine", { page });
    expect(html.match(/class="chip"/g)).toHaveLength(1);
    expect(html).not.toContain("Progress:");
  });

  test("what was typed is text", async () => {
    const html = await drawn(`/?domain=${encodeURIComponent('"><img src=x>\u202e')}`);
    expect(html).not.toContain("<img");
    expect(html).toContain("Domain: &quot;&gt;&lt;img src=x&gt;\\u{202e}");
  });
});
