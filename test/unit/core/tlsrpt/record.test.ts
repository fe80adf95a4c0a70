// The grammar of RFC 8460 section 3, one line a case.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  parseRecord,
  parseTlsrptRecord,
  printRecord,
} from "../../../../services/core/tlsrpt/record.ts";
import { RECORD_FAULTS } from "../../../../services/core/tlsrpt/record-faults.ts";
import { ruaUri } from "../../../../services/core/tlsrpt/record-uri.ts";

const shown = (text: string) => JSON.stringify(text.slice(0, 80));

/** A record that senders can use; `warnings` are its codes, `targets` where reports go. */
function good(text: string, targets: string[], warnings: string[] = []): void {
  it(`takes ${shown(text)}`, () => {
    const result = parseTlsrptRecord(text);
    expect(result).toMatchObject({ ok: true });
    if (!result.ok) return;
    expect(result.record.rua.map((one) => one.target)).toEqual(targets);
    expect(result.warnings.map((one) => one.code)).toEqual(warnings);
    const again = parseTlsrptRecord(printRecord(result.record));
    expect(again).toMatchObject({ ok: true, record: result.record });
  });
}

/** A record that they cannot use, with `code@offset` of its faults. */
function bad(text: string, ...faults: string[]): void {
  it(`refuses ${shown(text)}`, () => {
    const result = parseTlsrptRecord(text);
    const found = result.ok ? [] : result.faults.map((one) => `${one.code}@${one.offset}`);
    expect(found).toEqual(faults);
  });
}

const A = "a@example.com";

describe("a record that can be used", () => {
  good("v=TLSRPTv1;rua=mailto:a@example.com", [A]);
  good("v=TLSRPTv1; rua=mailto:a@example.com;", [A]); // [field-delim] at the end
  good("v=TLSRPTv1; rua=mailto:a@example.com ; \t", [A]); // which has white space
  good("v=TLSRPTv1;\t rua=https://example.net/v1/tlsrpt", ["https://example.net/v1/tlsrpt"]);
  good("v=TLSRPTv1; rua=mailto:a@example.com , https://example.net/", [A, "https://example.net/"]);
  good("v=TLSRPTv1; rua=mailto:a@Example.COM", [A]);
  good("v=TLSRPTv1; rua=mailto:a%21b@example.com", ["a!b@example.com"]); // RFC 8460: MUST
  good("v=TLSRPTv1; rua=mailto:%22a%2Cb%3B%22@example.com", ['"a,b;"@example.com']);
  good("v=TLSRPTv1; rua=mailto:%22a%20b%22@example.com", ['"a b"@example.com']); // RFC 6068
  good("v=TLSRPTv1; rua=mailto:a@b%C3%BCcher.example", ["a@xn--bcher-kva.example"]);
  good("v=TLSRPTv1; x-new=1:2; rua=mailto:a@example.com", [A]); // unknown fields are ignored
  good("v=TLSRPTv1; rua=mailto:a@example.com; v=TLSRPTv2", [A]); // "v" as an extension
  good("v=TLSRPTv1 ; rua=mailto:a@example.com", [A], ["space-after-version"]);
  good(
    "v=TLSRPTv1;rua=mailto:a@example.com;rua=mailto:b@example.com",
    [A, "b@example.com"],
    ["rua-repeated"],
  );
  good("v=TLSRPTv1; rua=MAILTO:a@example.com", [A], ["uri-scheme-case"]);
  good("v=TLSRPTv1; rua=mailto:a@example.com?subject=x", [A], ["mailto-fields"]);
  good("v=TLSRPTv1; rua=mailto:a@example.com; RUA=mailto:b@example.com", [A], ["rua-case"]);
});

