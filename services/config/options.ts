// Every option of the program, once: its key in the YAML file, kind, default and one line of words.
// Variable, flag, help, docs/configuration.md, the example file and the JSON schema follow from it.

import { resolve } from "node:path";
import { BOUNDS } from "../core/bounds.ts";
import { DKIM_MODES } from "../core/dkim/mode.ts";
import { ADDRESS_OPTIONS } from "./address-options.ts";
import { dnsServer } from "./dns-kinds.ts";
import { EDGE_OPTIONS } from "./edge-options.ts";
import {
  choice,
  count,
  hostName,
  identifier,
  type Kind,
  list,
  listenAddress,
  mailAddress,
  mailDomain,
  orOff,
  orUnset,
  path,
  size,
  webUrl,
  yesOrNo,
} from "./kinds.ts";
import { word } from "./login-kinds.ts";
import { LOGIN_OPTIONS } from "./login-options.ts";

/** What a process can do; roles meet at the spool folder and the store only. */
export const ROLES = ["smtp", "https", "writer", "api"] as const;
export type Role = (typeof ROLES)[number];

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export const LOG_FORMATS = ["json", "text"] as const;
export const TOPOLOGIES = ["single", "replicated", "sharded"] as const;

/** Commands of the program that take options. */
export type Command =
  | "serve"
  | "import"
  | "query"
  | "report"
  | "reprocess"
  | "migrate"
  | "health"
  | "token"
  | "config";

/** What defaults depend on; the real one is made in config.ts. */
export interface Machine {
  hostname: string;
  cpus: number;
  /** True when logs go to a person's terminal. */
  terminal: boolean;
}

export interface Option<Value> {
  kind: Kind<Value>;
  default: (machine: Machine) => Value;
  /** How the default is put into words where it depends on the machine, or is nothing. */
  defaultWords?: string;
  doc: string;
  /** A secret has no flag, since every user of a machine sees command lines, and is never shown. */
  secret?: true;
  /** Commands besides serve and config that it is a flag of. */
  commands?: readonly Command[];
  /** Applied by SIGHUP; other options that changed wait for a restart. */
  live?: true;
}

const option = <Value>(entry: Option<Value>): Option<Value> => entry;
const file = () => orUnset(path("file", resolve));
const STORE_COMMANDS = ["import", "query", "migrate"] as const;

