// The three places where settings stand, read into one list each: flags, variables, the YAML file.
// What a setting means is left to config.ts; what is not a setting at all is a problem from here.

import { dirname, resolve } from "node:path";
import { BOUNDS } from "../core/bounds.ts";
import { nearest } from "./nearest.ts";
import {
  flagOf,
  isOptionKey,
  OPTION_KEYS,
  type OptionKey,
  optionOf,
  variableOf,
} from "./options.ts";
import { readYaml } from "./yaml-file.ts";

/** One mistake in the configuration: where it stands, what is wrong, and the way out. */
export interface Problem {
  /** A flag, a variable, or file:line:column. */
  place: string;
  message: string;
  hint: string;
}

/** A value as given, with its place, and the folder that a path in it is relative to. */
export interface Setting {
  key: OptionKey;
  given: unknown;
  place: string;
  folder: string;
}

export type ReadFile = (path: string) => string;

export interface Gathered {
  settings: Setting[];
  problems: Problem[];
  /** Path of the file that gave settings. */
  file?: string;
}

const FILE_VARIABLE = "SEALWATCH_CONFIG";
const FILE_NAME = "sealwatch.yaml";
const PREFIX = "SEALWATCH_";
const ALL_OPTIONS = "docs/configuration.md lists all options";

/**
 * Variables that Kubernetes sets in every container for a service named sealwatch, and Docker for
 * a link of that name. They look like ours and are not.
 */
const SERVICE_LINK = new RegExp(
  "_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?" +
    "|PORT|PORT_[0-9]+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$",
);

/** Settings given as flags, by the key of the option. */
export function fromFlags(values: Readonly<Record<string, string>>, cwd: string): Gathered {
  const settings: Setting[] = [];
  for (const [key, given] of Object.entries(values)) {
    if (isOptionKey(key)) settings.push({ key, given, place: flagOf(key) ?? key, folder: cwd });
  }
  return { settings, problems: [] };
}

/** Settings given as variables. An empty one counts as not set, an unknown one is a mistake. */
export function fromVariables(env: NodeJS.ProcessEnv, cwd: string, readFile: ReadFile): Gathered {
  const found: Gathered = { settings: [], problems: [] };
  const byVariable = new Map(OPTION_KEYS.map((key) => [variableOf(key), key]));
  for (const [name, given] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || name === FILE_VARIABLE) continue;
    const key = byVariable.get(name);
    if (key !== undefined) {
      if (given) found.settings.push({ key, given, place: name, folder: cwd });
      continue;
    }
    const secret = byVariable.get(name.replace(/_FILE$/, ""));
    if (secret !== undefined && optionOf(secret).secret) {
      if (given) readSecret(found, { key: secret, place: name, folder: cwd, given }, readFile, env);
    } else if (!SERVICE_LINK.test(name)) {
      const near = nearest(name, [FILE_VARIABLE, ...byVariable.keys()]);
      const hint = near === null ? ALL_OPTIONS : `did you mean ${near}?`;
      found.problems.push({ place: name, message: "no such variable", hint });
    }
  }
  return found;
}

/** `<VARIABLE>_FILE` names a file that holds a secret, as containers hand them out. */
function readSecret(
  found: Gathered,
  setting: Setting & { given: string },
  readFile: ReadFile,
  env: NodeJS.ProcessEnv,
): void {
  const { place } = setting;
  const variable = variableOf(setting.key);
  if (env[variable]) {
    const message = `${variable} is set as well`;
    found.problems.push({ place, message, hint: "unset one of the two" });
    return;
  }
  const text = readOrExplain(resolve(setting.folder, setting.given), readFile);
  if (typeof text === "string") found.settings.push({ ...setting, given: text.trim() });
  else found.problems.push({ place, message: text.why, hint: "mend the path or its rights" });
}

