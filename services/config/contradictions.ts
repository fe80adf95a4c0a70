// Settings that are right one by one and wrong together, as a table of rules. A rule whose options
// hold a mistake already told is left out, so that one mistake is told once.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { BOUNDS } from "../core/bounds.ts";
import { listsToken, TOKENS_PATH } from "../core/token-list.ts";
import type { Settings } from "./config.ts";
import { collides, isLoopback, type Listen, printListen } from "./listen.ts";
import { LOGIN_RULES } from "./login-rules.ts";
import { type Command, type OptionKey, variableOf } from "./options.ts";
import { printSize } from "./quantity.ts";
import { type Problem, type ReadFile, readOrExplain } from "./sources.ts";

interface Given {
  settings: Settings;
  /** Where each option stands that has not its default. */
  places: ReadonlyMap<OptionKey, string>;
  faulty: ReadonlySet<OptionKey>;
  command: Command;
  readFile: ReadFile;
}

type Fault = Omit<Problem, "place">;

export interface Rule {
  /** The problem stands at the first of these that is not a default. */
  about: readonly OptionKey[];
  /** True for what only a running server has to do with. */
  serving: boolean;
  find(settings: Settings, readFile: ReadFile): Fault | null;
}

/** The problems of all rules that apply to a command. */
export function findContradictions(given: Given): Problem[] {
  const serving = given.command === "serve" || given.command === "config";
  const problems: Problem[] = [];
  for (const rule of [...RULES, ...LOGIN_RULES]) {
    if (rule.serving && !serving) continue;
    if (rule.about.some((key) => given.faulty.has(key))) continue;
    const fault = rule.find(given.settings, given.readFile);
    if (fault === null) continue;
    const key = rule.about.find((one) => given.places.has(one)) ?? rule.about[0];
    const place = key === undefined ? "" : (given.places.get(key) ?? `${key} (default)`);
    problems.push({ place, ...fault });
  }
  return problems;
}

const RULES: readonly Rule[] = [
  {
    about: ["http.listen", "insecure_no_auth", "roles", "data_dir"],
    serving: true,
    find: (settings, readFile) => {
      const { http, insecureNoAuth, roles } = settings;
      if (!roles.includes("api") || insecureNoAuth || isLoopback(http.listen)) return null;
      if (hasWayIn(settings, readFile)) return null;
      return {
        message: `http.listen ${printListen(http.listen)} can be reached by other machines, and \
there is no token yet by which to tell who may read reports`,
        hint: "make one with sealwatch token create, listen on 127.0.0.1, or say \
--insecure-no-auth where the network itself keeps others out",
      };
    },
  },
  {
    about: ["report.listen", "tls.cert", "tls.key"],
    serving: true,
    find: ({ report, tls }) => {
      if (report.listen === null || isLoopback(report.listen)) return null;
      if (tls.cert !== null || tls.key !== null) return null;
      return {
        message: `report.listen ${printListen(report.listen)} needs a certificate: RFC 8460 \
section 3 knows https only`,
        hint: "set tls.cert and tls.key, or listen on 127.0.0.1 behind a proxy that ends TLS",
      };
    },
  },
  {
    about: ["tls.cert", "tls.key"],
    serving: true,
    find: ({ tls }) => {
      if ((tls.cert === null) === (tls.key === null)) return null;
      const [has, lacks] = tls.cert === null ? ["key", "cert"] : ["cert", "key"];
      return {
        message: `tls.${has} without tls.${lacks}`,
        hint: `set tls.${lacks} as well, or neither`,
      };
    },
  },
  {
    about: ["tls.cert"],
    serving: true,
    find: ({ tls }, readFile) =>
      pemFault("tls.cert", tls.cert, readFile, (pem) => new X509Certificate(pem)),
  },
  {
    about: ["tls.key"],
    serving: true,
    find: ({ tls }, readFile) => pemFault("tls.key", tls.key, readFile, createPrivateKey),
  },
  {
    about: ["tls.key", "tls.cert"],
    serving: true,
    find: ({ tls }, readFile) => (belongTogether(tls, readFile) ? null : FOREIGN_KEY),
  },
  {
    about: ["clickhouse.topology", "clickhouse.url"],
    serving: false,
    find: ({ clickhouse: { topology, url } }) => {
      if (topology === "single" || url !== null) return null;
      return {
        message: `clickhouse.topology ${topology} without a server: the embedded store is single`,
        hint: `set ${variableOf("clickhouse.url")}, or leave the topology at single`,
      };
    },
  },
  {
    about: ["clickhouse.topology", "clickhouse.cluster"],
    serving: false,
    find: ({ clickhouse: { topology, cluster } }) => {
      if ((topology === "single") === (cluster === null)) return null;
      return topology === "single"
        ? {
            message: "clickhouse.cluster has no meaning for the topology single",
            hint: "set clickhouse.topology to replicated or sharded, or remove the cluster",
          }
        : {
            message: `clickhouse.topology ${topology} needs the name of the cluster`,
            hint: "set clickhouse.cluster to a name of SELECT cluster FROM system.clusters",
          };
    },
  },
  {
    about: ["roles", "clickhouse.url"],
    serving: true,
    find: ({ roles, clickhouse }) => {
      const one = roles.includes("writer") ? "writer" : "api";
      const other = one === "writer" ? "api" : "writer";
      if (clickhouse.url !== null || !roles.includes(one) || roles.includes(other)) return null;
      return {
        message: `role ${one} without ${other} on the embedded store, which only one process has`,
        hint: `add the role ${other}, or set ${variableOf("clickhouse.url")} for both`,
      };
    },
  },
  {
    about: ["roles", "smtp.listen"],
    serving: true,
    find: ({ roles, smtp }) => {
      if (smtp.listen !== null || roles.some((role) => role !== "smtp")) return null;
      return {
        message: "the only role is smtp and smtp.listen is off, so nothing is left to do",
        hint: "set smtp.listen, or add a role",
      };
    },
  },
  {
    about: ["http.listen", "report.listen", "smtp.listen"],
    serving: true,
    find: ({ http, report, smtp }) =>
      sharedAddress([
        ["http.listen", http.listen],
        ["report.listen", report.listen],
        ["smtp.listen", smtp.listen],
      ]),
  },
  {
    about: ["smtp.proxy_protocol", "proxies"],
    serving: true,
    find: ({ smtp, proxies }) => {
      if (!smtp.proxyProtocol || proxies.length > 0) return null;
      return {
        message: "smtp.proxy_protocol without proxies: nobody is believed",
        hint: "name the addresses of the load balancers in proxies",
      };
    },
  },
  {
    about: ["spool.bytes_max", "message_bytes_max"],
    serving: false,
    find: ({ spool, messageBytesMax }) => {
      if (spool.bytesMax >= messageBytesMax) return null;
      const [spoolSize, messageSize] = [printSize(spool.bytesMax), printSize(messageBytesMax)];
      return {
        message: `spool.bytes_max ${spoolSize} is less than message_bytes_max ${messageSize}`,
        hint: "make the spool larger: it should hold days of reports",
      };
    },
  },
];