export const OPTIONS = {
  roles: option({
    kind: list(choice(ROLES), { itemsMin: 1 }),
    default: () => ROLES,
    doc: "What this process does: receive mail (smtp), receive posts (https), move reports from \
the spool into the store (writer), answer queries and show pages (api).",
  }),
  data_dir: option({
    kind: path("folder", resolve),
    default: () => "./data",
    doc: "Folder of the spool, of the embedded store and of the tokens.",
    commands: [...STORE_COMMANDS, "reprocess", "token"],
  }),
  domains: option({
    kind: list(mailDomain(), { itemsMin: 0 }),
    default: () => [],
    defaultWords: "none: with no domains_file either, reports for every domain are taken",
    doc: "Domains whose reports are taken, where all belong to one operator. See docs/domains.md.",
    live: true,
    commands: ["import"],
  }),
  domains_file: option({
    kind: file(),
    default: () => null,
    defaultWords: "none",
    doc: "YAML or JSON file of domains with tenants, aliases, MX hosts, addresses and keys. See \
docs/domains.md.",
    live: true,
    commands: ["import"],
  }),
  dkim: option({
    kind: orUnset(choice(DKIM_MODES)),
    default: () => null,
    defaultWords: "require; flag where smtp.listen is a loopback address or off",
    doc: "What is done with mail without a valid signature of the reporting domain: quarantine it \
(require), count and mark it (flag), or never look (off).",
    commands: ["import"],
    live: true,
  }),
  "dns.servers": option({
    kind: list(dnsServer(), { itemsMin: 0 }),
    default: () => [],
    defaultWords: "those of the system",
    doc: "Resolvers that are asked for DKIM keys, MX hosts and names of addresses, by IP address.",
    commands: ["import", "query"],
  }),
  "dns.mx_lookup": option({
    kind: yesOrNo(),
    default: () => false,
    doc: "Looks up the MX hosts of all domains, by which DANE reports name them.",
    live: true,
  }),
  ...ADDRESS_OPTIONS,
  "smtp.listen": option({
    kind: orOff(listenAddress()),
    default: () => ({ host: "127.0.0.1", port: 2525 }),
    doc: "Address at which reports are taken by mail. Point port 25 of the MX host here.",
  }),
  "smtp.hostname": option({
    kind: hostName(),
    default: (machine) => machine.hostname,
    defaultWords: "the name of the machine",
    doc: "Name that the SMTP greeting gives; the MX record's, where there is one.",
  }),
  "smtp.recipients": option({
    kind: list(mailAddress({ wholeDomains: true }), { itemsMin: 0 }),
    default: () => [],
    defaultWords: "any recipient",
    doc: "Addresses that mail is taken for, in full or as @domain; others are refused.",
    live: true,
  }),
  "smtp.proxy_protocol": option({
    kind: yesOrNo(),
    default: () => false,
    doc: "SMTP connections from proxies begin with a PROXY header, version 1 or 2, that names the \
client.",
    live: true,
  }),
  "smtp.connections_max": option({
    kind: count({ min: 1, max: BOUNDS.portsMax }),
    default: () => BOUNDS.smtpConnectionsMax,
    doc: "SMTP connections that are open at once.",
  }),
  "http.listen": option({
    kind: listenAddress(),
    default: () => ({ host: "127.0.0.1", port: 8080 }),
    doc: "Address of API and pages, and of posted reports unless report.listen is set.",
    commands: ["health"],
  }),
  "report.listen": option({
    kind: orUnset(orOff(listenAddress())),
    default: () => null,
    defaultWords: "reports are posted to http.listen",
    doc: "Address that takes posted reports and nothing else, over TLS with tls.cert and tls.key.",
  }),
  "report.key_required": option({
    kind: yesOrNo(),
    default: () => false,
    doc: "Quarantines posted reports whose URL has no key of a domain.",
    live: true,
  }),
  "tls.cert": option({
    kind: file(),
    default: () => null,
    defaultWords: "no TLS",
    doc: "PEM file with the certificate and its chain, for report.listen and STARTTLS. SIGHUP \
applies another file where TLS was on before; to turn TLS on or off takes a restart.",
    live: true,
  }),
  "tls.key": option({
    kind: file(),
    default: () => null,
    defaultWords: "no TLS",
    doc: "PEM file with the private key of tls.cert; applied as tls.cert is.",
    live: true,
  }),
  "clickhouse.url": option({
    kind: orUnset(webUrl({ database: true })),
    default: () => null,
    defaultWords: "the embedded store under data_dir",
    doc: "ClickHouse server, 25.8 or later, as http(s)://user:password@host:8123/database.",
    secret: true,
    commands: STORE_COMMANDS,
  }),
  "clickhouse.topology": option({
    kind: choice(TOPOLOGIES),
    default: () => "single" as const,
    doc: "How the tables are laid out on the server: on one, on replicas, or on shards.",
    commands: STORE_COMMANDS,
  }),
  "clickhouse.cluster": option({
    kind: orUnset(identifier()),
    default: () => null,
    defaultWords: "none",
    doc: "Name of the cluster in the server's configuration, for replicated and sharded.",
    commands: STORE_COMMANDS,
  }),
  ...EDGE_OPTIONS,
  message_bytes_max: option({
    kind: size({ bytesMin: 1_024, bytesMax: BOUNDS.inFlightBytesMax }),
    default: () => BOUNDS.messageBytesMax,
    doc: "Largest mail or post that is taken.",
    commands: ["import"],
  }),
  "spool.bytes_max": option({
    kind: size({ bytesMin: BOUNDS.segmentBytesMax }),
    default: () => BOUNDS.spoolBytesMax,
    doc: "Size of the spool at which reports are refused until the writer has caught up.",
    commands: ["import"],
  }),
  "spool.disk_free_bytes_min": option({
    kind: size({ bytesMin: 0 }),
    default: () => BOUNDS.diskFreeBytesMin,
    doc: "Free space on the disk below which reports are refused.",
    commands: ["import"],
  }),
  "engine.memory_bytes_max": option({
    kind: size({ bytesMin: BOUNDS.engineMemoryBytesMin }),
    default: () => BOUNDS.engineMemoryBytesMax,
    doc: "Memory of the embedded store.",
    commands: STORE_COMMANDS,
  }),
  "decode.workers": option({
    kind: count({ min: 1, max: BOUNDS.decodeWorkersMax }),
    default: (machine) => Math.max(1, Math.min(machine.cpus, BOUNDS.decodeWorkersDefault)),
    defaultWords: `one per processor, ${BOUNDS.decodeWorkersDefault} at most`,
    doc: "Threads that decode and parse reports.",
    commands: ["import"],
  }),
  token: option({
    kind: orUnset(word("a token as sealwatch token create printed it")),
    default: () => null,
    defaultWords: "none",
    doc: "API token that query, reprocess and health send to the server; see docs/access.md.",
    secret: true,
    commands: ["query", "reprocess", "health"],
  }),
  insecure_no_auth: option({
    kind: yesOrNo(),
    default: () => false,
    doc: "Lets everybody who reaches http.listen read all reports, without a token.",
  }),
  "auth.loopback_open": option({
    kind: orUnset({ ...yesOrNo(), placeholder: "yes|no" }),
    default: () => null,
    defaultWords: "yes; no where public.url names another host than this machine",
    doc: "Programs of this machine need no token while http.listen is a loopback address. Say no \
where other users have accounts here, or where a proxy passes requests on.",
  }),
  ...LOGIN_OPTIONS,
  "public.report_address": option({
    kind: orUnset(mailAddress({ wholeDomains: false })),
    default: () => null,
    defaultWords: "none",
    doc: "Mail address that reports are sent to, as shown in the DNS record to publish.",
  }),
  "public.url": option({
    kind: orUnset(webUrl({ database: false })),
    default: () => null,
    defaultWords: "none",
    doc: "Web address at which others reach this instance, as shown in the DNS record to publish.",
  }),
  "log.level": option({
    kind: choice(LOG_LEVELS),
    default: () => "info" as const,
    doc: "Least severe events that are logged.",
    commands: STORE_COMMANDS,
    live: true,
  }),
  "log.format": option({
    kind: choice(LOG_FORMATS),
    default: (machine) => (machine.terminal ? ("text" as const) : ("json" as const)),
    defaultWords: "text on a terminal, else json",
    doc: "Log lines for people or for machines.",
    commands: STORE_COMMANDS,
  }),
};

