// The file of domains and the option `domains`, read into a directory: form, names and tenants, with
// all mistakes at once and their places. What the directory is good for is in core/directory.

import { readFileSync } from "node:fs";
import { BOUNDS } from "../core/bounds.ts";
import { Deviations } from "../core/deviation.ts";
import {
  buildDirectory,
  type Directory,
  type DomainEntry,
  OPERATOR_TENANT,
} from "../core/directory/directory.ts";
import { reportDuplicates } from "../core/tlsrpt/json-duplicates.ts";
import { compileSchema, readSchema, type Validate } from "../validate/validate.ts";
import type { Config } from "./config.ts";
import { type EntryFault, findClashes, readEntry } from "./domain-entry.ts";
import { nearest } from "./nearest.ts";
import { printSize } from "./quantity.ts";
import { type Problem, type ReadFile, readOrExplain } from "./sources.ts";
import { readYamlTree } from "./yaml-file.ts";

export type LoadedDirectory =
  | { ok: true; directory: Directory }
  | { ok: false; problems: readonly Problem[] };

/** What of a configuration the directory is made of. */
export interface DirectoryConfig {
  domains: Config["domains"];
  domainsFile: Config["domainsFile"];
  report: Pick<Config["report"], "keyRequired">;
}

type Fault = EntryFault;

/** A file as a value, and how a place in it is told. */
interface Tree {
  value: unknown;
  /** True when places are lines and columns. */
  exact: boolean;
  placeOf(path: Fault["path"]): string;
}

/**
 * Reads the domains of a configuration. Without any the directory is open; a file without any is a
 * mistake, since one that was cut short must not open it.
 */
export function loadDirectory(
  config: DirectoryConfig,
  readFile: ReadFile = (path) => readFileSync(path, "utf8"),
): LoadedDirectory {
  const own = config.domains.map(plainEntry);
  const path = config.domainsFile;
  if (path === null) return withKeys(config, buildDirectory(own));
  const text = readOrExplain(path, readFile, BOUNDS.domainsFileBytesMax);
  if (typeof text !== "string") {
    const hint = "mend the path in domains_file, or the rights of this user";
    return { ok: false, problems: [{ place: "domains_file", message: text.why, hint }] };
  }
  const tree = readTree(text, path);
  if (Array.isArray(tree)) return { ok: false, problems: tree };
  const { entries, faults } = read(tree, own);
  if (faults.length === 0) return withKeys(config, buildDirectory([...own, ...entries]));
  const exact = tree.exact ? null : located(text, path);
  if (exact === null) return { ok: false, problems: told(faults, tree) };
  return { ok: false, problems: told(read(exact, own).faults, exact) };
}

/** The directory, unless a key is required that nobody has: then no post would count. */
function withKeys({ report }: DirectoryConfig, directory: Directory): LoadedDirectory {
  if (!report.keyRequired || directory.keys.size > 0) return { ok: true, directory };
  const message = "report.key_required is on, and no domain has a key";
  const hint = "give domains their keys in domains_file, or turn it off";
  return { ok: false, problems: [{ place: "report.key_required", message, hint }] };
}

function read(tree: Tree, own: readonly DomainEntry[]) {
  const { entries, faults } = readEntries(tree.value);
  faults.push(...findClashes(entries, own, tree.placeOf));
  faults.sort((a, b) => Number(a.path[1] ?? -1) - Number(b.path[1] ?? -1));
  return { entries: entries.map(({ entry }) => entry), faults };
}

function plainEntry(domain: string): DomainEntry {
  return { domain, tenant: OPERATOR_TENANT, aliases: [], mx: [], addresses: [], keys: [] };
}

/** In the order of the file, and of very many the first ones. */
function told(faults: readonly Fault[], tree: Tree): Problem[] {
  const shown = faults.slice(0, BOUNDS.domainProblemsMax);
  const problems = shown.map(({ path, message, hint }) => {
    return { place: tree.placeOf(path), message, hint };
  });
  const more = faults.length - shown.length;
  if (more === 0) return problems;
  const message = `${more} more mistakes of the same file are not listed`;
  return [...problems, { place: tree.placeOf([]), message, hint: "mend those above first" }];
}

