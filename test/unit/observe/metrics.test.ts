// The metrics that the table of events declares, and the bounds on their labels.

import { expect, test } from "vitest";
import { EVENTS, type EventKind, type EventName } from "../../../services/observe/events.ts";
import { createObserver } from "../../../services/observe/observer.ts";

const make = (lines: string[] = []) =>
  createObserver({ level: "info", format: "json", destination: (line) => lines.push(line) });

async function read(observer: ReturnType<typeof make>, start: string): Promise<string[]> {
  const { text } = await observer.metricsText();
  return text.split("\n").filter((line) => line.startsWith(start));
}

test("one event writes a line and moves its metrics", async () => {
  const lines: string[] = [];
  const observer = make(lines);
  observer.emit("message-refused", { channel: "smtp", reason: "too-large" });
  observer.emit("message-refused", { channel: "smtp", reason: "too-large" });
  expect(lines).toHaveLength(2);
  expect(await read(observer, "sealwatch_messages_refused_total")).toEqual([
    'sealwatch_messages_refused_total{channel="smtp",reason="too-large"} 2',
  ]);
});

test("metrics move even when the level is not logged, by the amount of the field", async () => {
  const lines: string[] = [];
  const observer = make(lines);
  observer.emit("message-accepted", { channel: "https", bytes: 100 });
  observer.emit("message-accepted", { channel: "https", bytes: 23 });
  expect(lines).toEqual([]);
  expect(await read(observer, "sealwatch_message_bytes_accepted_total")).toEqual([
    'sealwatch_message_bytes_accepted_total{channel="https"} 123',
  ]);
});

test("every event can be emitted without fields or with odd ones, and never throws", async () => {
  const observer = make();
  const kinds: [string, EventKind][] = Object.entries(EVENTS);
  const isEvent = (name: string): name is EventName => name in EVENTS;
  for (const [name, kind] of kinds) {
    if (!isEvent(name)) continue;
    observer.emit(name);
    const odd = kind.metrics?.flatMap(({ value }) => (value === undefined ? [] : [value])) ?? [];
    observer.emit(name, Object.fromEntries(odd.map((field) => [field, Number.NaN])));
    observer.emit(name, Object.fromEntries(odd.map((field) => [field, -1])));
  }
  const { text, contentType } = await observer.metricsText();
  expect(contentType).toContain("text/plain");
  for (const [, kind] of kinds) {
    for (const { name } of kind.metrics ?? []) expect(text).toContain(`# TYPE ${name} `);
  }
});

test("label values are bounded in number and length", async () => {
  const observer = make();
  for (let i = 0; i < 500; i++) {
    observer.emit("message-refused", { channel: "smtp", reason: `r${i}${"x".repeat(500)}` });
  }
  const lines = await read(observer, "sealwatch_messages_refused_total");
  expect(lines).toHaveLength(101);
  expect(lines.at(-1)).toContain('reason="other"} 400');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
});

test("gauges are read when the metrics are, and one that fails does not hide the others", async () => {
  const observer = make();
  let bytes = 5;
  observer.gauge("test_spool_bytes", "Bytes", () => bytes);
  observer.gauge("test_broken", "Broken", () => {
    throw new Error("gone");
  });
  expect(await read(observer, "test_spool_bytes")).toEqual(["test_spool_bytes 5"]);
  bytes = 6;
  expect(await read(observer, "test_spool_bytes")).toEqual(["test_spool_bytes 6"]);
  expect(await read(observer, "test_broken")).toEqual(["test_broken Nan"]);
  expect(await read(observer, "process_cpu_seconds_total")).toHaveLength(1);
});

test("names follow the conventions of Prometheus", () => {
  const kinds: EventKind[] = Object.values(EVENTS);
  for (const { metrics } of kinds) {
    for (const { kind, name, help } of metrics ?? []) {
      expect(name).toMatch(/^sealwatch_[a-z_]+$/);
      expect(name.endsWith("_total"), name).toBe(kind === "counter");
      expect(help).not.toBe("");
    }
  }
});
