// The rules of this house (CONTRIBUTING.md, ARCHITECTURE.md) as a test. What a linter can say is in
// biome.json; this is the rest.

import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../services/assets.ts";
import { QUARANTINE_REASONS, REFUSAL_REASONS } from "../../services/core/outcome.ts";
import { DEVIATIONS } from "../../services/core/tlsrpt/deviations.ts";

/**
 * Who may import whom, besides itself. A folder, a single file, or `type <folder>` when only types may
 * be taken. The same table stands in ARCHITECTURE.md.
 */
const LAYERS: Record<string, readonly string[]> = {
  core: [],
  "assets.ts": [],
  validate: ["core", "assets.ts"],
  config: ["core", "validate", "assets.ts"],
  observe: ["core", "validate", "assets.ts"],
  decode: ["core"],
  authenticate: ["core", "observe"],
  access: ["core", "observe", "validate", "type config"],
  spool: ["core", "observe"],
  ingest: [
    "core",
    "authenticate",
    "decode",
    "validate",
    "observe",
    "assets.ts",
    "spool/port.ts",
    "store/port.ts",
  ],
  receive: ["core", "observe", "spool", "type config"],
  store: ["core", "observe", "assets.ts"],
  query: ["core", "store/port.ts", "validate"],
  enrich: ["core", "observe", "type query"],
  charts: ["core", "type query"],
  islands: ["charts"],
  api: [
    "access",
    "charts",
    "core",
    "query",
    "observe",
    "validate",
    "assets.ts",
    "store/port.ts",
    "spool/port.ts",
  ],
  grafana: ["core", "query", "assets.ts"],
  cli: ["*"],
  "main.ts": ["*"],
};

const FILES_MIN = 30;
const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
/** The formatter keeps code at 100 columns and leaves comments, which may stand out a little. */
const COMMENT_COLUMNS_MAX = 110;
const BANNED_NAMES = /\b(?:utils?|helpers?|managers?|common|misc|info|data)\b/;

interface Source {
  /** Path from the package's root, with forward slashes. */
  path: string;
  text: string;
  lines: string[];
}

const root = packageRoot();
const services = sources("services", /\.ts$/);
const tests = sources("test", /\.ts$/);
const code = [...services, ...tests];

it("has something to look at", () => {
  expect(services.length).toBeGreaterThan(FILES_MIN);
  expect(tests.length).toBeGreaterThan(0);
});

describe("layers", () => {
  it("every folder of services has a line in the table", () => {
    const known = services.map((one) => layerOf(one.path));
    expect(known.filter((layer) => !Object.hasOwn(LAYERS, layer))).toEqual([]);
  });

  it("nobody imports what the table does not allow", () => {
    const wrong = services.flatMap((file) =>
      importsOf(file)
        .filter((one) => one.from.startsWith("."))
        .filter((one) => !mayImport(file.path, one))
        .map((one) => `${file.path} imports ${target(file.path, one.from)}`),
    );
    expect(wrong).toEqual([]);
  });

  it("each third-party package has one home", () => {
    const homes = thirdParty();
    const shared = [...homes].filter(([name, files]) => name !== "hono" && files.size > 1);
    expect(shared.map(([name, files]) => `${name}: ${[...files].join(", ")}`)).toEqual([]);
  });

  it("each third-party package is declared, and each declared one is used", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect([...thirdParty().keys()].sort()).toEqual(Object.keys(manifest.dependencies).sort());
  });

  it("what callers see is read by query/run.ts alone, with query/once.ts (invariant 7)", () => {
    // The writer reads identities and claims, which no caller sees; the rest wraps or is the store.
    const readers = /^services\/(?:query\/(?:run|once)\.ts|ingest\/|store\/|cli\/draining\.ts)/;
    const wrong = services
      .filter((file) => !readers.test(file.path))
      .flatMap((file) => linesWith(file, /\.select\s*[<(]|\bselect\s*[,}].*=.*\bstore\b/));
    expect(wrong).toEqual([]);
  });

  it("core is pure", () => {
    const impure =
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|"node:|\bperformance\.|\bcrypto\./;
    const wrong = services
      .filter((file) => file.path.startsWith("services/core/"))
      .flatMap((file) => linesWith(file, impure));
    expect(wrong).toEqual([]);
  });
});

