// Reads a configuration file into settings with their places. It knows YAML and nothing of options:
// keys of nested mappings are joined with dots. Messages never show values, which may be secrets.

import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { BOUNDS } from "../core/bounds.ts";

/** A place in the file; both count from 1. */
export interface FilePlace {
  line: number;
  column: number;
}

export interface FileSetting extends FilePlace {
  /** Keys from the outside in, joined with dots: `smtp.listen`. */
  key: string;
  /** A scalar, or an array of scalars. Null means that the key has no value. */
  value: unknown;
}

export interface FileFault extends FilePlace {
  message: string;
  hint: string;
}

export interface YamlFile {
  settings: FileSetting[];
  faults: FileFault[];
}

const SYNTAX_HINT = "mend the YAML here; a value with : # [ or * in it is put into quotes";
const START: FilePlace = { line: 1, column: 1 };

/** Parses one YAML 1.2 document. Settings are those that can be read, also when others cannot. */
export function readYaml(text: string): YamlFile {
  const tooMuch = excess(text, "whole");
  if (tooMuch !== null) {
    const hint = "name a configuration file; docs/configuration.md shows one";
    return { settings: [], faults: [{ ...START, message: tooMuch, hint }] };
  }
  const { document, placeAt, faults } = parse(text);
  const found: YamlFile = { settings: [], faults };
  if (document.contents !== null) collect(document.contents, [], found, placeAt);
  return found;
}

/** A whole document as plain values, with the places of what is in it. */
export interface YamlTree {
  value: unknown;
  /** Where the thing at the end of these names and indices stands. */
  placeOf(path: readonly (string | number)[]): FilePlace;
  faults: FileFault[];
}

/** Parses one YAML 1.2 document, or JSON, which is YAML. Its length is for the caller to bound. */
export function readYamlTree(text: string): YamlTree {
  const tooMuch = excess(text, "open");
  if (tooMuch !== null) {
    const fault = { ...START, message: tooMuch, hint: "write it with fewer levels" };
    return { value: null, placeOf: () => START, faults: [fault] };
  }
  const { document, placeAt, faults } = parse(text);
  const fault = (node: unknown, message: string, hint: string) =>
    faults.push({ ...placeAt(offsetOf(node)), message, hint });
  const value = treeOf(document.contents, fault);
  const placeOf: YamlTree["placeOf"] = (path) => placeAt(offsetAt(document.contents, path));
  return { value, placeOf, faults };
}

function treeOf(
  node: unknown,
  fault: (node: unknown, message: string, hint: string) => void,
): unknown {
  if (node === null || node === undefined) return null;
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => treeOf(item, fault));
  if (!isMap(node)) {
    fault(node, "an alias", "write the value itself here");
    return null;
  }
  const pairs: [string, unknown][] = [];
  for (const { key, value } of node.items) {
    if (isScalar(key) && typeof key.value === "string") {
      pairs.push([key.value, treeOf(value, fault)]);
    } else fault(key, "a key that is not a name", "put it into quotes, or remove it");
  }
  return Object.fromEntries(pairs);
}

function offsetAt(root: unknown, path: readonly (string | number)[]): number {
  let node = root;
  let offset = offsetOf(root);
  for (const name of path) {
    if (isSeq(node)) {
      node = node.items[Number(name)];
      offset = offsetOf(node);
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === name);
      if (pair === undefined) break;
      offset = offsetOf(pair.key);
      node = pair.value;
    }
  }
  return offset;
}

/** The document, the place of each offset in it, and what the parser says of it. */
function parse(text: string) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): FilePlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults: FileFault[] = [];
  for (const error of [...document.errors, ...document.warnings]) {
    faults.push({ ...placeAt(error.pos[0]), ...inWords(error.code, error.message) });
  }
  return { document, placeAt, faults };
}

/**
 * The parser recurses, and a stack that ends inside it can end the process. Brackets are counted over
 * the whole file, whether or not they nest, or, where a file may have many, as they open and close;
 * indentation and markers of nested blocks in each line.
 */
function excess(text: string, brackets: "whole" | "open"): string | null {
  if (brackets === "whole" && Buffer.byteLength(text) > BOUNDS.configFileBytesMax) {
    return `larger than ${BOUNDS.configFileBytesMax} bytes`;
  }
  let depth = 0;
  for (const line of text.split("\n")) {
    if (/^\s*#/.test(line)) continue;
    for (const [bracket] of line.matchAll(/[[\]{}]/g)) {
      if (bracket === "[" || bracket === "{") depth += 1;
      else if (brackets === "open") depth = Math.max(0, depth - 1);
      if (depth > BOUNDS.configNestingMax) return "nested too deeply";
    }
    const markers = line.match(/^\s+|[-?:](?=\s)/g)?.join("").length ?? 0;
    // A line of JSON has many colons, and nests by its brackets alone.
    if (!/^\s*[[{]/.test(line) && markers > BOUNDS.configNestingMax) return "nested too deeply";
  }
  return null;
}

/** The parser quotes the source after a colon in some messages; that part is cut. */
function inWords(code: string, message: string): { message: string; hint: string } {
  if (code === "DUPLICATE_KEY") {
    return { message: "the same key twice", hint: "remove one of them" };
  }
  if (code === "MULTIPLE_DOCS") {
    return { message: "a second YAML document", hint: "remove the line --- and what follows" };
  }
  return { message: `not YAML: ${message.replace(/[:`"].*$/s, "").trim()}`, hint: SYNTAX_HINT };
}

function collect(
  node: unknown,
  path: readonly string[],
  found: YamlFile,
  placeAt: (offset: number) => FilePlace,
): void {
  const fault = (at: unknown, message: string, hint: string) =>
    found.faults.push({ ...placeAt(offsetOf(at)), message, hint });
  if (!isMap(node)) {
    if (path.length === 0 && !(isScalar(node) && node.value === null)) {
      fault(node, "not a mapping of options", "write lines such as data_dir: /var/lib/sealwatch");
    }
    return;
  }
  for (const { key, value } of node.items) {
    if (!isScalar(key) || typeof key.value !== "string") {
      fault(key, "a key that is not a name", "keys are the names of options");
      continue;
    }
    const name = [...path, key.value];
    if (isMap(value)) {
      collect(value, name, found, placeAt);
      continue;
    }
    const plain = plainValue(value);
    const place = placeAt(offsetOf(key));
    if (plain !== undefined) found.settings.push({ key: name.join("."), value: plain, ...place });
    else fault(value, "an alias or a nested value", "write the value itself here");
  }
}

/** A scalar or a sequence of scalars; undefined for all else, so that no alias is ever followed. */
function plainValue(node: unknown): unknown {
  if (node === null || node === undefined) return null;
  if (isScalar(node)) return node.value;
  if (isSeq(node) && node.items.every((item) => isScalar(item))) {
    return node.items.map((item) => (isScalar(item) ? item.value : null));
  }
  return undefined;
}

function offsetOf(node: unknown): number {
  if (typeof node !== "object" || node === null || !("range" in node)) return 0;
  return Array.isArray(node.range) ? Number(node.range[0]) : 0;
}
