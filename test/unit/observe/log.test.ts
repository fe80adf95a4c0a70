// The log: shape of its lines, and what must never get into one.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLog, type LogFormat, type LogLevel } from "../../../services/observe/log.ts";

function capture(format: LogFormat, level: LogLevel = "debug") {
  const lines: string[] = [];
  return { lines, log: createLog({ level, format, destination: (line) => lines.push(line) }) };
}

function written(format: LogFormat, fields: Record<string, unknown>): string {
  const { lines, log } = capture(format);
  log.write("warn", "spool-full", "the spool is full", fields);
  expect(lines).toHaveLength(1);
  return lines[0] ?? "";
}

describe("json", () => {
  test("has time in UTC, level, event, message and fields", () => {
    const line = JSON.parse(written("json", { bytes: 3, peer: "192.0.2.1" }));
    expect(line).toMatchObject({
      level: "warn",
      event: "spool-full",
      msg: "the spool is full",
      bytes: 3,
      peer: "192.0.2.1",
    });
    expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test("errors keep type, code and cause; odd values do not break a line", () => {
    const cause = Object.assign(new Error("disk"), { code: "EIO" });
    const error = new Error("append", { cause });
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    const big = 2n ** 70n;
    const line = JSON.parse(written("json", { error, loop, big, bytes: new Uint8Array(9) }));
    expect(line.error).toMatchObject({ type: "Error", message: "append" });
    expect(line.error.cause).toMatchObject({ code: "EIO", message: "disk" });
    expect(line.big).toBe("1180591620717411303424");
    expect(line.bytes).toBe("[9 bytes]");
  });

  test("a field cannot pose as time, level, event or message", () => {
    const line = JSON.parse(written("json", { level: "error", event: "x", msg: "y", time: "z" }));
    expect(line).toMatchObject({ level: "warn", event: "spool-full", level_: "error" });
  });
});

describe("secrets", () => {
  test("are hidden by name, at any depth, and cut out of addresses", () => {
    const line = written("json", {
      password: "geheim1",
      apiToken: "geheim2",
      request: { headers: { authorization: "geheim3", cookie: "geheim4" } },
      url: "https://user:geheim5@db.example:8123/x",
      error: new Error("cannot reach http://u:geheim6@db.example"),
      path: "/v1/tlsrpt/geheim7",
      asked: "/?a=swt_0123456789ab_geheimA-b&b=1",
      next: "https://a.example/v1/tlsrpt/geheim8?x=/v1/tlsrpt/geheim9/",
    });
    expect(line).not.toContain("geheim");
    expect(line).toContain("https://***@db.example:8123/x");
    expect(line).toContain('"path":"/v1/tlsrpt/***"');
    expect(line).toContain('"asked":"/?a=swt_***&b=1"');
  });
});

describe("outside text", () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come out
  const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u;
  const hidden =
    /[\u00ad\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e0fff}]/u;

  test.each(["json", "text"] as const)("cannot break a %s line or reach the terminal", (format) => {
    const deceiving = fc.constantFrom("\u009b31m", "\u202e", "\u200b", "\u{e0041}", "\ud800", "\n");
    const evil = fc
      .array(fc.oneof(deceiving, fc.string({ unit: "binary" })), { maxLength: 20 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(evil, evil, (name, value) => {
        const line = written(format, { [`f${name}`]: value });
        expect(line.endsWith("\n")).toBe(true);
        expect(line.indexOf("\n")).toBe(line.length - 1);
        expect([unsafe.test(line), hidden.test(line)]).toEqual([false, false]);
        if (format === "json") expect(JSON.parse(line)).toMatchObject({ event: "spool-full" });
      }),
    );
  });

  test("escapes of a terminal are shown, not obeyed", () => {
    const line = written("text", { helo: "\u001b[2Jmail\u009b31m.example\r\nfake line" });
    expect(line).toContain("\\u001b[2Jmail\\u009b31m.example\\r\\nfake line");
  });

  test("is cut when it is very long", () => {
    expect(written("json", { helo: "x".repeat(100_000) }).length).toBeLessThan(3_000);
  });
});

test("text is one readable line", () => {
  expect(written("text", { bytes: 3, peer: "192.0.2.1", why: "too full" })).toMatch(
    /^\S+Z WARN {2}spool-full: the spool is full bytes=3 peer=192\.0\.2\.1 why="too full"\n$/,
  );
});

test("what is below the level is not written, and known not to be", () => {
  const { lines, log } = capture("json", "warn");
  log.write("info", "x", "x");
  log.write("warn", "y", "y");
  expect(lines).toHaveLength(1);
  expect([log.enabled("info"), log.enabled("warn"), log.enabled("error")]).toEqual([
    false,
    true,
    true,
  ]);
  expect(capture("json", "silent").log.enabled("error")).toBe(false);
});
