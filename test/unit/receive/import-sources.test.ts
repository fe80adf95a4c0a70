// What an import finds: files whatever their names when named, folders by extension, Maildirs without tmp,
// and a told reason for everything that is passed over.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { findFiles, readSource } from "../../../services/receive/import-sources.ts";
import { temporaryFolder } from "../../support/program.ts";

const { folder, remove } = temporaryFolder();
afterAll(remove);

function place(path: string, text = "{}"): string {
  const whole = join(folder, path);
  mkdirSync(join(whole, ".."), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

async function find(...paths: string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const one of findFiles(paths)) {
    const path = one.kind === "file" ? one.path : one.place;
    found.push(`${one.kind} ${path.replace(`${folder}/`, "")}`);
  }
  return found;
}

async function read(path: string, bytesMax = 100, input = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const one of readSource(path, bytesMax, Readable.from([Buffer.from(input)]))) {
    found.push(
      one.kind === "message"
        ? `${one.fileName}: ${Buffer.from(one.bytes)}`
        : `${one.kind}: ${one.why}`,
    );
  }
  return found;
}

test("folders are walked by name, with all extensions and below", async () => {
  place("a/2.json.gz");
  place("a/1.json");
  place("a/README.md");
  place("a/b/3.EML");
  expect(await find(join(folder, "a"))).toEqual([
    "file a/1.json",
    "file a/2.json.gz",
    "skipped a/README.md",
    "file a/b/3.EML",
  ]);
});

test("a Maildir gives cur and new, not tmp", async () => {
  place("m/cur/1.host:2,S");
  place("m/new/2.host");
  place("m/tmp/3.host");
  expect(await find(join(folder, "m"))).toEqual(["file m/cur/1.host:2,S", "file m/new/2.host"]);
});

test("a named file is taken whatever its name, a missing one is told", async () => {
  const odd = place("odd.name");
  expect(await find(odd, join(folder, "nowhere"), "-")).toEqual([
    "file odd.name",
    "failed nowhere",
    "file -",
  ]);
});

test("a link that leads round in a circle does not", async () => {
  place("loop/1.json");
  symlinkSync(join(folder, "loop"), join(folder, "loop", "again"));
  expect(await find(join(folder, "loop"))).toContain("file loop/1.json");
});

test("a file is one message, an mbox each of its messages", async () => {
  expect(await read(place("one.json", "{1}"))).toEqual(["one.json: {1}"]);
  expect(await read(place("two.mbox", "From a\n\n1\n\nFrom b\n\n2\n"))).toEqual([
    ": \n1\n\n",
    ": \n2\n",
  ]);
});

test("standard input is a message or an mbox", async () => {
  expect(await read("-", 100, "{1}")).toEqual([": {1}"]);
  expect(await read("-", 100, "From a\n\n1\n\nFrom b\n\n2\n")).toHaveLength(2);
});

test("a file over the bound is told, also in an mbox that is larger itself", async () => {
  expect(await read(place("big.json", "x".repeat(200)))).toEqual([
    "failed: is larger than the 100 bytes that one message may have (message_bytes_max)",
  ]);
  const big = `From a\n\n${"x\n".repeat(100)}\nFrom b\n\n2\n`;
  expect(await read(place("big.mbox", big))).toEqual([
    expect.stringMatching(/^failed: is larger than the 100 bytes/),
    ": \n2\n",
  ]);
});

test("what never ends is read no further than the bound, or refused", async () => {
  expect(await read("/dev/zero")).toEqual(["failed: is a device, not a file"]);
  let taken = 0;
  async function* endless() {
    for (;;) {
      taken += 1;
      yield Buffer.alloc(1024 * 1024, "x\n");
    }
  }
  const found = [];
  for await (const one of readSource("-", 100, Readable.from(endless()))) found.push(one.kind);
  expect(found).toEqual(["failed"]);
  expect(taken).toBeLessThan(50);
});

test("a file is read whole although it does not say its size", async () => {
  const [whole] = await read("/proc/self/status", 1_000_000);
  expect(whole).toContain("VmRSS");
  expect(await read("/proc/self/status")).toEqual([expect.stringContaining("is larger than")]);
});

test("a pipe is read when somebody writes to it, and refused when nobody does", async () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  expect(await read(pipe)).toEqual(["failed: is a pipe that nobody writes to"]);
  const writing = spawn("sh", ["-c", 'exec 3<>"$0"; printf ready; printf {} >&3; read _', pipe]);
  await once(writing.stdout, "data");
  const ended = once(writing, "exit");
  const reading = read(pipe);
  writing.stdin.end();
  await ended;
  expect(await reading).toEqual([": {}"]);
});

test("standard input has more names than one", async () => {
  expect(await find("-", "/dev/stdin")).toEqual(["file -", "file -"]);
});
