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
  const tooMuch = excess(text);
  if (tooMuch !== null) {
    const hint = "name a configuration file; docs/configuration.md shows one";
    return { settings: [], faults: [{ ...START, message: tooMuch, hint }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): FilePlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const found: YamlFile = { settings: [], faults: [] };
  for (const error of [...document.errors, ...document.warnings]) {
    found.faults.push({ ...placeAt(error.pos[0]), ...inWords(error.code, error.message) });
  }
  if (document.contents !== null) collect(document.contents, [], found, placeAt);
  return found;
}

/**
 * The parser recurses, and a stack that ends inside it can end the process. Brackets are counted
 * over the file, whether or not they nest; indentation and markers of nested blocks in each line.
 */
function excess(text: string): string | null {
  if (Buffer.byteLength(text) > BOUNDS.configFileBytesMax) {
    return `larger than ${BOUNDS.configFileBytesMax} bytes`;
  }
  let brackets = 0;
  for (const line of text.split("\n")) {
    if (/^\s*#/.test(line)) continue;
    brackets += line.match(/[[{]/g)?.length ?? 0;
    const markers = line.match(/^\s+|[-?:](?=\s)/g)?.join("").length ?? 0;
    if (Math.max(brackets, markers) > BOUNDS.configNestingMax) return "nested too deeply";
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