/**
 * Settings of the YAML file: --config, SEALWATCH_CONFIG, or ./sealwatch.yaml when there is one.
 * @param before path of the file that gave settings before: one that is gone or was cut short since
 *   must not open a server that it closed
 */
export function fromFile(
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
  cwd: string,
  readFile: ReadFile,
  before: string | null = null,
): Gathered {
  const named = flag ?? (env[FILE_VARIABLE] || undefined);
  const place = flag === undefined ? FILE_VARIABLE : "--config";
  const path = resolve(cwd, named ?? FILE_NAME);
  const text = readOrExplain(path, readFile);
  if (typeof text !== "string") {
    if (named === undefined && text.code === "ENOENT" && before !== path) return NOTHING;
    const problem = { message: text.why, hint: "mend the path or its rights" };
    return { settings: [], problems: [{ place: named === undefined ? path : place, ...problem }] };
  }
  const found = fromYaml(text, named ?? FILE_NAME, dirname(path));
  if (found.settings.length > 0) return { ...found, file: path };
  const nothing = emptiness({ named: named !== undefined, text, before: before === path });
  if (found.problems.length > 0 || nothing === null) return found;
  return { settings: [], problems: [{ place: named ?? path, ...nothing }] };
}

const NOTHING: Gathered = { settings: [], problems: [] };

/** What is wrong with a file without settings: one of comments alone may be meant so, and no other. */
function emptiness(file: { named: boolean; text: string; before: boolean }) {
  if (file.before) {
    const message = "there is no setting in it any more";
    return { message, hint: "restore the file; to run by defaults, restart" };
  }
  if (!file.named || file.text.trim() !== "") return null;
  const message = "the file is empty";
  return { message, hint: "restore the file, or name none; sealwatch config example prints one" };
}

function fromYaml(text: string, shown: string, folder: string): Gathered {
  const { settings, faults } = readYaml(text);
  const found: Gathered = { settings: [], problems: [] };
  for (const { line, column, message, hint } of faults) {
    found.problems.push({ place: `${shown}:${line}:${column}`, message, hint });
  }
  const seen = new Map<string, string>();
  for (const { key, value, line, column } of settings) {
    const place = `${shown}:${line}:${column}`;
    const earlier = seen.get(key);
    seen.set(key, place);
    if (!isOptionKey(key)) unknownKey(found, key, value, place);
    else if (earlier !== undefined) {
      const message = `${key} stands at ${earlier} already`;
      found.problems.push({ place, message, hint: "remove one of the two" });
    } else if (value !== null) found.settings.push({ key, given: value, place, folder });
  }
  return found;
}

/** A group without members, as in a file whose options are all comments, is nothing to speak of. */
function unknownKey(found: Gathered, key: string, value: unknown, place: string): void {
  const group = OPTION_KEYS.some((known) => known.startsWith(`${key}.`));
  if (group && value === null) return;
  const near = nearest(key, OPTION_KEYS) ?? OPTION_KEYS.find((known) => known.endsWith(`.${key}`));
  found.problems.push({
    place,
    message: group ? `${key} is a group of options` : `no option ${key}`,
    hint: group
      ? `write its options below it, indented`
      : near === undefined
        ? ALL_OPTIONS
        : `did you mean ${near}?`,
  });
}

const READ_ERRORS = new Map([
  ["ENOENT", "there is no such file (ENOENT)"],
  ["EACCES", "this user may not (EACCES)"],
  ["EISDIR", "it is a folder (EISDIR)"],
]);

/** The text of a file of bounded size, or why there is none. */
export function readOrExplain(
  path: string,
  readFile: ReadFile,
  bytesMax: number = BOUNDS.configFileBytesMax,
): string | { why: string; code: string } {
  try {
    const text = readFile(path);
    if (Buffer.byteLength(text) <= bytesMax) return text;
    return { why: `${path} is larger than ${bytesMax} bytes`, code: "EFBIG" };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    return { why: `cannot read ${path}: ${READ_ERRORS.get(code) ?? code}`, code };
  }
}
