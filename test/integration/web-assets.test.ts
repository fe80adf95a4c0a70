// The scripts and the style sheet as `npm run build` makes them: small, kept for ever, and nothing in them
// that the policy of the pages forbids.

import { readdirSync, readFileSync } from "node:fs";
import { brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { assetRoutes } from "../../services/api/web-assets.ts";
import { assetPath } from "../../services/assets.ts";

const app = new Hono();
const { cssHref, scripts } = assetRoutes(app);
const FOLDER = assetPath("dist", "web");
const KB = 1000;

function script(name: string): string {
  return readFileSync(assetPath("dist", "web", name), "utf8");
}

/** What a module loads, as it begins or when it needs it, and all that these load. */
function reached(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const [, other = ""] of script(name).matchAll(/["']\.\/([\w-]+\.js)["']/g)) {
    reached(other, seen);
  }
  return seen;
}

const sizeOf = (name: string) => gzipSync(script(name)).length;

describe("scripts", () => {
  test("are there, and each that is named is", () => {
    expect(scripts).toHaveLength(1);
    expect([...reached("page.js")].every((name) => readdirSync(FOLDER).includes(name))).toBe(true);
  });

  test("are small: what every page loads, and what a page with charts does", () => {
    const css = gzipSync(readFileSync(assetPath("dashboards", "web", "00-tokens.css"))).length;
    expect(sizeOf("page.js") + css).toBeLessThan(10 * KB);
    const all = [...reached("page.js")].map(sizeOf).reduce((a, b) => a + b, 0);
    expect(all).toBeLessThan(300 * KB);
    expect(script("page.js")).not.toContain("zrender");
  });

  test("make no code of text and no other origin is named in them", () => {
    for (const name of reached("page.js")) {
      expect(script(name), name).not.toMatch(/\bnew Function\b|\beval\(|setAttribute\("style"/);
      expect(script(name), name).not.toMatch(/import\(\s*["']https?:|fetch\(\s*["']https?:/);
    }
  });
});

describe("an asset", () => {
  test.each([
    ["br", brotliDecompressSync],
    ["gzip", gunzipSync],
  ])("is kept for ever and compressed with %s", async (encoding, decompress) => {
    const plain = await (await app.request(cssHref)).text();
    const headers = { "Accept-Encoding": encoding };
    const answer = await app.request(cssHref, { headers });
    expect(answer.headers.get("Content-Encoding")).toBe(encoding);
    expect(answer.headers.get("Vary")).toBe("Accept-Encoding");
    expect(answer.headers.get("Cache-Control")).toContain("immutable");
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(decompress(bytes).toString()).toBe(plain);
  });

  test("is the style sheets of the folder in the order of their names", async () => {
    const folder = assetPath("dashboards", "web");
    const names = readdirSync(folder).sort();
    const whole = names.map((name) => readFileSync(assetPath("dashboards", "web", name), "utf8"));
    expect(await (await app.request(cssHref)).text()).toBe(whole.join(""));
  });

  test("of another version, or of another folder, is not there", async () => {
    const [, , digest] = cssHref.split("/");
    for (const path of [
      "/assets/000000000000/page.js",
      `/assets/${digest}/none.js`,
      `/assets/${digest}/..%2f..%2fpackage.json`,
      `/assets/${digest}/constructor`,
    ]) {
      expect((await app.request(path)).status, path).toBe(404);
    }
  });
});
