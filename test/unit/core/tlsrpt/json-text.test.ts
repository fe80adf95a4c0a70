// Reading the JSON text of a report: what is tolerated by name, what is refused, and how long it takes.

import fc from "fast-check";
import { expect, test } from "vitest";
import { BOUNDS } from "../../../../services/core/bounds.ts";
import { Deviations } from "../../../../services/core/deviation.ts";
import { readJson } from "../../../../services/core/tlsrpt/json-text.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function read(text: string | Uint8Array) {
  const deviations = new Deviations();
  const result = readJson(typeof text === "string" ? encode(text) : text, deviations);
  return { result, list: deviations.finish() };
}

function good(text: string | Uint8Array, value: unknown, ...noted: string[]) {
  const { result, list } = read(text);
  expect(result).toEqual({ ok: true, value, plain: expect.any(Boolean) });
  expect(list.map(({ code, place }) => `${code} ${place}`.trim())).toEqual(noted);
}

function bad(text: string | Uint8Array, reason: string, message: RegExp) {
  const { result } = read(text);
  expect(result).toMatchObject({ ok: false, reason });
  expect(result.ok ? "" : result.message).toMatch(message);
}

test("texts that are read", () => {
  good("{}", {});
  good(' {"a":[1,{"b":"}"}]}\n', { a: [1, { b: "}" }] });
  good('{"a":"\\\\","b":"\\"}:{"}', { a: "\\", b: '"}:{' }); // quotes and braces inside strings
  good("\ufeff{}", {}, "bom");
  good('{"a":1} \r\n\t', { a: 1 }); // white space is no trailing data
  good('{"a":1}{"a":2}', { a: 1 }, "trailing-data");
  good('{"a":1}\n-- \nfooter', { a: 1 }, "trailing-data");
  good('{"a":1}\0', { a: 1 }, "trailing-data");
  good('{"é":"ü"}', { é: "ü" });
  good(
    new Uint8Array([...encode('{"a":"'), 0xe9, ...encode('"}')]),
    { a: "\ufffd" },
    "invalid-utf8",
  );
  good('{"a":"\\ud83d\\ude00"}', { a: "😀" }); // both halves
  good('{"a":["x\\ud800"]}', { a: ["x\ufffd"] }, "lone-surrogate /a/0");
});

test("a text is plain when none of its strings needs an escape to be written again", () => {
  const plain = (text: string | Uint8Array) => {
    const { result } = read(text);
    return result.ok && result.plain;
  };
  expect(plain('{"a":"b c~"}')).toBe(true);
  expect(plain('{ "a" : "b" }\n')).toBe(true); // white space between tokens is no part of a string
  expect(plain('{"a":"b"} and more')).toBe(true);
  expect(plain('{"a":"b"} ü')).toBe(true); // after the object
  expect(plain('{"a":"\u007f"}')).toBe(true); // JSON has no escape of it
  expect(plain('{"a":"\\n"}')).toBe(false);
  expect(plain('{"a":"\\""}')).toBe(false);
  expect(plain('{"a":"ü"}')).toBe(false);
  expect(plain(new Uint8Array([...encode('{"a":"'), 0xe9, ...encode('"}')]))).toBe(false); // as U+FFFD
});

test("members that occur twice are found where they are", () => {
  good('{"a":1,"a":2}', { a: 2 }, "duplicate-member /a");
  good('{"a":1,"\\u0061":2}', { a: 2 }, "duplicate-member /a"); // the same name, escaped
  good('{"p":[{},{"x/y":1,"x/y":2}]}', { p: [{}, { "x/y": 2 }] }, "duplicate-member /p/1/x~1y");
  good('{"a":{"b":1},"a":{"b":2}}', { a: { b: 2 } }, "duplicate-member /a");
  good('{"a":{"b":1},"c":{"b":2}}', { a: { b: 1 }, c: { b: 2 } }); // other objects
  good('{"a":"b:","c":":"}', { a: "b:", c: ":" }); // colons inside strings
  good('{"":0,"":0}', { "": 0 }, "duplicate-member /"); // the shortest that can be
  good(
    '{"a":[1e9,1e9,1e9,1e9],"":0,"":0}',
    { a: [1e9, 1e9, 1e9, 1e9], "": 0 },
    "duplicate-member /",
  );
  good(
    '{"a":[1e3,1e3,1e3,1e3,1e3],"":0,"":0}',
    { a: Array(5).fill(1_000), "": 0 },
    "duplicate-member /",
  );
  good(
    '{"a":1,"":0,"":0}'.padEnd(BOUNDS.jsonHarmlessBytesMax + 1),
    { a: 1, "": 0 },
    "duplicate-member /",
  );
  const { list } = read('{"__proto__":1,"__proto__":2}');
  expect(list[0]?.place).toBe("/__proto__");
});

