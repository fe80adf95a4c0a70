// The files that are made from the table of options are what the table says now. After a change of
// the table, `npx vitest run --project unit test/unit/config -u` writes them anew.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { packageRoot } from "../../../services/assets.ts";
import { configSchema } from "../../../services/config/config-schema.ts";
import { OPTION_KEYS, optionOf } from "../../../services/config/options.ts";
import { configurationPage, exampleFile } from "../../../services/config/reference.ts";
import { compileSchema } from "../../../services/validate/validate.ts";
import { CWD, loaded, problems } from "./loading.ts";

const YAML = `${CWD}/sealwatch.yaml`;
const uncommented = () => exampleFile().replaceAll(/^( *)#(?=[a-z_]+: )/gm, "$1");

test("docs/configuration.md", async () => {
  await expect(configurationPage()).toMatchFileSnapshot(
    join(packageRoot(), "docs/configuration.md"),
  );
});

test("infra/sealwatch.example.yaml", async () => {
  await expect(exampleFile()).toMatchFileSnapshot(
    join(packageRoot(), "infra/sealwatch.example.yaml"),
  );
});

test("the page has a heading for every option, and its variable", () => {
  const page = readFileSync(join(packageRoot(), "docs/configuration.md"), "utf8");
  const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(OPTION_KEYS);
  expect(page).not.toMatch(/undefined|\[object/);
});

test("the example as it stands changes nothing", () => {
  expect(loaded({ files: { [YAML]: exampleFile() } }).config).toEqual(loaded({}).config);
});

test("every line of the example can be used", () => {
  const text = uncommented();
  for (const key of OPTION_KEYS) {
    const found = problems({ files: { [YAML]: text } }).filter((line) => line.includes(`${key}:`));
    // The files of TLS are not there; all else is right.
    expect(found.filter((line) => !line.includes("cannot read"))).toEqual([]);
  }
  expect(new Set(text.match(/^ *[a-z_]+: .+$/gm)?.map((line) => line.trim())).size).toBe(
    OPTION_KEYS.length,
  );
});

test("the JSON Schema takes what the program takes, and not an unknown key", () => {
  const check = compileSchema(configSchema());
  expect(check(parse(exampleFile())).ok).toBe(true);
  expect(check(parse(uncommented()))).toEqual({ ok: true });
  expect(check({ smtp: { listen: ":25", lisen: 1 } }).ok).toBe(false);
  expect(check({ nothing: 1 }).ok).toBe(false);
  expect(check({ decode: { workers: 0 } }).ok).toBe(false);
});

test("every option has words", () => {
  for (const key of OPTION_KEYS) {
    expect(optionOf(key).doc, key).toMatch(/^[A-Z].*\.$/);
    expect(optionOf(key).doc.length).toBeLessThan(180);
  }
});
