// `npx tsx test/support/readme-images.ts`: takes the pictures of the README over the seeded set, into
// docs/images/. Run it after a change of the pages that can be seen.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../services/assets.ts";
import { pagePaths } from "./page-paths.ts";
import { startPostmasterServer } from "./postmaster-server.ts";
import { launchChromium, openWatched, type Theme } from "./watched-page.ts";

/** Each below 150 kB, so that whoever clones the repository does not wait for pictures. */
const IMAGES: readonly { id: string; theme: Theme; height: number }[] = [
  { id: "overview", theme: "light", height: 1000 },
  { id: "domain", theme: "dark", height: 1140 },
  { id: "problem", theme: "light", height: 700 },
];

const folder = join(packageRoot(), "docs", "images");
mkdirSync(folder, { recursive: true });
const [server, browser] = await Promise.all([startPostmasterServer(), launchChromium()]);
try {
  const pages = await pagePaths(server.url);
  for (const { id, theme, height } of IMAGES) {
    const { page, goto, close } = await openWatched(browser, server.url, { theme });
    await page.setViewportSize({ width: 1440, height });
    await goto(pages.find((one) => one.id === id)?.path ?? "/");
    await page.waitForLoadState("networkidle");
    const path = join(folder, `${id}-${theme}.png`);
    const { byteLength } = await page.screenshot({ path, animations: "disabled" });
    process.stdout.write(`${path}: ${byteLength} bytes\n`);
    await close();
  }
} finally {
  await browser.close();
  await server.stop();
}
