// MTA-STS policies as senders saw them, and which MX hosts their patterns match.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  matchesAnyMxPattern,
  matchesMxPattern,
  meaningOfStsPolicy,
  POLICY_FAULTS,
  readStsPolicy,
} from "../../../../services/core/mta-sts/policy.ts";

const GOOD =
  "version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: *.example.net\nmax_age: 604800";

describe("a policy", () => {
  it("is read whole", () => {
    expect(readStsPolicy(GOOD)).toEqual({
      version: "STSv1",
      mode: "enforce",
      maxAgeSeconds: 604_800,
      mx: ["mx1.example.com", "*.example.net"],
      faults: [],
    });
  });

  const faults: [string, string[]][] = [
    ["mode: none\nversion: STSv1\nmax_age: 86400", []], // any order; mode none needs no mx
    ["version:STSv1\r\nmode:testing\r\nmax_age:86400\r\nmx:mx.example.com\r\n", []], // no spaces
    ["version: STSv1\nmode: none\nmax_age: 0", []], // a policy that is being withdrawn
    ["mode: testing\nmax_age: 86400\nmx: mx.example.com", ["version-missing"]],
    [GOOD.replace("STSv1", "STSv2"), ["version-unknown"]],
    [GOOD.replace("mode: enforce\n", ""), ["mode-missing"]],
    [GOOD.replace("enforce", "report"), ["mode-unknown"]],
    [GOOD.replace("\nmax_age: 604800", ""), ["max-age-missing"]],
    [GOOD.replace("604800", "31557601"), ["max-age-invalid"]], // a second over a year
    [GOOD.replace("604800", "1w"), ["max-age-invalid"]],
    [GOOD.replace("604800", "-1"), ["max-age-invalid"]],
    [GOOD.replace("604800", "00000604800"), ["max-age-invalid"]], // eleven digits
    [GOOD.replace("604800", "86399"), ["max-age-short"]],
    [GOOD.replace("604800", "31557600"), []], // the longest
    ["version: STSv1\nmode: testing\nmax_age: 86400", ["mx-missing"]],
    [GOOD.replace("mx1.example.com", "mail.*"), ["mx-invalid"]],
    [GOOD.replace("mx1.example.com", "*"), ["mx-invalid"]],
    [GOOD.replace("mx1.example.com", "*.*.example.com"), ["mx-invalid"]],
    [GOOD.replace("mx1.example.com", "[192.0.2.1]"), ["mx-invalid"]],
    ["<html>", ["version-missing", "mode-missing", "max-age-missing", "mx-missing"]],
  ];
  it.each(faults)("%j has the faults %j", (text, expected) => {
    expect(readStsPolicy(text)?.faults).toEqual(expected);
  });

  it("takes the first of a key that comes twice, and no unknown ones", () => {
    const policy = readStsPolicy(`mode: testing\n${GOOD}\nmax_age: 1\ncolour: blue`);
    expect(policy).toMatchObject({ mode: "testing", maxAgeSeconds: 604_800, faults: [] });
  });

  it("without a line is none", () => {
    expect(readStsPolicy("")).toBeNull();
    expect(readStsPolicy(" \n")).toBeNull();
  });

  it("is read from any text without throwing, and each fault has its words", () => {
    const line = fc.constantFrom("mode: ", "mx: ", "max_age: ", "version: ", "*.", "\n", "9", "é");
    const text = fc.oneof(
      fc.string(),
      fc.array(line).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (sent) => {
        for (const fault of readStsPolicy(sent)?.faults ?? []) {
          expect(POLICY_FAULTS[fault]).toMatch(/\.$/);
        }
      }),
    );
  });
});

describe("an MX host", () => {
  const cases: [string, string, boolean][] = [
    ["mx1.example.com", "mx1.example.com", true],
    ["MX1.Example.com", "mx1.example.COM.", true], // names have no case, and the root's dot
    ["mx1.example.com", "mx2.example.com", false],
    ["*.example.com", "mail.example.com", true],
    ["*.example.com", "example.com", false], // the star is a label
    ["*.example.com", "foo.bar.example.com", false], // exactly one
    ["*.example.com", "badexample.com", false],
    ["*.example.com", ".example.com", false],
    ["*", "example", false],
    ["*.", "example.", false],
    ["example.com", "mail.example.com", false],
    ["*.xn--bcher-kva.example", "mx.bücher.example", true], // U-labels as A-labels
    ["", "", false],
  ];
  it.each(cases)("pattern %j, host %j: %j", (pattern, host, expected) => {
    expect(matchesMxPattern(pattern, host)).toBe(expected);
  });

  it("matches a policy when it matches one of its patterns", () => {
    expect(matchesAnyMxPattern(["mx1.example.com", "*.example.net"], "a.example.net")).toBe(true);
    expect(matchesAnyMxPattern([], "mx1.example.com")).toBe(false);
  });
});

describe("the meaning of a policy", () => {
  const TEXT =
    "version: STSv1\nmode: testing\nmx: mx1.example.com\nmx: *.example.net\nmax_age: 604800";

  it.each([
    ["without a version", TEXT.replace("version: STSv1\n", "")],
    ["in another order", TEXT.split("\n").reverse().join("\n")],
    ["in another case", TEXT.replace("mx1.example", "MX1.Example").replace("testing", "Testing")],
    ["with an MX host twice", `${TEXT}\nmx: mx1.example.com.`],
    ["with a line of its own", `${TEXT}\nnote: x`],
    ["with zeros", TEXT.replace("604800", "0000604800")],
  ])("is the same %s", (_name, text) => {
    expect(meaningOfStsPolicy(text)).toBe(meaningOfStsPolicy(TEXT));
  });

  it.each([
    ["mode", TEXT.replace("testing", "enforce")],
    ["max_age", TEXT.replace("604800", "604801")],
    ["MX host", TEXT.replace("mx1", "mx2")],
  ])("is another with another %s", (_name, text) => {
    expect(meaningOfStsPolicy(text)).not.toBe(meaningOfStsPolicy(TEXT));
    expect(meaningOfStsPolicy(text)).not.toBeNull();
  });

  it.each([
    ["an unknown version", TEXT.replace("STSv1", "STSv2")],
    ["no mode", TEXT.replace("mode: testing\n", "")],
    ["no max_age", TEXT.replace(/\nmax_age.*/, "")],
    ["no MX host", TEXT.replace(/mx:.*\n/g, "")],
    ["no line", ""],
  ])("is nobody's with %s", (_name, text) => {
    expect(meaningOfStsPolicy(text)).toBeNull();
  });
});
