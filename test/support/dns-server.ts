// A DNS server on loopback, UDP and TCP on one port, with zones given as data and the ways in which real
// ones fail: silent, SERVFAIL, slow, answers that are cut off over UDP.

import { createSocket } from "node:dgram";
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, decode, encode, type Packet, TRUNCATED_RESPONSE } from "dns-packet";

/** Records by name, lower case without the root's dot. A name with no record of a type has no data. */
export interface Zone {
  [name: string]: {
    /** One text per record; long ones are cut into strings of 255 octets. */
    TXT?: readonly string[];
    MX?: readonly { preference: number; exchange: string }[];
    A?: readonly string[];
    AAAA?: readonly string[];
    PTR?: readonly string[];
  };
}

/** How it answers. "truncated" gives an empty cut answer over UDP and the whole one over TCP. */
export type DnsMode =
  | "answer"
  | "silent"
  | "servfail"
  | "refused"
  | "truncated"
  | { slowMs: number };

export interface DnsServer {
  /** "127.0.0.1:port", as the option dns.servers takes it. */
  address: string;
  port: number;
  /** Records; may be changed while it runs. */
  zone: Zone;
  /** Every question so far, as "TXT name", in order. */
  questions: string[];
  /** How it answers from now on; for one name alone when given, or for all below "*.name". */
  mode(mode: DnsMode, name?: string): void;
  stop(): Promise<void>;
}

const STRING_OCTETS_MAX = 255;
const SERVFAIL = 2;
const NXDOMAIN = 3;
const REFUSED = 5;
const ATTEMPTS = 20;

/** Starts a server; names that are not in the zone do not exist. */
export async function startDnsServer(zone: Zone = {}): Promise<DnsServer> {
  const questions: string[] = [];
  const modes = new Map<string, DnsMode>();
  let general: DnsMode = "answer";

  async function answer(query: Buffer, transport: "udp" | "tcp"): Promise<Buffer | null> {
    const packet = decode(query);
    const question = packet.questions?.[0];
    if (question === undefined) return null;
    const name = question.name.toLowerCase();
    questions.push(`${question.type} ${name}`);
    const mode = modes.get(name) ?? modes.get(wildcardOf(name, modes)) ?? general;
    if (mode === "silent") return null;
    if (typeof mode === "object") await sleep(mode.slowMs);
    const reply = (flags: number, answers: Answer[] = []): Buffer =>
      encode({ ...head(packet), flags: (packet.flags ?? 0) | flags, answers });
    if (mode === "servfail") return reply(SERVFAIL);
    if (mode === "refused") return reply(REFUSED);
    if (mode === "truncated" && transport === "udp") return reply(TRUNCATED_RESPONSE);
    const answers = answersTo(zone, question.name, question.type);
    return answers === null ? reply(NXDOMAIN) : reply(0, answers);
  }

  const { udp, tcp, sockets, port } = await listen(answer);
  return {
    address: `127.0.0.1:${port}`,
    port,
    zone,
    questions,
    mode: (mode, name) => {
      if (name === undefined) general = mode;
      else modes.set(name.toLowerCase(), mode);
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([
        new Promise<void>((resolve) => udp.close(() => resolve())),
        new Promise<void>((resolve) => tcp.close(() => resolve())),
      ]);
    },
  };
}

function wildcardOf(name: string, modes: ReadonlyMap<string, DnsMode>): string {
  const above = name.split(".").map((_, at, labels) => ["*", ...labels.slice(at + 1)].join("."));
  return above.find((one) => modes.has(one)) ?? "";
}

function head({ id, questions }: Packet): Packet {
  return { type: "response", ...(id !== undefined && { id }), questions: questions ?? [] };
}

function answersTo(zone: Zone, name: string, type: string): Answer[] | null {
  const records = zone[name.toLowerCase()];
  if (records === undefined) return null;
  const ttl = 60;
  if (type === "TXT") {
    return (records.TXT ?? []).map((text) => ({ name, ttl, type: "TXT", data: strings(text) }));
  }
  if (type === "MX") {
    return (records.MX ?? []).map((data) => ({ name, ttl, type: "MX", data: { ...data } }));
  }
  if (type === "A") return (records.A ?? []).map((data) => ({ name, ttl, type: "A", data }));
  if (type === "PTR") return (records.PTR ?? []).map((data) => ({ name, ttl, type: "PTR", data }));
  if (type !== "AAAA") return [];
  return (records.AAAA ?? []).map((data) => ({ name, ttl, type: "AAAA", data }));
}

function strings(text: string): Buffer[] {
  const bytes = Buffer.from(text, "latin1");
  const parts: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += STRING_OCTETS_MAX) {
    parts.push(bytes.subarray(at, at + STRING_OCTETS_MAX));
  }
  return parts;
}

type Answering = (query: Buffer, transport: "udp" | "tcp") => Promise<Buffer | null>;

/** The port that the system chose for UDP may be taken for TCP: then another one is tried. */
async function listen(answer: Answering) {
  for (let attempt = 1; ; attempt++) {
    const udp = createSocket("udp4");
    const sockets = new Set<Socket>();
    const tcp = createServer((socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => socket.destroy());
      serveTcp(socket, answer);
    });
    await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
    const { port } = udp.address();
    const free = await new Promise<boolean>((resolve) => {
      tcp.once("error", () => resolve(false));
      tcp.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!free && attempt < ATTEMPTS) {
      udp.close();
      continue;
    }
    if (!free) throw new Error("no port is free for both UDP and TCP");
    udp.on("message", async (query, { port: to, address }) => {
      const reply = await answer(query, "udp").catch(() => null);
      // It may have been stopped while it was slow.
      if (reply !== null) {
        try {
          udp.send(reply, to, address);
        } catch {
          udp.unref();
        }
      }
    });
    return { udp, tcp, sockets, port };
  }
}

/** RFC 1035 section 4.2.2: each message has its length before it. */
function serveTcp(socket: Socket, answer: Answering): void {
  let received = Buffer.alloc(0);
  socket.on("data", async (piece) => {
    received = Buffer.concat([received, piece]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      const query = received.subarray(2, end);
      received = received.subarray(end);
      const reply = await answer(query, "tcp").catch(() => null);
      if (reply === null || socket.destroyed) continue;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      socket.write(Buffer.concat([length, reply]));
    }
  });
}
