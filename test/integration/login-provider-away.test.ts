// An identity provider that is down when the real program starts, and comes back.

import { expect, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { startProvider } from "../support/oidc-provider.ts";
import { freePort, startProgram, temporaryFolder, waitUntil } from "../support/program.ts";

test("a provider that is down stops nothing, and is found when it is back", async () => {
  const temporary = temporaryFolder();
  const ports = { smtp: await freePort(), http: await freePort() };
  const url = `http://127.0.0.1:${ports.http}`;
  const port = await freePort();
  const env = {
    SEALWATCH_PUBLIC_URL: url,
    SEALWATCH_AUTH_LOOPBACK_OPEN: "no",
    SEALWATCH_AUTH_GROUPS: "*=default",
    SEALWATCH_OIDC_ISSUER: `http://127.0.0.1:${port}`,
    SEALWATCH_OIDC_CLIENT_ID: "sealwatch-test",
  };
  const lonely = await startProgram({ dataDir: temporary.folder, ports, env });
  try {
    const browser = openBrowser();
    const page = await browser.get(`${url}/login`);
    expect(page.status).toBe(200);
    expect(page.text).toContain("does not answer now");
    expect((await browser.get(`${url}/login/oidc`)).status).toBe(503);
    expect(lonely.log()).toContain("identity provider cannot be used");
    const redirectUri = `${url}/login/oidc/callback`;
    const back = await startProvider({ redirectUri, port, groupsIn: "token", clientAuth: "none" });
    back.person = { sub: "carl" };
    try {
      await waitUntil("the provider to be found", 20_000, async () => {
        return !(await browser.get(`${url}/login`)).text.includes("does not answer now");
      });
      const done = await browser.follow(await browser.get(`${url}/login/oidc`));
      expect(done.status).toBe(200);
      expect(done.text).toContain("<span>carl</span>");
    } finally {
      await back.close();
    }
  } finally {
    await lonely.end();
    temporary.remove();
  }
});
