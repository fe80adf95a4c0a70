// The operator's file of networks: what it says of an address, how it is read again, and what becomes of one
// that cannot be used. The files are written here.

import { execFileSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EXIT, explainFailure } from "../../../services/cli/exit-codes.ts";
import { type AsnDatabase, openAsnDatabase } from "../../../services/enrich/asn-database.ts";
import type { EventName } from "../../../services/observe/events.ts";
import { writeMmdb } from "../../support/mmdb.ts";

const FILE = writeMmdb({
  "192.0.2.0/24": {
    autonomous_system_number: 64496,
    autonomous_system_organization: "Example Networks",
  },
  "2001:db8::/32": { autonomous_system_number: 65551 },
  "198.51.100.0/25": { asn: "AS64500", name: "Other Names" },
  "203.0.113.0/24": { country: { iso_code: "ZZ" } },
  "203.0.112.0/24": { autonomous_system_number: "what?" },
  "100.64.0.0/10": { asn: "as64501", as_name: "x".repeat(5_000) },
});

let folder = "";
let path = "";
let opened: AsnDatabase | null = null;
let told: [EventName, string][] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sealwatch-asn-"));
  path = join(folder, "asn.mmdb");
  told = [];
});
afterEach(() => {
  opened?.stop();
  opened = null;
  rmSync(folder, { recursive: true, force: true });
});

async function open(at: string | null = path): Promise<AsnDatabase> {
  const emit = (event: EventName, fields: Record<string, unknown> = {}) => {
    told.push([event, String(fields["why"] ?? "")]);
  };
  opened = await openAsnDatabase({ path: at, emit, pollMs: 3_600_000 });
  return opened;
}

test("says whose network an address is in, in the words of several publishers", async () => {
  writeFileSync(path, FILE);
  const { find } = await open();
  expect(find("192.0.2.200")).toEqual({ asn: 64496, organization: "Example Networks" });
  expect(find("2001:db8:1::5")).toEqual({ asn: 65551, organization: null });
  expect(find("198.51.100.127")).toEqual({ asn: 64500, organization: "Other Names" });
  expect(find("100.100.0.1")?.organization).toHaveLength(200);
  for (const unknown of [
    "198.51.100.128", // beside the network
    "203.0.113.1", // a record without a number
    "203.0.112.1", // a number that is none
    "2001:db9::1",
    "not an address",
    "",
  ]) {
    expect([unknown, find(unknown)]).toEqual([unknown, null]);
  }
});

test("knows nothing without a file, and takes one later", async () => {
  const database = await open(null);
  expect(database.find("192.0.2.1")).toBeNull();
  await database.check();
  writeFileSync(path, FILE);
  const use = await database.prepare(path);
  expect(database.find("192.0.2.1")).toBeNull();
  use();
  expect(database.find("192.0.2.1")?.asn).toBe(64496);
  (await database.prepare(null))();
  expect(database.find("192.0.2.1")).toBeNull();
  expect(told).toEqual([]);
});

test("refuses to begin with a file that cannot be used, and says which", async () => {
  const damaged = Buffer.concat([FILE.subarray(0, 6), FILE.subarray(3_000)]);
  const cases: [string, Buffer | null][] = [
    ["absent", null],
    ["empty", Buffer.alloc(0)],
    ["text", Buffer.from("not a database\n".repeat(100))],
    ["cut off", FILE.subarray(0, FILE.length - 60)],
    ["damaged", damaged],
  ];
  for (const [name, bytes] of cases) {
    const at = join(folder, `${name}.mmdb`);
    if (bytes !== null) writeFileSync(at, bytes);
    const error = await openAsnDatabase({ path: at, emit: () => {} }).catch((one: unknown) => one);
    const { exitCode, text } = explainFailure(error);
    expect([name, exitCode]).toEqual([name, EXIT.failed]);
    expect(text).toMatch(
      /^the file of networks cannot be used: .+; check asn_database, .*\.mmdb, [^\n]+$/,
    );
  }
});

test("is read again when it changes, and stays as it was when it changes for the worse", async () => {
  writeFileSync(path, FILE);
  const database = await open();
  const replace = (bytes: Buffer) => {
    writeFileSync(`${path}.new`, bytes);
    renameSync(`${path}.new`, path);
  };
  await database.check();
  expect(told).toEqual([]);
  replace(writeMmdb({ "192.0.2.0/24": { autonomous_system_number: 64511 } }));
  await database.check();
  expect(database.find("192.0.2.1")).toEqual({ asn: 64511, organization: null });
  expect(told.splice(0)).toEqual([["asn-database-loaded", ""]]);
  replace(Buffer.from("half a file"));
  await database.check();
  await database.check();
  expect(told.splice(0)).toEqual([["asn-database-unusable", expect.stringContaining(path)]]);
  expect(database.find("192.0.2.1")?.asn).toBe(64511);
  rmSync(path);
  await database.check();
  await database.check();
  expect(told.splice(0)).toEqual([["asn-database-unusable", expect.stringContaining("ENOENT")]]);
  replace(FILE);
  await database.check();
  expect(told.splice(0)).toEqual([["asn-database-loaded", ""]]);
  expect(database.find("192.0.2.1")?.asn).toBe(64496);
  await expect(database.prepare(join(folder, "absent.mmdb"))).rejects.toThrow(/absent\.mmdb/);
  expect(database.find("192.0.2.1")?.asn).toBe(64496);
});

test("a device or a pipe is refused at once, whatever size it says it has", async () => {
  await expect(open("/dev/zero")).rejects.toThrow("not a regular file");
  execFileSync("mkfifo", [path]);
  await expect(open(path)).rejects.toThrow("not a regular file");
});
