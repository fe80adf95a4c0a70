// A configuration file that is gone or was cut short: a mistake where it was named or had settings, so
// that nothing that it closed is opened without a word.

import { expect, test } from "vitest";
import { loadConfig } from "../../../services/config/config.ts";
import { CWD, load, loaded, problems } from "./loading.ts";

const YAML = `${CWD}/sealwatch.yaml`;
const TEXT = "domains: [example.com]\n";

function again(text: string | undefined, fileBefore: string | null) {
  return loadConfig({
    argvValues: {},
    env: {},
    cwd: CWD,
    fileBefore,
    readFile: () => {
      if (text === undefined) throw Object.assign(new Error("none"), { code: "ENOENT" });
      return text;
    },
    machine: { hostname: "machine.example", cpus: 1, terminal: false },
  });
}

test("the file that gave settings is told, and none where none did", () => {
  expect(loaded({ files: { [YAML]: TEXT } }).file).toBe(YAML);
  expect(loaded({ files: { [YAML]: "# domains: []\n" } }).file).toBeNull();
  expect(loaded({}).file).toBeNull();
});

test.each([undefined, "", "\n", "# domains: [example.com]\n", "smtp:\n"])(
  "one that had settings and is %j now is a mistake",
  (text) => {
    expect(again(text, YAML)).toMatchObject({
      ok: false,
      problems: [{ hint: expect.any(String) }],
    });
    expect(again(text, null)).toMatchObject({ ok: true });
  },
);

test("it may be changed", () => {
  expect(again("domains: [example.net]\n", YAML)).toMatchObject({ ok: true, file: YAML });
});

test.each([{ flags: { config: "/etc/s.yaml" } }, { env: { SEALWATCH_CONFIG: "/etc/s.yaml" } }])(
  "an empty file that is named is a mistake at the start: %j",
  (named) => {
    for (const empty of ["", " \n\n"]) {
      const files = { "/etc/s.yaml": empty };
      expect(problems({ ...named, files })).toEqual([
        expect.stringMatching(/^\/etc\/s\.yaml \| the file is empty \|/),
      ]);
    }
    expect(load({ ...named, files: { "/etc/s.yaml": "# all by default\n" } }).ok).toBe(true);
  },
);
