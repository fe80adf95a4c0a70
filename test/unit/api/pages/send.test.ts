// Pages that fail on their way, and sections that do.

import { Hono } from "hono";
import { expect, test } from "vitest";
import { html } from "../../../../services/api/pages/html.ts";
import { sectionOf } from "../../../../services/api/pages/section.ts";
import { sendPage } from "../../../../services/api/pages/send.ts";
import { viewAt } from "../../../support/view.ts";

test("a page that fails on its way says so, once, and ends", async () => {
  const failures: unknown[] = [];
  const wrong = new Error("template");
  const app = new Hono().get("/", (c) => {
    const pieces = [
      Promise.resolve(html`<main>first`),
      Promise.reject(wrong),
      Promise.reject(new Error("later")),
      Promise.resolve(html`last`),
    ];
    return sendPage(c, pieces, (error) => failures.push(error));
  });
  const text = await (await app.request("/")).text();
  expect(text).toMatch(/^<main>first<p class="notice early" role="alert">This page ended early/);
  expect(text).not.toContain("last");
  expect(text).toMatch(/<\/html>\s*$/);
  expect(failures).toEqual([wrong]);
});

test("a long piece comes whole, in several chunks", async () => {
  const long = "€ 𝄞 ".repeat(60_000);
  const app = new Hono().get("/", (c) => sendPage(c, [Promise.resolve(html`${long}`)], () => {}));
  const { body } = await app.request("/");
  const chunks: Uint8Array[] = [];
  for await (const chunk of body ?? []) chunks.push(chunk);
  expect(chunks.length).toBeGreaterThan(2);
  expect(Buffer.concat(chunks).toString()).toBe(long);
});

test("a part that fails has the title of its card, and its way out is without its own place", async () => {
  const view = await viewAt("/?cursor.domains=wrong&cursor.other=x");
  const text = String(await sectionOf(view, { part: "overview-domains" }));
  expect(text).toContain("Domains cannot be shown now");
  expect(text).toContain('href="/?cursor.other=x"');
  expect(text).toContain('id="domains"');
});
