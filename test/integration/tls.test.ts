// Which versions and ciphers of TLS are spoken, by HTTPS and by STARTTLS.

import { connect as connectTls } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { silent } from "../../services/observe/events.ts";
import { listenHttp } from "../../services/receive/http-listener.ts";
import type { Running } from "../../services/receive/running.ts";
import { makeCertificate } from "./certificate.ts";
import { dial } from "./dialogue.ts";
import { endAll, start } from "./smtp-stage.ts";

const LISTENERS: Running[] = [];

afterEach(async () => {
  await endAll();
  for (const running of LISTENERS.splice(0)) running.kill();
});

describe("TLS", () => {
  const tls = makeCertificate();

  async function startWeb(): Promise<{ port: number }> {
    const fetch = () => new Response("");
    const listen = { host: "127.0.0.1", port: 0, connectionsMax: 20, name: "report" };
    const running = await listenHttp({ ...listen, fetch, tls, emit: silent });
    LISTENERS.push(running);
    return { port: Number(running.address.split(":")[1]) };
  }

  function handshake(port: number, options: object): Promise<string> {
    return new Promise((resolve) => {
      const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
      socket.once("secureConnect", () => {
        resolve(`${socket.getProtocol()}`);
        socket.destroy();
      });
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
    });
  }

  async function starttls(address: string, options: object): Promise<string> {
    const dialogue = await dial(address);
    await dialogue.say("EHLO a.example\r\n");
    await dialogue.say("STARTTLS\r\n");
    dialogue.socket.removeAllListeners("data");
    return handshake(0, { socket: dialogue.socket, ...options });
  }

  // Level 0 lets this client offer what it would not by itself.
  const old = (version: string) => ({
    minVersion: version,
    maxVersion: version,
    ciphers: "DEFAULT@SECLEVEL=0",
  });

  test.each([
    ["TLSv1", /^(?:ERR_SSL|ECONNRESET|EPROTO)/],
    ["TLSv1.1", /^(?:ERR_SSL|ECONNRESET|EPROTO)/],
    ["TLSv1.2", /^TLSv1\.2$/],
    ["TLSv1.3", /^TLSv1\.3$/],
  ])("%s", async (version, expected) => {
    const web = await startWeb();
    const mail = await start({ tls });
    expect(await handshake(web.port, old(version))).toMatch(expected);
    expect(await starttls(mail.address, old(version))).toMatch(expected);
  });

  test.each(["AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA"])(
    "neither without forward secrecy nor without authenticated encryption: %s",
    async (cipher) => {
      const only = { maxVersion: "TLSv1.2", ciphers: `${cipher}:@SECLEVEL=0` };
      const web = await startWeb();
      const mail = await start({ tls });
      expect(await handshake(web.port, only)).toMatch(/HANDSHAKE_FAILURE/);
      expect(await starttls(mail.address, only)).toMatch(/HANDSHAKE_FAILURE/);
    },
  );
});
