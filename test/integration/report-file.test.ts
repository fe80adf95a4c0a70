// `sealwatch report` as a program: no server, no store, no data folder; standard input, pipes, exit codes.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packageRoot } from "../../services/assets.ts";
import { runProgram, temporaryFolder } from "../support/program.ts";

const { folder: dataDir, remove } = temporaryFolder();
afterAll(remove);

const FIXTURES = join(packageRoot(), "test/fixtures/reports");
const GOOGLE = join(FIXTURES, "google.json");

function report(args: readonly string[], input?: Uint8Array) {
  return runProgram(["report", ...args], { dataDir, ...(input && { input }) });
}

test("a file is explained, and nothing is left behind", async () => {
  const { code, stdout, stderr } = await report([GOOGLE]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.split("\n")[0]).toMatch(/^3 of 1,224 sessions failed: /);
  expect(stdout).not.toContain("\u001b");
  expect(readdirSync(dataDir)).toEqual([]);
});

test("standard input is read, and JSON is one line for each report", async () => {
  const { code, stdout } = await report(["--json", "-"], readFileSync(GOOGLE));
  expect(code).toBe(0);
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({
    file: "standard input",
    usable: true,
    successful_sessions: 1221,
    failed_sessions: 3,
    problems: [{ result_type: "validation-failure" }, { result_type: "certificate-expired" }],
  });
});

test("what is no report ends with 1, a wrong command line with 2", async () => {
  const broken = await report(["-"], Buffer.from('{"policies": 7'));
  expect([broken.code, broken.stderr]).toEqual([1, ""]);
  expect(broken.stdout).toContain("docs/reasons.md#not-json");
  expect((await report([])).code).toBe(2);
  expect((await report(["--color", "red", GOOGLE])).code).toBe(2);
});

test("colours can be asked for where nobody looks", async () => {
  expect((await report(["--color", "always", GOOGLE])).stdout).toContain("\u001b[31m3 of");
});
