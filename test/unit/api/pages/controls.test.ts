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
    expect(html).toMatch(/type="date" name="to" value="2026-03-02"/);
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

  test("what was typed is text", async () => {
    const html = await drawn(`/?domain=${encodeURIComponent('"><img src=x>\u202e')}`);
    expect(html).not.toContain("<img");
    expect(html).toContain("Domain: &quot;&gt;&lt;img src=x&gt;\\u{202e}");
  });
});
