// The configuration of a process: defaults, file, variables and flags, the last of them first in
// rank. Either everything is right, or all mistakes are told at once with their places.

import { readFileSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import type { DkimMode } from "../core/dkim/mode.ts";
import { findContradictions } from "./contradictions.ts";
import { isLoopback, namesAnotherHost } from "./listen.ts";
import {
  type Command,
  type Machine,
  OPTION_KEYS,
  type OptionKey,
  type OptionValue,
  optionOf,
} from "./options.ts";
import {
  fromFile,
  fromFlags,
  fromVariables,
  type Problem,
  type ReadFile,
  type Setting,
} from "./sources.ts";

const MASK = "********";

type Camel<Name extends string> = Name extends `${infer Head}_${infer Rest}`
  ? `${Head}${Capitalize<Camel<Rest>>}`
  : Name;
type Grouped = Extract<OptionKey, `${string}.${string}`>;
type Group = Grouped extends `${infer Name}.${string}` ? Name : never;
type Members<Name extends string> = {
  readonly [Key in Extract<Grouped, `${Name}.${string}`> as Key extends `${Name}.${infer Member}`
    ? Camel<Member>
    : never]: OptionValue<Key>;
};
type Ungrouped = Exclude<OptionKey, Grouped>;
type Flat = { readonly [Key in Ungrouped as Camel<Key>]: OptionValue<Key> };

/** Every option at its camelCase place: `smtp.listen` is `smtp.listen`, `data_dir` is `dataDir`. */
export type Settings = Flat & { readonly [Name in Group]: Members<Name> };

/** How tables are laid out; `clickhouse.topology` and `clickhouse.cluster` in one value. */
export type TopologyChoice =
  | { readonly kind: "single" }
  | { readonly kind: "replicated" | "sharded"; readonly cluster: string };

/** Paths of PEM files that belong together. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Frozen. Sizes are bytes, paths absolute, what is not set is null. */
export type Config = Omit<Settings, "auth" | "clickhouse" | "tls" | "dkim"> & {
  readonly auth: Omit<Settings["auth"], "loopbackOpen"> & { readonly loopbackOpen: boolean };
  readonly dkim: DkimMode;
  readonly clickhouse: { readonly url: string | null; readonly topology: TopologyChoice };
  readonly tls: TlsFiles | null;
};

export interface ConfigInput {
  /** Values of flags by the key of their option, and "config" for the path of the file. */
  argvValues: Readonly<Record<string, string>>;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Throws an error with a code, as readFileSync does. */
  readFile?: ReadFile;
  machine?: Machine;
  /** Path of the file that gave settings before; without any from it now, something is wrong. */
  fileBefore?: string | null;
  /** Only `serve` and `config` care for contradictions between listeners, roles and access. */
  command?: Command;
}

/** One option as it came out, for `config check`. */
export interface Effective {
  key: OptionKey;
  /** As text; a secret is masked, "" is not set. */
  shown: string;
  source: string;
}

export type LoadedConfig =
  | {
      ok: true;
      config: Config;
      /** Where each value comes from: a flag, a variable, file:line:column, or "default". */
      sources: Readonly<Record<string, string>>;
      effective: readonly Effective[];
      /** Path of the file that gave settings; null without one. */
      file: string | null;
    }
  | { ok: false; problems: readonly Problem[] };

/** Loads the configuration. Reads the YAML file, TLS files and files of secrets, nothing else. */
export function loadConfig(input: ConfigInput): LoadedConfig {
  const { env, cwd, argvValues, command = "serve" } = input;
  const readFile = input.readFile ?? ((path) => readFileSync(path, "utf8"));
  const gathered = [
    fromFile(argvValues["config"], env, cwd, readFile, input.fileBefore ?? null),
    fromVariables(env, cwd, readFile),
    fromFlags(argvValues, cwd),
  ];
  const problems: Problem[] = [];
  const values = defaults(input.machine ?? thisMachine(), cwd);
  const places = new Map<OptionKey, string>();
  const faulty = new Set<OptionKey>();
  for (const source of gathered) {
    problems.push(...source.problems);
    for (const setting of source.settings) {
      places.set(setting.key, setting.place);
      const problem = apply(setting, values);
      if (problem === null) continue;
      faulty.add(setting.key);
      problems.push(problem);
    }
  }
  const settings = nest(values);
  problems.push(...findContradictions({ settings, places, faulty, command, readFile }));
  if (problems.length > 0) return { ok: false, problems };
  const derived = derivedDefaults(settings);
  const because = (key: OptionKey) => {
    const why = derived.get(key)?.why;
    return why === undefined ? "default" : `default (${why})`;
  };
  const source = (key: OptionKey) => places.get(key) ?? because(key);
  return {
    ok: true,
    config: finish(settings),
    file: gathered[0]?.file ?? null,
    sources: Object.fromEntries(OPTION_KEYS.map((key) => [key, source(key)])),
    effective: OPTION_KEYS.map((key) => ({
      key,
      shown: show(key, values.get(key) ?? derived.get(key)?.value ?? null),
      source: source(key),
    })),
  };
}

function thisMachine(): Machine {
  const terminal = process.stderr.isTTY === true;
  return { hostname: hostname(), cpus: availableParallelism(), terminal };
}

function defaults(machine: Machine, cwd: string): Map<OptionKey, unknown> {
  const located = (key: OptionKey): unknown => {
    const { kind, default: make } = optionOf(key);
    const value = make(machine);
    return kind.locate === undefined ? value : kind.locate(value, cwd);
  };
  return new Map(OPTION_KEYS.map((key) => [key, located(key)]));
}

/** Puts a setting in place of what ranks below it, or tells what is wrong with it. */
function apply(setting: Setting, values: Map<OptionKey, unknown>): Problem | null {
  const { key, given, place, folder } = setting;
  const { kind } = optionOf(key);
  const reading = kind.read(given);
  if (!reading.ok) {
    return { place, message: `${key}: ${reading.why}`, hint: `expected ${kind.expects}` };
  }
  values.set(key, kind.locate ? kind.locate(reading.value, folder) : reading.value);
  return null;
}

/** One cast: every key of the table is there, and its value was made by the kind of its option. */
function nest(values: ReadonlyMap<OptionKey, unknown>): Settings {
  const nested: Record<string, unknown> = {};
  for (const key of OPTION_KEYS) {
    const [group = "", member] = key.split(".");
    const value = Object.freeze(values.get(key));
    if (member === undefined) nested[camel(group)] = value;
    else {
      nested[camel(group)] = { ...Object(nested[camel(group)]), [camel(member)]: value };
    }
  }
  return nested as Settings;
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Options that are one thing together become one value. */
function finish(settings: Settings): Config {
  const { url, topology: kind, cluster } = settings.clickhouse;
  const topology: TopologyChoice =
    kind === "single" || cluster === null ? { kind: "single" } : { kind, cluster };
  const { cert, key } = settings.tls;
  const tls = cert === null || key === null ? null : { cert, key };
  const dkim = settings.dkim ?? dkimDefault(settings).value;
  const loopbackOpen = settings.auth.loopbackOpen ?? loopbackOpenDefault(settings).value;
  const auth = { ...settings.auth, loopbackOpen };
  const clickhouse = { url, topology: Object.freeze(topology) };
  const config = { ...settings, auth, dkim, clickhouse, tls };
  for (const group of Object.values(config)) Object.freeze(group);
  return Object.freeze(config);
}

/** A default that follows from other settings, and from what of them. */
interface Derived<Value> {
  value: Value;
  why: string;
}

/**
 * RFC 8460 section 3 has unsigned reports ignored. Where only this machine reaches us by SMTP there is a
 * mail server before us that may have taken signatures off, or checked them.
 */
function dkimDefault({ smtp }: Settings): Derived<DkimMode> {
  if (smtp.listen === null) return { value: "flag", why: "smtp.listen is off" };
  return isLoopback(smtp.listen)
    ? { value: "flag", why: "smtp.listen is loopback" }
    : { value: "require", why: "smtp.listen is not loopback" };
}

/** Where people come from elsewhere a proxy brings them, and it may look like this machine itself. */
function loopbackOpenDefault(settings: Settings): Derived<boolean> {
  return namesAnotherHost(settings.public.url)
    ? { value: false, why: "public.url names another host" }
    : { value: true, why: "public.url names no other host" };
}

function derivedDefaults(settings: Settings): ReadonlyMap<OptionKey, Derived<unknown>> {
  return new Map<OptionKey, Derived<unknown>>([
    ["dkim", dkimDefault(settings)],
    ["auth.loopback_open", loopbackOpenDefault(settings)],
  ]);
}

/** A value as text that may be shown: passwords in URLs are masked, other secrets wholly. */
function show(key: OptionKey, value: unknown): string {
  const { kind, secret } = optionOf(key);
  const text = kind.print(value);
  if (!secret || text === "") return text;
  if (!URL.canParse(text)) return MASK;
  const url = new URL(text);
  if (url.password !== "") url.password = MASK;
  return url.href;
}
