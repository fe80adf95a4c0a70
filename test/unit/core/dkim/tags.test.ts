// Tag lists and header blocks, by one-line cases.

import { describe, expect, it } from "vitest";
import { BOUNDS } from "../../../../services/core/bounds.ts";
import { fieldText, readHeaderBlock } from "../../../../services/core/dkim/header.ts";
import { listOf, parseTags } from "../../../../services/core/dkim/tags.ts";

describe("a tag list", () => {
  it.each([
    ["a=b", { a: "b" }],
    ["a=b;", { a: "b" }],
    [" a = b ;\tc=d=e ", { a: "b", c: "d=e" }],
    ["a=", { a: "" }],
    ["a=b; A=c", { a: "b", A: "c" }], // names are case-sensitive
    ["__proto__x=1", null],
    ["a__b1=1", { a__b1: "1" }],
  ])("%s", (text, expected) => {
    const tags = parseTags(text);
    expect(tags === null ? null : Object.fromEntries(tags)).toEqual(expected);
  });

  it.each([
    "", // no tag
    ";",
    "a", // no value
    "a=b;;c=d", // an empty part in the middle
    "a=b; a=c", // twice
    "1a=b", // a digit first
    "a b=c", // white space within a name
    "(x)a=b", // a comment
    "=b",
  ])("none: %j", (text) => {
    expect(parseTags(text)).toBeNull();
  });

  it("lists have no white space, capitals or empty elements", () => {
    expect(listOf(" From : TO:\r\n\tsubject::")).toEqual(["from", "to", "subject"]);
    expect(listOf("")).toEqual([]);
  });
});

describe("a header block", () => {
  const read = (text: string) => {
    const bytes = Buffer.from(text, "latin1");
    const block = readHeaderBlock(bytes);
    const fields = block?.fields.map((field) => [field.name, fieldText(bytes, field)]);
    return { fields, body: block && bytes.subarray(block.bodyStart).toString("latin1") };
  };

  it.each([
    ["A: b\r\n\r\nbody", [["a", " b"]], "body"],
    ["A: b\n\nbody", [["a", " b"]], "body"],
    ["A: b\r\n\tc\r\n\r\n", [["a", " b\tc"]], ""],
    ["A : b\r\n\r\n", [["a", " b"]], ""], // RFC 5322 section 4.5
    ["A:", [["a", ""]], ""],
    ["\r\n\r\nA: b\r\n\r\nx", [["a", " b"]], "x"],
    ["From x\r\nA: b\r\n\r\nx", [["a", " b"]], "x"], // mbox
    ["no field\r\n more\r\nA: b\r\n\r\nx", [["a", " b"]], "x"],
    ["A: b\r\nC\r: d\r\n\r\nx", [["a", " b"]], "x"], // a bare CR within a name
    ["A: b\r\n \r\n c\r\n\r\nx", [["a", " b  c"]], "x"], // a fold of white space alone
    ["\xa0A: b\r\nC: d\r\n\r\nx", [["c", " d"]], "x"],
    ["", [], ""],
  ])("%j", (text, fields, body) => {
    expect(read(text)).toEqual({ fields, body });
  });

  it("is none above its bound", () => {
    const line = `A: ${"x".repeat(1_000)}\r\n`;
    const lines = Math.ceil(BOUNDS.mailHeaderBytesMax / line.length);
    expect(readHeaderBlock(Buffer.from(line.repeat(lines - 1)))).not.toBeNull();
    expect(readHeaderBlock(Buffer.from(line.repeat(lines + 1)))).toBeNull();
    expect(readHeaderBlock(Buffer.from(`${line.repeat(lines + 1)}\r\n`))).toBeNull();
  });
});