export type OptionKey = keyof typeof OPTIONS;
export type OptionValue<Key extends OptionKey> =
  (typeof OPTIONS)[Key] extends Option<infer Value> ? Value : never;

/** All keys in the order of the table. */
export const OPTION_KEYS = Object.keys(OPTIONS).filter(isOptionKey);

/** True for the key of an option. */
export function isOptionKey(key: string): key is OptionKey {
  return Object.hasOwn(OPTIONS, key);
}

/** The option of a key, its value's type left open. */
export function optionOf(key: OptionKey): Option<unknown> {
  return OPTIONS[key];
}

/** The variable of an option: `smtp.listen` is SEALWATCH_SMTP_LISTEN. */
export function variableOf(key: OptionKey): string {
  return `SEALWATCH_${key.replaceAll(".", "_").toUpperCase()}`;
}

/** The flag of an option: `smtp.listen` is --smtp-listen. Null for a secret. */
export function flagOf(key: OptionKey): string | null {
  return optionOf(key).secret ? null : `--${key.replaceAll(/[._]/g, "-")}`;
}

/** Options that a command takes as flags; serve and config take all. */
export function optionsOf(command: Command): OptionKey[] {
  if (command === "serve" || command === "config") return OPTION_KEYS;
  return OPTION_KEYS.filter((key) => optionOf(key).commands?.includes(command) ?? false);
}
