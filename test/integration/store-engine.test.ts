// The embedded engine as a process and as a server: who may ask, what it withstands, how it ends.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assetPath } from "../../services/assets.ts";
import { BOUNDS } from "../../services/core/bounds.ts";
import { type EventName, silent } from "../../services/observe/events.ts";
import { connectStore } from "../../services/store/clickhouse.ts";
import { startEngine } from "../../services/store/engine/supervisor.ts";
import { migrate } from "../../services/store/migrate.ts";
import { openStore } from "../../services/store/open.ts";
import {
  PASSWORD,
  type StandaloneEngine,
  startStandaloneEngine,
  USER,
} from "../support/standalone-engine.ts";

const SINGLE = { kind: "single" } as const;
const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sealwatch-engine-"));
  folders.push(folder);
  return folder;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("as a server", () => {
  let engine: StandaloneEngine;
  let folder: string;
  beforeAll(async () => {
    folder = await newFolder();
    engine = await startStandaloneEngine(join(folder, "store"));
    await ask("CREATE TABLE rows (a UInt64) ENGINE = MergeTree ORDER BY a");
  });
  afterAll(() => engine?.stop());

  const authorization = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`;
  const ask = (sql: string, query: Record<string, string> = {}, init: RequestInit = {}) =>
    fetch(`${engine.origin}/?${new URLSearchParams(query)}`, {
      method: "POST",
      body: sql,
      ...init,
      headers: { authorization, ...init.headers },
    });
  const insert = "INSERT INTO rows (a) FORMAT JSONCompactEachRow";

  test("answers a ping to anyone and nothing else", async () => {
    expect(await (await fetch(`${engine.origin}/ping`)).text()).toBe("Ok.\n");
    for (const headers of [
      {},
      { authorization: "Basic !" },
      { authorization: `Basic ${Buffer.from(`${USER}:`).toString("base64")}` },
      { authorization: `Basic ${Buffer.from(`${USER}:wrong`).toString("base64")}` },
      { "x-clickhouse-user": USER, "x-clickhouse-key": `${PASSWORD}x` },
    ]) {
      const answer = await fetch(`${engine.origin}/?query=SELECT+1`, { method: "POST", headers });
      expect(answer.status).toBe(403);
      expect(answer.headers.get("x-clickhouse-exception-code")).toBe("516");
      expect(await answer.text()).toContain("AUTHENTICATION_FAILED");
    }
    const headers = { "x-clickhouse-user": USER, "x-clickhouse-key": PASSWORD };
    const answer = await fetch(`${engine.origin}/?query=SELECT+1`, { method: "POST", headers });
    expect(await answer.text()).toBe("1\n");
  });

  test("takes formats, parameters, settings and gzip", async () => {
    const json = await ask("SELECT {x:UInt8} AS x", {
      param_x: "7",
      default_format: "JSONEachRow",
    });
    expect(await json.text()).toBe('{"x":7}\n');
    const gzip = { "content-encoding": "gzip", "accept-encoding": "gzip" };
    const zipped = await ask("", {}, { body: gzipSync("SELECT 'x'"), headers: gzip });
    expect(await zipped.text()).toBe("x\n");
    const both = await ask("SELECT 1", { enable_http_compression: "1" }, { headers: gzip });
    expect(both.status).toBe(400); // plain text that says it is gzip
    const accept = { "accept-encoding": "gzip" };
    const answer = await ask("SELECT 'y'", { enable_http_compression: "1" }, { headers: accept });
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect(await answer.text()).toBe("y\n");
  });

  test("says how many rows it wrote, and leaves no file behind", async () => {
    const body = gzipSync("[1]\n[2]\n[3]\n");
    const headers = { "content-encoding": "gzip" };
    const answer = await ask("", { query: insert }, { body, headers });
    expect(answer.status).toBe(200);
    const summary = JSON.parse(answer.headers.get("x-clickhouse-summary") ?? "");
    expect(summary).toMatchObject({ written_rows: "3" });
    expect(await (await ask("SELECT count() FROM rows")).text()).toBe("3\n");
    await expect.poll(() => readdir(join(folder, "store-tmp"))).toEqual([]);
    expect(gunzipSync(body).length).toBe(12);
  });

  test.each([
    ["SELECT * FROM nowhere", {}, 404, "60"],
    ["SELECT FROM WHERE", {}, 400, "62"],
    ["SELECT 1", { database: "nowhere" }, 404, "81"],
    ["SELECT 1", { no_such_setting: "1" }, 404, "115"],
    ["SELECT 1", { "odd name": "1" }, 404, "115"],
    ["SELECT {x:UInt8}", { param_x: "no" }, 400, "457"],
    ["SELECT 1", { session_id: "s" }, 501, "48"],
    ["", {}, 400, "62"],
    ["SELECT throwIf(1)", {}, 500, "395"],
  ])("%s with %j is refused like a server does", async (sql, query, status, code) => {
    const answer = await ask(sql, query);
    expect(answer.headers.get("x-clickhouse-exception-code")).toBe(code);
    if (code !== "457") expect(answer.status).toBe(status);
    expect(await answer.text()).toMatch(new RegExp(`^Code: ${code}\\. DB::Exception: `));
  });

  test("does not take more than its bounds", async () => {
    const text = `SELECT '${"x".repeat(BOUNDS.engineStatementBytesMax)}'`;
    expect((await ask(text)).status).toBe(413);
    const bomb = gzipSync(Buffer.alloc(BOUNDS.engineRequestBytesMax + 1, "[1]\n"));
    const headers = { "content-encoding": "gzip" };
    expect((await ask("", { query: insert }, { body: bomb, headers })).status).toBe(413);
    await expect.poll(() => readdir(join(folder, "store-tmp"))).toEqual([]);
    expect(await (await ask("SELECT 1")).text()).toBe("1\n");
  });

  const running = async (word: string) => {
    const sql =
      "SELECT count() FROM system.processes WHERE query LIKE {x:String} \
      AND query NOT LIKE '%system.processes%'";
    return Number(await (await ask(sql, { param_x: `%${word}%` })).text());
  };
  const ENDLESS = "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)";

  test("a caller that goes away ends its query", async () => {
    const aborter = new AbortController();
    const answer = ask(`${ENDLESS} -- leaving`, {}, { signal: aborter.signal });
    await expect.poll(() => running("leaving"), { timeout: 5_000 }).toBe(1);
    aborter.abort();
    await expect(answer).rejects.toThrow();
    await expect.poll(() => running("leaving"), { timeout: 5_000 }).toBe(0);
  });

  test("slow reads do not keep inserts waiting", async () => {
    const aborter = new AbortController();
    const slow = Array.from({ length: BOUNDS.engineReadsMax + 2 }, () =>
      ask(
        "SELECT sleepEachRow(1) FROM numbers(60) SETTINGS max_block_size = 1",
        {},
        {
          signal: aborter.signal,
        },
      ).catch(() => null),
    );
    const startMs = performance.now();
    for (let i = 0; i < 5; i++) {
      expect((await ask("", { query: insert }, { body: `[${i}]\n` })).status).toBe(200);
    }
    expect(performance.now() - startMs).toBeLessThan(5_000);
    aborter.abort();
    await Promise.all(slow);
  });

  test("a wrong password says where to look and not the password", async () => {
    const url = engine.url.replace(encodeURIComponent(PASSWORD), "wr0ng");
    const store = connectStore({ url });
    const promise = store.ping();
    await expect(promise).rejects.toMatchObject({ code: "516", retryable: false });
    await expect(promise).rejects.toThrow(/SEALWATCH_CLICKHOUSE_URL/);
    await expect(promise).rejects.toThrow(new RegExp(`127.0.0.1:${engine.port}.*user ${USER}`));
    await expect(promise).rejects.not.toThrow(/wr0ng/);
    await store.close();
  });

  test("a server that goes and comes back", async () => {
    const options = { dataFolder: folder, topology: SINGLE, emit: silent };
    const { store, embedded, describe, stop } = await openStore({
      ...options,
      clickhouseUrl: engine.url,
    });
    expect(embedded).toBe(false);
    expect(describe()).toContain(`127.0.0.1:${engine.port}`);
    expect(describe()).not.toContain(PASSWORD);
    await expect(store.ping()).rejects.toMatchObject({ code: "81" }); // no database yet
    await migrate(store, SINGLE);
    await store.command("CREATE TABLE away (a UInt8) ENGINE = MergeTree ORDER BY a");
    await store.insert("away", ["a"], "[1]\n", "");
    const startMs = performance.now();
    await engine.stop();
    expect(performance.now() - startMs).toBeLessThan(BOUNDS.engineStopMsMax);
    for (const call of [
      store.ping(),
      store.insert("away", ["a"], "[2]\n", ""),
      store.select("SELECT 1"),
      store.command("SELECT 1"),
    ]) {
      await expect(call).rejects.toMatchObject({ name: "StoreError", retryable: true, code: "" });
      await expect(call).rejects.not.toThrow(PASSWORD);
    }
    engine = await startStandaloneEngine(join(folder, "store"), engine.port);
    await store.insert("away", ["a"], "[2]\n", "");
    expect(await store.select("SELECT a FROM away ORDER BY a")).toEqual([{ a: 1 }, { a: 2 }]);
    await stop();
  });
});

describe("as a child", () => {
  test("killed, it comes back at the same address with everything acknowledged", async () => {
    const events: EventName[] = [];
    const folder = join(await newFolder(), "store");
    const engine = await startEngine({ folder, emit: (name) => void events.push(name) });
    const store = connectStore({ url: () => engine.url() });
    await store.createDatabase("");
    await store.command(`CREATE TABLE kept (a UInt32) ENGINE = MergeTree ORDER BY a
      SETTINGS fsync_after_insert = 1, non_replicated_deduplication_window = 1000`);
    const acknowledged: number[] = [];
    const url = engine.url();
    for (let round = 0; round < 3; round++) {
      const victim = engine.pid();
      for (let i = 0; i < 10; i++) {
        const value = round * 10 + i;
        if (i === 5) process.kill(victim, "SIGKILL");
        // As the writer does: the same insert until it is acknowledged.
        const acknowledge = () => store.insert("kept", ["a"], `[${value}]\n`, "").then(() => true);
        await expect.poll(acknowledge, { timeout: 20_000 }).toBe(true);
        acknowledged.push(value);
      }
      expect(engine.pid()).not.toBe(victim);
    }
    expect(engine.url()).toBe(url);
    const rows = await store.select<{ a: number }>("SELECT a FROM kept ORDER BY a");
    expect(rows.map((row) => row.a)).toEqual(acknowledged);
    expect(events.filter((name) => name === "engine-died")).toHaveLength(3);
    await store.close();
    const pid = engine.pid();
    await engine.stop();
    expect(alive(pid)).toBe(false);
    expect(engine.pid()).toBe(0);
  });

  test("when another program takes its port, the store follows it to the next", async () => {
    const folder = join(await newFolder(), "store");
    const engine = await startEngine({ folder, emit: silent });
    const store = connectStore({ url: () => engine.url() });
    await store.createDatabase("");
    const before = engine.url();
    process.kill(engine.pid(), "SIGKILL");
    const other = createServer((socket) => socket.destroy());
    const listens = () =>
      new Promise<boolean>((resolve) => {
        other.once("error", () => resolve(false));
        other.listen(Number(new URL(before).port), "127.0.0.1", () => resolve(true));
      });
    await expect.poll(listens, { interval: 5 }).toBe(true);
    const answers = () =>
      store.ping().then(
        () => true,
        () => false,
      );
    await expect.poll(answers, { timeout: 20_000 }).toBe(true);
    expect(engine.url()).not.toBe(before);
    await store.close();
    await engine.stop();
    other.close();
  });

  test("a second engine on the folder is refused, and harms nothing", async () => {
    const folder = join(await newFolder(), "store");
    const engine = await startEngine({ folder, emit: silent });
    const second = startEngine({ folder, emit: silent });
    await expect(second).rejects.toMatchObject({ name: "StoreError", retryable: false });
    await expect(second).rejects.toThrow(`${folder} is in use by another process`);
    const store = connectStore({ url: engine.url() });
    await store.createDatabase("");
    await store.ping();
    expect(existsSync(`${folder}-tmp`)).toBe(true);
    await store.close();
    await engine.stop();
    const third = await startEngine({ folder, emit: silent });
    await third.stop();
  });

  test("an engine ends with its parent, however that ends", async () => {
    const folder = join(await newFolder(), "store");
    const supervisor = assetPath("dist", "services", "store", "engine", "supervisor.js");
    const program = `
      import { startEngine } from ${JSON.stringify(supervisor)};
      const engine = await startEngine({ folder: ${JSON.stringify(folder)}, emit: () => {} });
      console.log(engine.pid());
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = Number(await firstLine(parent));
    expect(alive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await expect.poll(() => alive(pid), { timeout: 10_000 }).toBe(false);
    // The next one has the folder at once.
    const engine = await startEngine({ folder, emit: silent });
    await engine.stop();
  });

  test("signals to the whole group leave it to the parent", async () => {
    const folder = join(await newFolder(), "store");
    const engine = await startEngine({ folder, emit: silent });
    const pid = engine.pid();
    process.kill(pid, "SIGINT");
    process.kill(pid, "SIGTERM");
    const store = connectStore({ url: engine.url() });
    await store.createDatabase("");
    for (let i = 0; i < 10; i++) await store.ping();
    expect(engine.pid()).toBe(pid);
    await store.close();
    await engine.stop();
  });
});

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no standard output");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("it ended before it said anything");
}