test("small and large texts are read alike", () => {
  const value = fc.oneof(
    fc.json({ maxDepth: 2 }),
    fc.constantFrom("1e3", "1000", "-0", "1E-7", "12e1", "0.5", "[ ]", "999999999", '"\\u0041"'),
  );
  const member = fc
    .tuple(fc.constantFrom('""', '"a"', '"b"', '"\\u0061"', '"__proto__"'), value)
    .map(([name, text]) => `${name}:${text}`);
  const members = (each: fc.Arbitrary<string>) =>
    fc.array(each, { maxLength: 5 }).map((texts) => `{${texts.join(",")}}`);
  const nested = members(members(member).map((text) => `"n":${text}`));
  fc.assert(
    fc.property(fc.oneof(members(member), nested), (text) => {
      const large = read(text.padEnd(BOUNDS.jsonHarmlessBytesMax + 1));
      expect(read(text)).toEqual(large);
    }),
    { numRuns: 500 },
  );
});

test("texts that are refused, with their place", () => {
  bad("", "not-json", /no text at all/);
  bad(" \n ", "not-json", /no text at all/);
  bad('{"a":1', "not-json", /line 1, column 7/); // cut
  bad('{"a":1,\n "b":x}', "not-json", /line 2, column 6/);
  bad('{"a" 1}', "not-json", /line 1, column 6/);
  bad("{'a':1}", "not-json", /line 1, column 2/);
  bad('{"a":1,}', "not-json", /line 1, column 8/);
  bad('{"a":01}', "not-json", /line 1, column 7/);
  bad('{"a":"x\ny"}', "not-json", /line 1, column 8/); // a bare line feed in a string
  bad('{"a":"\\x"}', "not-json", /line 1, column 7/);
  bad('{"a":"\\u12"}', "not-json", /line 1, column 7/);
  bad('{"a":"\\', "not-json", /line 1, column 8/);
  bad('{"a":[1}', "not-json", /line 1, column 8/);
  bad("}", "not-json", /line 1, column 1/);
  bad('report: {"a":1}', "not-json", /line 1, column 1/);
  bad("[]", "json-not-object", /an array/);
  bad("null", "json-not-object", /null/);
  bad('"text"', "json-not-object", /a string/);
  bad("17", "json-not-object", /a number/);
});

test("depth is bounded before JSON.parse sees the text", () => {
  const nested = (levels: number) => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
  expect(read(nested(BOUNDS.jsonDepthMax)).result.ok).toBe(true);
  bad(nested(BOUNDS.jsonDepthMax + 1), "json-too-deep", /64 levels deep at byte 69/);
  bad("[".repeat(20_000), "json-too-deep", /byte 65/);
  bad(`{"policies":${"{".repeat(20_000)}`, "json-too-deep", /64 levels/);
});

test("a text that unfolds to too many values is refused before it is built", () => {
  bad(`{"a":[${"{},".repeat(BOUNDS.jsonMembersMax)}{}]}`, "too-many-details", /4000000/);
});

test("hostile texts take linear time", () => {
  const texts = (n: number) => [
    `{"a":"${'\\"'.repeat(n)}`,
    `{"a":"${"\\".repeat(n)}"}`,
    `{${"\n".repeat(n)}!`,
    `{"a":1${',"a":1'.repeat(n / 8)}}`,
    '"'.repeat(n),
    `{"a":${"1".repeat(n)}x}`,
  ];
  const start = performance.now();
  for (const text of texts(2_000_000)) read(text);
  expect(performance.now() - start).toBeLessThan(8_000); // about 0.3 s; quadratic would be hours
});