/** JSON by its first character, which is fast; YAML otherwise. */
function readTree(text: string, path: string): Tree | Problem[] {
  if (/^\s*[[{]/.test(text)) {
    const value = jsonOf(text);
    if (value === undefined) return yamlProblems(text, path);
    const repeated = new Deviations();
    reportDuplicates(text, repeated);
    if (repeated.list.length === 0)
      return { value, exact: false, placeOf: (at) => pointer(path, at) };
    if (isShort(text)) return yamlProblems(text, path);
    const hint = "remove one of them";
    return repeated.list.map(({ place }) => {
      return { place: `${path} ${place}`, message: "the same key twice", hint };
    });
  }
  if (isShort(text)) return located(text, path) ?? yamlProblems(text, path);
  const most = printSize(BOUNDS.domainsYamlBytesMax);
  const message = `larger than ${most}, which takes too long to read as YAML`;
  return [{ place: path, message, hint: "write it as JSON, of the same form" }];
}

function isShort(text: string): boolean {
  return Buffer.byteLength(text) <= BOUNDS.domainsYamlBytesMax;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A file of bounded length with line and column of each place; null when it is not in order. */
function located(text: string, path: string): Tree | null {
  if (!isShort(text)) return null;
  const { value, faults, placeOf } = readYamlTree(text);
  if (faults.length > 0) return null;
  const place = (at: Fault["path"]) => {
    const { line, column } = placeOf(at);
    return `${path}:${line}:${column}`;
  };
  return { value, exact: true, placeOf: place };
}

/** What the YAML parser, which knows places, has to say of a file that cannot be read. */
function yamlProblems(text: string, path: string): Problem[] {
  const faults = isShort(text) ? readYamlTree(text).faults : [];
  const problems = faults.map(({ line, column, message, hint }) => {
    return { place: `${path}:${line}:${column}`, message, hint };
  });
  const hint = "try it with a program for JSON, which tells the place";
  return problems.length > 0 ? problems : [{ place: path, message: "not JSON", hint }];
}

function pointer(path: string, at: Fault["path"]): string {
  return at.length === 0 ? path : `${path} /${at.join("/")}`;
}

interface Entries {
  entries: { entry: DomainEntry; index: number }[];
  faults: Fault[];
}

const FORM = "begin it with domains: and list below it lines such as - domain: example.com";
const EMPTY =
  "list a domain, or unset domains_file: without any, reports for every domain are taken";

function readEntries(value: unknown): Entries {
  const found: Entries = { entries: [], faults: [] };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    found.faults.push({ path: [], message: "not a mapping with domains", hint: FORM });
    return found;
  }
  const { domains, ...others }: { domains?: unknown } = value;
  for (const name of Object.keys(others)) {
    const hint = nearest(name, ["domains"]) === null ? FORM : "did you mean domains?";
    found.faults.push({ path: [name], message: `no such member: ${name}`, hint });
  }
  if (!Array.isArray(domains)) {
    if (found.faults.length > 0 && domains === undefined) return found;
    found.faults.push({ path: ["domains"], message: "domains is not a list", hint: FORM });
  } else if (domains.length === 0) {
    found.faults.push({ path: ["domains"], message: "no domain in the file", hint: EMPTY });
  } else if (domains.length > BOUNDS.domainsMax) {
    const message = `more than ${BOUNDS.domainsMax} domains`;
    found.faults.push({ path: ["domains"], message, hint: "share them between servers" });
  } else readEach(domains, found);
  return found;
}

function readEach(domains: readonly unknown[], found: Entries): void {
  const { form, members } = domainSchema();
  for (const [index, given] of domains.entries()) {
    const at = ["domains", index];
    const { known, faults } = knownMembers(given, members);
    const checked = form(known);
    if (!checked.ok) faults.push(...checked.errors.map(formFault));
    else {
      const read = readEntry(known);
      faults.push(...read.faults);
      found.entries.push({ entry: read.entry, index });
    }
    for (const { path, ...fault } of faults)
      found.faults.push({ path: [...at, ...path], ...fault });
  }
}

function formFault({ pointer, message }: { pointer: string; message: string }): Fault {
  const path = pointer.split("/").slice(1);
  const what = path[0] ?? "the entry";
  const hint = /array/.test(message)
    ? `write a list: ${what}: [...]`
    : "write lines such as domain: example.com, with text as values";
  return { path, message: `${what} ${message}`, hint };
}

/** An entry without the members that are none; each of them is a mistake of its own. */
function knownMembers(
  given: unknown,
  members: readonly string[],
): { known: unknown; faults: Fault[] } {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return { known: given, faults: [] };
  }
  const faults: Fault[] = [];
  const known = Object.entries(given).filter(([name]) => {
    if (members.includes(name)) return true;
    const near = nearest(name, members);
    const hint = near === null ? `members are ${members.join(", ")}` : `did you mean ${near}?`;
    faults.push({ path: [name], message: `no such member: ${name}`, hint });
    return false;
  });
  return { known: Object.fromEntries(known), faults };
}

let schema: { form: Validate; members: string[] } | undefined;

/** The schema of one entry: each is checked alone, so that all mistakes are found. */
function domainSchema(): { form: Validate; members: string[] } {
  if (schema === undefined) {
    const { domain } = readSchema("config", "domains.schema.json")["$defs"];
    schema = { form: compileSchema(domain), members: Object.keys(domain.properties) };
  }
  return schema;
}