describe("sizes and names", () => {
  it(`files have ${FILE_LINES_MAX} lines at most`, () => {
    // All bounds stand in one file, which is a table.
    const measured = code.filter((file) => file.path !== "services/core/bounds.ts");
    const wrong = measured.filter((file) => file.lines.length > FILE_LINES_MAX + 1);
    expect(wrong.map((file) => `${file.path}: ${file.lines.length}`)).toEqual([]);
  });

  it(`functions have ${FUNCTION_LINES_MAX} lines at most`, () => {
    expect(services.flatMap(longFunctions)).toEqual([]);
  });

  it(`comments have ${COMMENT_COLUMNS_MAX} columns at most`, () => {
    const wrong = services.flatMap((file) =>
      file.lines.flatMap((line, index) =>
        /^\s*(?:\/\/|\/?\*)/.test(line) && [...line].length > COMMENT_COLUMNS_MAX
          ? [`${file.path}:${index + 1}`]
          : [],
      ),
    );
    expect(wrong).toEqual([]);
  });

  it("no file has a name that says nothing", () => {
    const wrong = code.filter((file) => BANNED_NAMES.test(basename(file.path, ".ts")));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it("each file begins by saying what it is", () => {
    const wrong = code.filter((file) => {
      const first = file.lines[0]?.startsWith("#!") ? file.lines[1] : file.lines[0];
      return !/^(?:\/\/ |\/\*\*?)/.test(first ?? "");
    });
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it("nothing is exported as default", () => {
    expect(services.flatMap((file) => linesWith(file, /^export default\b/))).toEqual([]);
  });

  it("there is one cast in a file at most", () => {
    const cast =
      /^(?!\s*(?:\/\/|\*|\/\*|import\b|export \{))(?!.*["`].*\bas\b)(?!.*\bin \w+ as\b).*\bas (?!const\b)\w/;
    const wrong = services.filter((file) => linesWith(file, cast).length > 1);
    expect(wrong.flatMap((file) => linesWith(file, cast))).toEqual([]);
  });

  it("nothing is left for later", () => {
    const later = new RegExp(`\\b(?:${["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|")})\\b`);
    expect(code.flatMap((file) => linesWith(file, later))).toEqual([]);
  });

  it("no test is skipped or alone", () => {
    const skipped = /\b(?:it|test|describe)\.(?:skip|only|todo|fails)\b/;
    const others = tests.filter((file) => basename(file.path) !== "house.test.ts");
    expect(others.flatMap((file) => linesWith(file, skipped))).toEqual([]);
  });
});

describe("documents", () => {
  const headings = (path: string) =>
    [...readFileSync(join(root, path), "utf8").matchAll(/^## (.+)$/gm)].map((match) => match[1]);

  it("reasons have a heading each", () => {
    const codes = [...Object.keys(QUARANTINE_REASONS), ...Object.keys(REFUSAL_REASONS)];
    expect(headings("docs/reasons.md").sort()).toEqual(codes.sort());
  });

  it("reasons are explained as the program explains them", () => {
    const page = readFileSync(join(root, "docs/reasons.md"), "utf8");
    const all = [...Object.values(QUARANTINE_REASONS), ...Object.values(REFUSAL_REASONS)];
    const missing = all.filter((one) => !page.includes(`\n${one.title}.\n\n${one.advice}\n`));
    expect(missing).toEqual([]);
  });

  it("deviations have a heading each", () => {
    expect(headings("docs/deviations.md").sort()).toEqual(Object.keys(DEVIATIONS).sort());
  });

  it("ARCHITECTURE.md has the layer table", () => {
    const page = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
    const rows = Object.entries(LAYERS).map(([layer, may]) => {
      const list = may.map((one) => (one === "*" ? "all" : one)).join(", ");
      return `| ${layer} | ${list === "" ? "nothing" : list} |`;
    });
    expect(rows.filter((row) => !page.includes(row))).toEqual([]);
  });

  it("no file names a place on somebody's machine", () => {
    const place = new RegExp(
      ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/[a-z]", "/Us" + "ers/"].join("|"),
    );
    const folders = [
      "services",
      "test",
      "docs",
      "schemas",
      "dashboards",
      "infra",
      ".ci",
      ".github",
    ];
    const texts = folders.flatMap((folder) =>
      sources(folder, /\.(?:ts|js|mjs|json|sql|md|ya?ml|html|css|service|sh)$|\/[a-zA-Z]+$/),
    );
    const top = sources(".", /^(?!package-lock)[^/]+\.(?:md|json|ts|ya?ml)$/, false);
    expect([...texts, ...top].flatMap((file) => linesWith(file, place))).toEqual([]);
  });
});

interface Import {
  from: string;
  typeOnly: boolean;
}

function sources(folder: string, name: RegExp, recursive = true): Source[] {
  return readdirSync(join(root, folder), { recursive, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => name.test(path) && !path.includes("node_modules/"))
    .map((path) => {
      const text = readFileSync(join(root, path), "utf8");
      return { path, text, lines: text.split("\n") };
    });
}

function linesWith(file: Source, pattern: RegExp): string[] {
  return file.lines.flatMap((line, index) =>
    pattern.test(line) ? [`${file.path}:${index + 1}: ${line.trim()}`] : [],
  );
}

/** "core", "api", ..., or the name of a file that stands alone. */
function layerOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function importsOf(file: Source): Import[] {
  const statement =
    /^(?:import|export)\b(?<clause>[^"';]*?)\bfrom\s*"(?<from>[^"]+)"|^import\s*"(?<bare>[^"]+)"|\b(?:import|require|resolve)\(\s*"(?<call>[^"]+)"/gm;
  return [...file.text.matchAll(statement)].map((match) => {
    const { clause = "", from, bare, call } = match.groups ?? {};
    return { from: from ?? bare ?? call ?? "", typeOnly: /^\s*type\b/.test(clause) };
  });
}

/** The imported file, from the folder of services. */
function target(path: string, from: string): string {
  return join(dirname(path), from)
    .replaceAll("\\", "/")
    .replace(/^services\//, "");
}

function mayImport(path: string, one: Import): boolean {
  const layer = layerOf(path);
  const to = target(path, one.from);
  const allowed = LAYERS[layer] ?? [];
  const within = (place: string) => to === place || to.startsWith(`${place}/`);
  if (within(layer) || allowed.includes("*")) return true;
  return allowed.some((place) =>
    place.startsWith("type ") ? one.typeOnly && within(place.slice(5)) : within(place),
  );
}

/** Package name to the files that import it. */
function thirdParty(): Map<string, Set<string>> {
  const homes = new Map<string, Set<string>>();
  for (const file of services) {
    for (const { from } of importsOf(file)) {
      if (/^(?:\.|node:|data:)/.test(from)) continue;
      const name = from.split("/", from.startsWith("@") ? 2 : 1).join("/");
      homes.set(name, (homes.get(name) ?? new Set()).add(file.path));
    }
  }
  return homes;
}

/**
 * Functions by indentation, which the formatter guarantees: from a line that opens one to the line that
 * closes it. A closure that stands for a class counts without the functions in it.
 */
function longFunctions(file: Source): string[] {
  const opens = /^(\s*)(?:.*=>|(?:export |async |static |get |set )*(?:function\b|[#\w]+\().*) \{$/;
  const functions = file.lines.flatMap((line, start) => {
    const indent = opens.exec(line)?.[1];
    if (indent === undefined || /^\s*(?:if|for|while|switch)\b/.test(line)) return [];
    const lines = file.lines.slice(start).findIndex((one) => one.startsWith(`${indent}}`)) + 1;
    return [{ start, end: start + lines, depth: indent.length, lines }];
  });
  return functions.flatMap((one) => {
    const within = functions.filter((other) => other.start > one.start && other.end < one.end);
    const depth = Math.min(...within.map((other) => other.depth));
    const nested = within.filter((other) => other.depth === depth);
    const own = one.lines - nested.reduce((sum, other) => sum + other.lines, 0);
    return own > FUNCTION_LINES_MAX ? [`${file.path}:${one.start + 1}: ${own} lines`] : [];
  });
}
