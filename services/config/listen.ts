// Addresses to listen on, as one writes them: 127.0.0.1:2525, [::1]:8080, mx.example:25, :8080.

import { isIP, isIPv4, isIPv6 } from "node:net";

/** Where a server listens. Host "" is every interface; port 0 lets the system choose one. */
export interface Listen {
  host: string;
  port: number;
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_-]+)*$/i;
const PORT_LAST = 65_535;

/** Parses host:port; the answer is a reason when it is none. */
export function parseListen(text: string): Listen | string {
  const match = /^(.*):([0-9]{1,5})$/.exec(text);
  if (match === null) {
    return /^[0-9]{1,5}$/.test(text)
      ? `a port alone; write 127.0.0.1:${text}, or :${text} for all interfaces`
      : "no port at its end";
  }
  const port = Number(match[2]);
  if (port > PORT_LAST) return `port ${port} is above ${PORT_LAST}`;
  const host = match[1] ?? "";
  if (host === "" || host === "*") return { host: "", port };
  if (host.startsWith("[") && host.endsWith("]")) {
    const inside = host.slice(1, -1);
    return isIPv6(inside) ? { host: inside, port } : "no IPv6 address between the brackets";
  }
  if (host.includes(":")) return "an IPv6 address stands in brackets, as in [::1]:8080";
  if (isIPv4(host)) return { host, port };
  if (/^[0-9.]+$/.test(host)) return "not an IPv4 address";
  return HOST_NAME.test(host) ? { host, port } : "not a host name";
}

/** host:port with brackets around IPv6; every interface is written as ":8080". */
export function printListen({ host, port }: Listen): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** The web address at which this machine itself reaches a listener. */
export function localUrl({ host, port }: Listen): string {
  const reached = ["", "0.0.0.0"].includes(host) ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${printListen({ host: reached, port })}`;
}

/** True when only this machine reaches the address. */
export function isLoopback({ host }: Listen): boolean {
  if (host === "localhost") return true;
  const mapped = /^::ffff:([0-9.]+)$/i.exec(host)?.[1] ?? host;
  return isIPv4(mapped) ? mapped.startsWith("127.") : host === "::1";
}

/** True for a web address of another host than this machine. */
export function namesAnotherHost(url: string | null): boolean {
  if (url === null) return false;
  const { hostname } = new URL(url);
  return !isLoopback({ host: hostname.replace(/^\[(.*)\]$/, "$1"), port: 0 });
}

/** True when both cannot be listened on at once: same port, and same or every interface. */
export function collides(one: Listen, other: Listen): boolean {
  if (one.port === 0 || one.port !== other.port) return false;
  const everywhere = ["", "0.0.0.0", "::"];
  return (
    one.host === other.host || everywhere.includes(one.host) || everywhere.includes(other.host)
  );
}