describe("a record that cannot", () => {
  bad("", "version-wrong@0");
  bad("v=TLSRPTv1", "rua-missing@10");
  bad("v=TLSRPTv1;", "rua-missing@11");
  bad("v=tlsrptv1; rua=mailto:a@example.com", "version-wrong@0"); // %s: case-sensitive
  bad("v=TLSRPTv2; rua=mailto:a@example.com", "version-wrong@0");
  bad("v=TLSRPTv10; rua=mailto:a@example.com", "version-wrong@0");
  bad("v = TLSRPTv1; rua=mailto:a@example.com", "version-wrong@0");
  bad(" v=TLSRPTv1; rua=mailto:a@example.com", "version-wrong@0"); // not first
  bad("v=TLSRPTv1 rua=mailto:a@example.com", "version-wrong@0"); // no delimiter
  bad("rua=mailto:a@example.com; v=TLSRPTv1", "version-wrong@0");
  bad("v=TLSRPTv1; rua=", "uri-empty@16");
  bad("v=TLSRPTv1; rua=mailto:a@example.com,", "uri-empty@37");
  bad("v=TLSRPTv1; rua =mailto:a@example.com", "space-around-equals@16");
  bad("v=TLSRPTv1; rua= mailto:a@example.com", "space-around-equals@15");
  bad("v=TLSRPTv1; RUA=mailto:a@example.com", "rua-case@12", "rua-missing@36");
  bad("v=TLSRPTv1;; rua=mailto:a@example.com", "field-empty@11");
  bad("v=TLSRPTv1; rua=mailto:a@example.com ", "space-at-end@36");
  bad("v=TLSRPTv1; rua=a@example.com", "uri-scheme@16"); // bare address
  bad("v=TLSRPTv1; rua=http://example.net/", "uri-scheme@16"); // https only
  bad("v=TLSRPTv1; rua=mailto:a@example.com!10m", "uri-exclamation@36"); // DMARC has that
  bad("v=TLSRPTv1; rua=mailto:a;b@example.com", "address-malformed@23", "field-malformed@25");
  bad("v=TLSRPTv1; rua=mailto:a,b@example.com", "address-malformed@23", "uri-scheme@25");
  bad("v=TLSRPTv1; rua=mailto:", "address-malformed@23");
  bad("v=TLSRPTv1; rua=mailto:example.com", "address-malformed@23");
  bad("v=TLSRPTv1; rua=mailto:a@-.example", "address-malformed@23");
  bad("v=TLSRPTv1; rua=mailto:a%FF@example.com", "address-malformed@23"); // not UTF-8
  bad("v=TLSRPTv1; rua=mailto:a%2@example.com", "uri-malformed@24"); // RFC 3986 section 2.1
  bad("v=TLSRPTv1; rua=mailto:ä@example.com", "uri-malformed@23");
  bad("v=TLSRPTv1; rua=https:///path", "url-malformed@22");
  bad("v=TLSRPTv1; rua=https://example.net:99999/", "url-malformed@22");
  bad("v=TLSRPTv1; =x; rua=mailto:a@example.com", "field-malformed@12");
  bad("v=TLSRPTv1; x=; rua=mailto:a@example.com", "field-malformed@14");
  bad("v=TLSRPTv1; x=a=b; rua=mailto:a@example.com", "field-malformed@14");
  bad("v=TLSRPTv1; -x=a; rua=mailto:a@example.com", "field-malformed@12");
  bad(`v=TLSRPTv1; ${"x".repeat(33)}=a; rua=mailto:a@example.com`, "field-malformed@12");
  bad(`v=TLSRPTv1; rua=mailto:${"a".repeat(9_000)}@example.com`, "record-too-long@8192");
});

describe("the TXT answers of one name together", () => {
  const one = "v=TLSRPTv1; rua=mailto:a@example.com";
  const judge = (texts: string[]) => {
    const result = parseRecord(texts);
    const codes = result.ok ? result.warnings : result.faults;
    return [result.ok, result.index, ...codes.map((fault) => fault.code)];
  };

  it("takes the only one", () => expect(judge([one])).toEqual([true, 0]));
  it("discards others", () => expect(judge(["v=spf1 -all", one, "x"])).toEqual([true, 1]));
  it("finds none", () => expect(judge([])).toEqual([false, -1, "record-missing"]));
  it("finds no record among others", () =>
    expect(judge(["v=spf1 -all"])).toEqual([false, -1, "record-missing"]));
  it("refuses two", () => expect(judge([one, `${one};`])).toEqual([false, 0, "record-repeated"]));
  it("counts a broken one as one", () =>
    expect(judge([one, "v=TLSRPTv1; x"])).toEqual([false, 0, "record-repeated"]));
  it("shows the one that was meant", () =>
    expect(judge(["x", `"${one}"`])).toEqual([false, 1, "version-wrong"]));
  it("prefers the literal start", () =>
    expect(judge(["v=TLSRPTv1 ; rua=mailto:b@example.com", one])).toEqual([true, 1]));
  it("falls back on the grammar", () =>
    expect(judge(["v=TLSRPTv1 ; rua=mailto:b@example.com"])).toEqual([
      true,
      0,
      "space-after-version",
    ]));
});

describe("properties", () => {
  const target = fc.oneof(
    fc.emailAddress().map((address) => address.toLowerCase()),
    fc.webUrl({ validSchemes: ["https"], withQueryParameters: true }),
  );

  it("what is built from an address or URL is read back as it", () => {
    fc.assert(
      fc.property(fc.array(target, { minLength: 1, maxLength: 5 }), (targets) => {
        const rua = targets.map(ruaUri).filter((uri) => uri !== null);
        expect(rua).toHaveLength(targets.length);
        const text = printRecord({ rua, extensions: [] });
        expect(parseTlsrptRecord(text)).toEqual({
          ok: true,
          record: { rua, extensions: [] },
          warnings: [],
        });
      }),
    );
  });

  it("never throws, and points into the text", () => {
    const word = fc.constantFrom(
      ..."; , = rua=mailto: a@example.com https:// v=TLSRPTv1 ! % %2C x \t ä".split(" "),
      " ",
      "v=TLSRPTv1;",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (words) => {
        const text = words.join("");
        const result = parseTlsrptRecord(text);
        for (const fault of result.ok ? result.warnings : result.faults) {
          expect(fault.offset).toBeGreaterThanOrEqual(0);
          expect(fault.offset).toBeLessThanOrEqual(text.length);
        }
        if (result.ok) {
          const again = parseTlsrptRecord(printRecord(result.record));
          expect(again).toMatchObject({ ok: true, record: result.record });
        } else {
          const severities = result.faults.map((fault) => RECORD_FAULTS[fault.code].severity);
          expect(severities).toContain("error");
        }
      }),
      { numRuns: 500 },
    );
  });

  it("refuses half a character in an address", () => {
    expect(ruaUri("\ud800@example.com")).toBeNull();
    expect(ruaUri("nobody")).toBeNull();
  });
});
