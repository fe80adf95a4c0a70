// The file of domains: what it may say in YAML and in JSON, and every mistake with its place.

import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { keyDigest } from "../../../services/config/domain-entry.ts";
import { loadDirectory } from "../../../services/config/domains-file.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";
import type { Directory } from "../../../services/core/directory/directory.ts";
import { compileSchema, readSchema } from "../../../services/validate/validate.ts";

const PATH = "/etc/sealwatch/domains.yaml";

function load(text: string | null, more: { domains?: string[]; keyRequired?: boolean } = {}) {
  const { domains = [], keyRequired = false } = more;
  const config = { domains, domainsFile: text === null ? null : PATH, report: { keyRequired } };
  return loadDirectory(config, () => text ?? "");
}

function directory(...given: Parameters<typeof load>): Directory {
  const loaded = load(...given);
  if (loaded.ok) return loaded.directory;
  throw new Error(loaded.problems.map(({ message }) => message).join("; "));
}

/** One line each: line and column, message, hint. */
function problems(...given: Parameters<typeof load>): string[] {
  const loaded = load(...given);
  if (loaded.ok) return [];
  return loaded.problems.map(({ place, message, hint }) => {
    return `${place.replace(`${PATH}:`, "")} | ${message} | ${hint}`;
  });
}

const FILE = `
domains:
  - domain: example.com
  - domain: Bücher.example
    tenant: books
    aliases: [www.xn--bcher-kva.example]
    mx: ["*.MX.example.net", mx1.example.net.]
    addresses: [TLS@example.net]
    keys: [abcdefghijklmnop]
`;

describe("what is right", () => {
  test("names in one form, a tenant, keys as hashes only", () => {
    const { open, domains, mx, addresses, keys } = directory(FILE);
    expect(open).toBe(false);
    const books = { tenant: "books", domain: "xn--bcher-kva.example" };
    expect(Object.fromEntries(domains)).toEqual({
      "example.com": { tenant: "default", domain: "example.com" },
      "xn--bcher-kva.example": books,
      "www.xn--bcher-kva.example": books,
    });
    expect([...mx.keys()]).toEqual(["*.mx.example.net", "mx1.example.net"]);
    expect([...addresses.keys()]).toEqual(["tls@example.net"]);
    expect([...keys.keys()]).toEqual([keyDigest("abcdefghijklmnop")]);
  });

  test("JSON and YAML say the same", () => {
    expect(directory(JSON.stringify(parse(FILE)))).toEqual(directory(FILE));
    expect(directory(JSON.stringify(parse(FILE), null, 2))).toEqual(directory(FILE));
  });

  test("the option alone, both together, and neither, which is open", () => {
    const names = (of: Directory) => [...of.domains.keys()].sort();
    expect(names(directory(null, { domains: ["example.org"] }))).toEqual(["example.org"]);
    expect(names(directory(FILE, { domains: ["example.org"] }))).toContain("example.org");
    expect(names(directory(FILE, { domains: ["example.org"] }))).toHaveLength(4);
    expect(directory(null).open).toBe(true);
  });

  test("names that domains of one tenant share", () => {
    const shared = directory(`
domains:
  - { domain: a.example, tenant: t, mx: [mx.example], addresses: [t@m.example], keys: [kkkkkkkkkkkkkkkk] }
  - { domain: b.example, tenant: t, mx: [mx.example], addresses: [t@m.example], keys: [kkkkkkkkkkkkkkkk] }
  - { domain: c.example, tenant: other, mx: [mx.example] }
`);
    const owners = (of: Directory["mx"], name: string) =>
      [...(of.get(name) ?? [])].map(([tenant, { domains }]) => `${tenant} ${[...domains].join()}`);
    const both = "t a.example,b.example";
    expect(owners(shared.mx, "mx.example")).toEqual([both, "other c.example"]);
    expect(owners(shared.addresses, "t@m.example")).toEqual([both]);
    expect(owners(shared.keys, keyDigest("kkkkkkkkkkkkkkkk"))).toEqual([both]);
  });

  test("the JSON Schema for editors takes it", () => {
    const check = compileSchema(readSchema("config", "domains.schema.json"));
    expect(check(parse(FILE))).toEqual({ ok: true });
    expect(check({ domains: [{ domain: "example.com", mxs: [] }] }).ok).toBe(false);
    expect(check({ domains: [] }).ok).toBe(false);
  });

  test("50,000 domains with all their names as JSON", () => {
    const domains = Array.from({ length: 50_000 }, (_, i) => ({
      domain: `d${i}.example.com`,
      tenant: `t${i % 500}`,
      mx: [`mx1.d${i}.example.com`, "*.mx.example.net"],
      addresses: [`tlsrpt+${i}@example.com`],
      keys: [`k${String(i).padStart(20, "0")}`],
    }));
    const text = JSON.stringify({ domains });
    const startedAtMs = performance.now();
    expect(directory(text).domains.size).toBe(50_000);
    // Measured: 1.2 s. The bound is far above, for a machine that does other things.
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
  });
});

