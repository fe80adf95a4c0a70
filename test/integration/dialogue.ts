// A bare SMTP client for tests: sends bytes as told and reads replies, with no opinion of its own.

import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { until } from "./spooled.ts";

export interface Dialogue {
  socket: Socket;
  /** Sends bytes and returns the next whole reply. */
  say(bytes: string | Uint8Array): Promise<string>;
  write(bytes: string | Uint8Array): void;
  /** The next whole reply, without its last line end. */
  reply(): Promise<string>;
  closed(): boolean;
  /** Continues on a TLS layer over the same connection. */
  secure(): Promise<TLSSocket>;
  end(): void;
}

/** Connects and reads the greeting. @param from address of this machine to come from */
export async function dial(address: string, from = "127.0.0.1"): Promise<Dialogue> {
  const dialogue = await dialSilently(address, from);
  const greeting = await dialogue.reply();
  if (!greeting.startsWith("220 ")) throw new Error(`not greeted: ${greeting}`);
  return dialogue;
}

/** Connects only. */
export async function dialSilently(address: string, from = "127.0.0.1"): Promise<Dialogue> {
  const port = Number(address.slice(address.lastIndexOf(":") + 1));
  let socket: Socket = connect({ host: "127.0.0.1", port, localAddress: from });
  let text = "";
  let closed = false;
  const listen = (on: Socket) => {
    on.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
    });
    on.on("error", () => {});
    on.on("close", () => {
      closed = true;
    });
  };
  listen(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", () => resolve());
    socket.once("error", reject);
  });
  const dialogue: Dialogue = {
    socket,
    write: (bytes) => void socket.write(bytes),
    async reply() {
      const whole = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\n/;
      await until(() => whole.test(text) || closed, "a reply comes");
      const found = whole.exec(text)?.[0];
      if (found === undefined) throw new Error(`connection closed without a reply: ${text}`);
      text = text.slice(found.length);
      return found.trimEnd();
    },
    say(bytes) {
      socket.write(bytes);
      return dialogue.reply();
    },
    closed: () => closed,
    async secure() {
      socket.removeAllListeners("data");
      const secured = connectTls({ socket, rejectUnauthorized: false });
      await new Promise((resolve, reject) => {
        secured.once("secureConnect", resolve);
        secured.once("error", reject);
      });
      listen(secured);
      socket = secured;
      return secured;
    },
    end: () => socket.destroy(),
  };
  return dialogue;
}

/** Goes as far as the go-ahead for DATA. */
export async function begin(dialogue: Dialogue): Promise<void> {
  await dialogue.say("EHLO mail.example.org\r\n");
  await dialogue.say("MAIL FROM:<tlsrpt@example.org>\r\n");
  await dialogue.say("RCPT TO:<reports@example.com>\r\n");
  const reply = await dialogue.say("DATA\r\n");
  if (!reply.startsWith("354")) throw new Error(reply);
}

/** Writes a message as DATA has it: dots doubled, and the end (RFC 5321 section 4.5.2). */
export function stuff(bytes: Buffer): Buffer {
  const lines = bytes.toString("latin1").split("\r\n");
  const stuffed = lines.map((line) => (line.startsWith(".") ? `.${line}` : line)).join("\r\n");
  return Buffer.from(`${stuffed}${stuffed.endsWith("\r\n") ? "" : "\r\n"}.\r\n`, "latin1");
}
