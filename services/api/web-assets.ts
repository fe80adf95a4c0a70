// The style sheet and the scripts of the pages, under addresses that change with what they hold, so that
// they may be kept for ever. Each is compressed once, when it is first asked for.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Context, Hono } from "hono";
import { assetPath } from "../assets.ts";
import { accepted, type Encoding } from "./compressed.ts";
import type { PageAssets } from "./pages/routes.ts";

const STYLES = ["dashboards", "web"] as const;
/** Made by `npm run build`. */
const SCRIPTS = ["dist", "web"] as const;
/** What every page loads; it loads what else a page needs. */
const ENTRY = "page.js";
const STYLE = "sealwatch.css";

const TYPES = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
} as const;

const COMPRESS: Record<Encoding, (bytes: Buffer) => Promise<Buffer>> = {
  // The best quality takes a second for the charts; this one a tenth of that.
  br: (bytes) =>
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: 9 }),
};

interface Asset {
  bytes: Buffer;
  type: string;
  compressed: Partial<Record<Encoding, Promise<Buffer>>>;
}

function namesIn(folder: readonly string[], ending: string): string[] {
  const path = assetPath(...folder);
  if (!existsSync(path)) return [];
  const names = readdirSync(path).filter((name) => name.endsWith(ending));
  return names.sort();
}

/** Style sheets become one, in the order of their names; scripts stay apart. */
function readAssets(): Map<string, Asset> {
  const read = (folder: readonly string[], name: string) =>
    readFileSync(assetPath(...folder, name));
  const sheets = namesIn(STYLES, ".css").map((name) => read(STYLES, name));
  if (sheets.length === 0) throw new Error(`${STYLES.join("/")} has no style sheet`);
  const assets = new Map<string, Asset>();
  assets.set(STYLE, { bytes: Buffer.concat(sheets), type: TYPES.css, compressed: {} });
  for (const name of namesIn(SCRIPTS, ".js")) {
    assets.set(name, { bytes: read(SCRIPTS, name), type: TYPES.js, compressed: {} });
  }
  return assets;
}

async function send(c: Context, asset: Asset): Promise<Response> {
  c.header("Content-Type", asset.type);
  c.header("Cache-Control", "public, max-age=31536000, immutable");
  c.header("Vary", "Accept-Encoding");
  const encoding = accepted(c, ["br", "gzip"]);
  if (encoding === null) return c.body(new Uint8Array(asset.bytes));
  asset.compressed[encoding] ??= COMPRESS[encoding](asset.bytes);
  const bytes = await asset.compressed[encoding];
  c.header("Content-Encoding", encoding);
  return c.body(new Uint8Array(bytes));
}

/**
 * Adds GET of every asset. Without the scripts, in a source tree that was not built, pages have none and
 * work.
 * @returns the addresses that pages name
 * @throws Error when the style sheet is missing from the installation
 */
export function assetRoutes(app: Hono): PageAssets {
  const assets = readAssets();
  const hash = createHash("sha256");
  for (const [name, { bytes }] of assets) hash.update(name).update("\0").update(bytes);
  const digest = hash.digest("hex").slice(0, 12);
  app.get("/assets/:digest/:name", (c) => {
    const asset = assets.get(c.req.param("name"));
    // An address of another version would keep what is not meant by it.
    if (asset === undefined || c.req.param("digest") !== digest) return c.notFound();
    return send(c, asset);
  });
  const address = (name: string) => `/assets/${digest}/${name}`;
  return { cssHref: address(STYLE), scripts: assets.has(ENTRY) ? [address(ENTRY)] : [] };
}