/** True when somebody could get in without everybody getting in. */
function hasWayIn(settings: Settings, readFile: ReadFile): boolean {
  const { dataDir, auth, oidc, proxies } = settings;
  if (oidc.issuer !== null || (auth.userHeader !== null && proxies.length > 0)) return true;
  const tokens = readOrExplain(join(dataDir, ...TOKENS_PATH), readFile, BOUNDS.tokenFileBytesMax);
  return typeof tokens === "string" && listsToken(tokens);
}

const FOREIGN_KEY: Fault = {
  message: "tls.key is not the key of the certificate in tls.cert",
  hint: "the certificate of this host comes first in tls.cert, before those of its issuers",
};

function pemFault(
  name: string,
  path: string | null,
  readFile: ReadFile,
  parse: (pem: string) => unknown,
): Fault | null {
  if (path === null) return null;
  const pem = readOrExplain(path, readFile);
  if (typeof pem !== "string") {
    return { message: `${name}: ${pem.why}`, hint: "mend the path, or the rights of this user" };
  }
  if (parsed(pem, parse) !== null) return null;
  return {
    message: `${name}: ${path} is no PEM file of that kind`,
    hint: "it has a line -----BEGIN CERTIFICATE-----, or -----BEGIN PRIVATE KEY----- without \
passphrase",
  };
}

function parsed<Value>(pem: string, parse: (pem: string) => Value): Value | null {
  try {
    return parse(pem);
  } catch {
    return null;
  }
}

/** True also when one of the files is missing or broken: another rule tells that. */
function belongTogether(tls: Settings["tls"], readFile: ReadFile): boolean {
  if (tls.cert === null || tls.key === null) return true;
  const [certPem, keyPem] = [readOrExplain(tls.cert, readFile), readOrExplain(tls.key, readFile)];
  if (typeof certPem !== "string" || typeof keyPem !== "string") return true;
  const certificate = parsed(certPem, (pem) => new X509Certificate(pem));
  const key = parsed(keyPem, createPrivateKey);
  return certificate === null || key === null || certificate.checkPrivateKey(key);
}

function sharedAddress(listeners: readonly (readonly [string, Listen | null])[]): Fault | null {
  for (const [index, [name, listen]] of listeners.entries()) {
    for (const [otherName, other] of listeners.slice(index + 1)) {
      if (listen === null || other === null || !collides(listen, other)) continue;
      return {
        message: `${name} and ${otherName} both want ${printListen(other)}`,
        hint: "give each its own port",
      };
    }
  }
  return null;
}