const ONE_OF_TWO = "remove one of the two: a domain has one owner";
const OWN_EACH = "give each tenant its own, or it does not tell whose a report is";
const FORM = "begin it with domains: and list below it lines such as - domain: example.com";

describe("mistakes", () => {
  test("all at once, in the order of the file, with line and column", () => {
    const text = `domains:
  - domain: example.com
    tenant: Red
  - domain: example.com.
    aliasses: [a.example]
  - domain: nodot
    mx: mx.example.com
  - tenant: red
  - domain: b.example
    addresses: [b.example]
    aliases: ["*.b.example", -b.example]
    mx: ["*.*.b.example"]
    keys: [short, "spaces in a key of words"]
`;
    expect(problems(text)).toEqual([
      "3:5 | Red is no name of a tenant | write 1 to 63 small letters, digits and . _ -, a letter or \
digit first",
      "5:5 | no such member: aliasses | did you mean aliases?",
      `4:5 | example.com stands at ${PATH}:2:5 already for tenant Red | ${ONE_OF_TWO}`,
      "7:5 | mx must be array | write a list: mx: [...]",
      "8:5 | the entry must have required property 'domain' | write lines such as domain: \
example.com, with text as values",
      '11:15 | "*.b.example" is no domain name | write a name such as example.com',
      '11:30 | "-b.example" is no domain name | write a name such as example.com',
      '12:10 | "*.*.b.example" is no name of an MX host | write mx1.example.com, or \
*.mx.example.com for any one label before it',
      '10:17 | "b.example" is no mail address | write an address such as tlsrpt@example.com; \
local+tag@ is the same without being listed',
      "13:12 | it is no key | write 16 to 128 letters, digits and . _ ~ -, best by chance: openssl \
rand -hex 16",
      "13:19 | it is no key | write 16 to 128 letters, digits and . _ ~ -, best by chance: openssl \
rand -hex 16",
    ]);
  });

  test("what two tenants cannot both have, without showing a key", () => {
    const text = `domains:
- {domain: a.example, tenant: a, addresses: [t@m.example], keys: [secret-secret-secret]}
- {domain: b.example, tenant: b, addresses: [T@m.example], keys: [secret-secret-secret], aliases: [a.example]}
`;
    const found = problems(text);
    expect(found).toEqual([
      `3:100 | a.example stands at ${PATH}:2:4 already for tenant a | ${ONE_OF_TWO}`,
      `3:46 | t@m.example is tenant a's at ${PATH}:2:46 | ${OWN_EACH}`,
      `3:67 | this key is tenant a's at ${PATH}:2:67 | ${OWN_EACH}`,
    ]);
    expect(found.join()).not.toContain("secret");
  });

  test("a domain of the option and of the file", () => {
    expect(problems(FILE, { domains: ["example.com"] })).toEqual([
      `3:5 | example.com stands at domains already | ${ONE_OF_TWO}`,
    ]);
  });

  test("no domain: a file that was cut short must not open everything", () => {
    const empty =
      "list a domain, or unset domains_file: without any, reports for every domain are taken";
    expect(problems("domains: []")).toEqual([`1:1 | no domain in the file | ${empty}`]);
    expect(problems("domains:")).toEqual([`1:1 | domains is not a list | ${FORM}`]);
    expect(problems("")).toEqual([`1:1 | not a mapping with domains | ${FORM}`]);
    expect(problems("[]")).toEqual([`1:1 | not a mapping with domains | ${FORM}`]);
    expect(problems("domain: []")).toEqual([
      "1:1 | no such member: domain | did you mean domains?",
    ]);
    expect(problems("domains: [x]")[0]).toMatch(/^1:11 \| the entry must be object/);
  });

  test("text that is neither YAML nor JSON, without its words", () => {
    expect(problems('{"domains": [{"keys": ["secret]}')[0]).toMatch(/^1:\d+ \| not YAML: /);
    expect(problems("domains:\n  - domain: [secret\n").join()).not.toContain("secret");
    expect(problems("domains: &a []\nx: *a")).toEqual([
      "2:4 | an alias | write the value itself here",
    ]);
    expect(problems("? [a]\n: 1\n")[0]).toMatch(/^1:3 \| a key that is not a name/);
    expect(problems(`domains: ${"[".repeat(100_000)}`)[0]).toMatch(/nested too deeply/);
  });

  test("the same key twice, which JSON parsers let pass", () => {
    const text = '{"domains": [{"domain": "a.example", "domain": "b.example"}]}';
    expect(problems(text)).toEqual(["1:38 | the same key twice | remove one of them"]);
    const padded = text.padEnd(BOUNDS.domainsYamlBytesMax + 1);
    expect(problems(padded)).toEqual([
      `${PATH} /domains/0/domain | the same key twice | remove one of them`,
    ]);
  });

  test("a JSON file too long for lines and columns has pointers", () => {
    const text = '{"domains": [{"domain": "a.example", "keys": ["short"]}]}';
    expect(problems(text)[0]).toMatch(/^1:47 \| it is no key/);
    const padded = text.padEnd(BOUNDS.domainsYamlBytesMax + 1);
    expect(problems(padded)[0]).toMatch(new RegExp(`^${PATH} /domains/0/keys/0 \\| it is no key`));
    expect(problems(`{${padded}`)[0]).toMatch(/not JSON \| try it with a program for JSON/);
  });

  test("too much of it", () => {
    const long = `domains: []\n${"#".repeat(BOUNDS.domainsYamlBytesMax)}`;
    expect(problems(long)[0]).toMatch(/larger than 1MiB, .* \| write it as JSON/);
    const names = Array.from({ length: BOUNDS.domainNamesMax + 1 }, (_, i) => `a${i}.example`);
    const entry = { domain: "example.com", aliases: names };
    expect(problems(JSON.stringify({ domains: [entry] }))[0]).toMatch(/more than 1000 aliases/);
    const wrong = { domains: Array.from({ length: 500 }, () => ({ domain: "nodot" })) };
    const found = problems(JSON.stringify(wrong));
    expect(found).toHaveLength(BOUNDS.domainProblemsMax + 1);
    expect(found.at(-1)).toMatch(/400 more mistakes/);
  });

  test("a file that is not there", () => {
    const config = { domains: [], domainsFile: PATH, report: { keyRequired: false } };
    const missing = loadDirectory(config, () => {
      throw Object.assign(new Error("none"), { code: "ENOENT" });
    });
    expect(missing).toMatchObject({
      ok: false,
      problems: [{ place: "domains_file", message: expect.stringContaining("ENOENT") }],
    });
  });

  test("a key is required and nobody has one", () => {
    expect(problems("domains: [{domain: example.com}]", { keyRequired: true })[0]).toMatch(
      /no domain has a key/,
    );
    expect(problems(null, { keyRequired: true })[0]).toMatch(/no domain has a key/);
    expect(problems(FILE, { keyRequired: true })).toEqual([]);
  });
});
